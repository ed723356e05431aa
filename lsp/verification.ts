/**
 * One version of a document to what is proved of it. In: its sources, and the means to prove. Out: plain data, which
 * crosses from the thread that proves to the one that serves; places are those of files, as diagnostics have them.
 */
import {
  type Analysis,
  type Answer,
  analyse,
  type core,
  type Diagnostic,
  diagnosticInPart,
  diagnosticOf,
  failsBuild,
  foundClauses,
  type KeptObligations,
  lineOfTrace,
  lowerProvable,
  type Report,
  RLIMIT_DEFAULT,
  type Row,
  type Solve,
  type Trace,
  trialArtifacts,
  type VerifyOptions,
  verifyContract,
} from '../compiler/index.ts';
import { type Memory, makeRefuter } from '../testing/index.ts';
import { firstLineOf, placeInPart, type Spot } from './place.ts';

/** The main source, and all that it uses by name. */
export type Order = { readonly main: string; readonly sources: ReadonlyMap<string, string> };

export type Verification = {
  readonly verdicts: readonly Verdict[];
  /** What no run can show, since it cannot be deployed: then nothing was proved. */
  readonly tooLarge: readonly Diagnostic[];
};

/** What is known of one contract, or of the functions of a file without one. */
export type Verdict = {
  readonly contract: string;
  /** Null where there is no contract. */
  readonly at: Spot | null;
  /** In source order. */
  readonly findings: readonly Finding[];
  /** Invariants that nobody wrote and that proofs rest on, as an author would write them. */
  readonly found: readonly string[];
};

export type Finding = {
  /** `open`: it is not proved, and not known yet whether a run shows it. */
  readonly answer: Answer | 'open';
  readonly message: string;
  /** It keeps the contract from being built; what is not proved and does not is a warning. */
  readonly breaks: boolean;
  readonly at: Spot;
  /** It is about a clause, which stands there; not about what code does. */
  readonly isClause: boolean;
  /** The rule, view or `prove` that it is about; null for the contract as a whole. */
  readonly owner: { readonly name: string; readonly at: Spot } | null;
  /** What the author should see; null for what is proved. */
  readonly diagnostic: Diagnostic | null;
  /** The run that shows what is not proved. */
  readonly trace: Trace | null;
};

export type Means = {
  readonly solve: Solve;
  /** Obligations of earlier texts. */
  readonly kept: KeptObligations;
  /** What searches found before. */
  readonly memory: Memory;
  /** Nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** How far it is, in words. */
  readonly tell: (progress: string) => void;
  /** What is known before runs are looked for. */
  readonly settle: (verification: Verification) => void;
};

/**
 * Verifies every contract of the main source, which must be without errors.
 * @throws the signal's reason soon after it aborts: nothing is asked then, and nothing looked for.
 */
export async function verifySources({ main, sources }: Order, means: Means): Promise<Verification> {
  const analysis = analyse(sources, main);
  const contracts = lowerProvable(analysis);
  const { tooLarge } = trialArtifacts(analysis, contracts);
  if (tooLarge.length > 0) return { verdicts: [], tooLarge };
  const verdicts: Verdict[] = [];
  for (const contract of contracts) {
    const report = await verifyContract(contract, {
      ...optionsOf(analysis, contract, means),
      onSettled: (settled) => {
        const verdict = verdictOf(analysis, contract, settled.report, settled.open);
        means.settle({ verdicts: [...verdicts, verdict], tooLarge });
      },
    });
    verdicts.push(verdictOf(analysis, contract, report));
  }
  return { verdicts, tooLarge };
}

// ---- private -----------------------------------------------------------------------------------

function optionsOf(
  analysis: Analysis,
  contract: core.Contract,
  { solve, kept, memory, signal, tell }: Means,
): VerifyOptions {
  const { text, parts } = analysis;
  const refute = makeRefuter(contract, {
    text,
    implementers: lowerProvable(analysis),
    lineAt: (offset) => lineOfTrace(parts, offset),
    memory,
  });
  return {
    solve: async (query) => answered(await stillWanted(signal, () => solve(query)), signal),
    refute: (candidate) => stillWanted(signal, () => refute(candidate)),
    kept,
    rlimit: RLIMIT_DEFAULT,
    onProgress: (done, total) => tell(`${contract.name}: ${done} of ${total} obligations`),
    onSearch: ({ rule, name }) =>
      tell(`${contract.name}: looking for a run that shows ${[rule, name].join(' ').trim()}`),
  };
}

/** Lets the thread hear, before it begins with something, that nobody wants it any more. */
async function stillWanted<T>(signal: AbortSignal, act: () => T | Promise<T>): Promise<T> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
  return act();
}

/** An answer that was not waited for is none. */
function answered<T>(answer: T, signal: AbortSignal): T {
  signal.throwIfAborted();
  return answer;
}

function verdictOf(
  analysis: Analysis,
  contract: core.Contract,
  report: Report,
  open: readonly Row[] = [],
): Verdict {
  const known = report.rows.map((row) => findingOf(analysis, contract, row));
  const looked = open.map((row): Finding => {
    return { ...findingOf(analysis, contract, row), answer: 'open', diagnostic: null };
  });
  return {
    contract: contract.name,
    at: isWritten(analysis, contract) ? placeInPart(analysis.parts, contract.span) : null,
    findings: [...known, ...looked],
    found: foundClauses(report),
  };
}

function isWritten({ tree }: Analysis, { name }: core.Contract): boolean {
  return tree.items.some((item) => item.kind === 'contract' && item.name.text === name);
}

function findingOf(analysis: Analysis, contract: core.Contract, row: Row): Finding {
  const { file, parts } = analysis;
  const diagnostic = diagnosticOf(row, file);
  const owner = ownerOf(analysis, contract, row);
  return {
    answer: row.answer,
    message: row.message,
    breaks: failsBuild(row),
    at: placeInPart(parts, row.span),
    isClause: row.clause !== null,
    owner: owner === null ? null : { name: owner.name, at: placeInPart(parts, owner.span) },
    diagnostic: diagnostic === null ? null : placed(analysis, row, diagnostic),
    trace: row.answer === 'proved' ? null : row.trace,
  };
}

/** In its file; what is about a whole function, or about what code does, stands on one line. */
function placed({ parts }: Analysis, { clause }: Row, diagnostic: Diagnostic): Diagnostic {
  const own = diagnosticInPart(parts, diagnostic);
  const text = parts.find(({ name }) => name === own.file)?.text ?? '';
  return clause === null ? { ...own, span: firstLineOf(text, own.span) } : own;
}

/** Where the row's rule stands, or the `prove` around it; an `init` that nobody wrote has the place of a name. */
function ownerOf({ text }: Analysis, { functions, proofs }: core.Contract, { rule, span }: Row) {
  const fn = functions.find(({ name }) => name === rule);
  if (fn !== undefined) return fn.kind === 'init' && text[fn.span.end - 1] !== '}' ? null : fn;
  const proof = proofs.find((each) => each.span.start <= span.start && span.end <= each.span.end);
  return proof === undefined ? null : { name: `"${proof.title}"`, span: proof.span };
}
