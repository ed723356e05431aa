/**
 * A run that breaks a clause, as plain data and as text: numbered steps from deployment, or one call from a state
 * that was built. Amounts and names are already in the author's words.
 */

export type Trace = {
  /** `deployment`: everything happened as shown. `state`: the first step starts in a state that was not reached. */
  readonly from: 'deployment' | 'state';
  /** What the built state holds, one line each; empty from deployment. */
  readonly given: readonly string[];
  readonly steps: readonly TraceStep[];
  /** What is wrong at the end. */
  readonly broken: string;
  /** A `test` that fails for the same reason; null where a test cannot say it. */
  readonly test: string | null;
};

export type TraceStep = {
  /** `deploy by alice`, `issue_credits(mallory, 100.00 hours) by mallory`. */
  readonly text: string;
  /** Null where the step went through, else the reason it reverted. */
  readonly reverted: string | null;
  /** The source lines that did it, trimmed, with their numbers from 1; `file` where it is not the main one. */
  readonly lines: readonly { readonly number: number; readonly text: string; readonly file?: string }[];
  readonly changes: readonly { readonly what: string; readonly before: string; readonly after: string }[];
};

/** Lines without a final newline. */
export function renderTrace(trace: Trace): string {
  const given =
    trace.given.length === 0 ? [] : ['in a state where', ...trace.given.map((line) => `     ${line}`)];
  return [...given, ...trace.steps.flatMap(renderStep), trace.broken].join('\n');
}

function renderStep(step: TraceStep, index: number): string[] {
  const head = `${String(index + 1).padStart(3)}. ${step.text}${step.reverted === null ? '' : `: reverts, ${step.reverted}`}`;
  const lines = step.lines.map(
    ({ number, text, file }) =>
      `     ${String(number).padStart(4)} | ${text}${file === undefined ? '' : ` (${file})`}`,
  );
  return [
    head,
    ...lines,
    ...step.changes.map((change) => `     ${change.what}: ${change.before} -> ${change.after}`),
  ];
}
