/** A random contract with all that it can reach on the virtual machine, and what of a report that contradicts. */
import { analyse, type core, lowerProgram, type Refute, type Report } from '../../../compiler/index.ts';
import { withFound } from '../../../compiler/verify/candidates.ts';
import { type Obligation, obligationsOf } from '../../../compiler/verify/obligations.ts';
import { explore, type Found, nameOfObligation } from './reachable.ts';

/** `earlier`: the version that the contract comes from. */
export type Source = {
  readonly seed: number;
  readonly text: string;
  readonly earlier?: { readonly name: string; readonly text: string };
};

export type Subject = Source & {
  readonly contract: core.Contract;
  /** The other contracts of its source. */
  readonly others: readonly core.Contract[];
  readonly obligations: readonly Obligation[];
  readonly found: Found;
};

export const BOUNDS = { statesMax: 30, callsPerState: 12 };
export const RLIMIT = 10_000_000;

/** A file, so that others can stand beside it. */
const MAIN = 'random.ccl';

/** Throws where the source has mistakes. */
export function subjectOf({ seed, text, earlier }: Source): Subject {
  const sources = new Map([[MAIN, text]]);
  if (earlier !== undefined) sources.set(earlier.name, earlier.text);
  const analysis = analyse(sources, MAIN);
  const mistake = analysis.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake !== undefined) throw new Error(`seed ${seed}: ${mistake.code}: ${mistake.message}`);
  const [contract, ...others] = lowerProgram(analysis).contracts as [core.Contract, ...core.Contract[]];
  const obligations = obligationsOf(contract).filter((obligation) => obligation.kind !== 'vacuity');
  const found = explore(contract, obligations, seed, BOUNDS, others);
  return { seed, text, contract, others, obligations, found };
}

/** What the report claims and the steps taken contradict. */
export function falseProofs(subject: Subject, report: Report): readonly string[] {
  const { found, seed } = subject;
  const rows = report.rows.filter((row) => row.answer === 'proved' && row.kind !== 'vacuity');
  const broken = rows.map(nameOfObligation).filter((name) => found.broken.has(name));
  const fallen = [...report.assumed.filter((name) => found.fallen.has(name)), ...falseFinds(subject, report)];
  return [
    ...broken.map((name) => `seed ${seed}: ${name}, by ${found.broken.get(name)}`),
    ...fallen.map((name) => `seed ${seed}: invariant ${name}`),
  ];
}

/** No run is looked for: what is proved alone counts. */
export const SHOWN_BY_NOTHING: Refute = () => ({ kind: 'none', reason: '' });

// ---- private -----------------------------------------------------------------------------------

/** What was found that does not hold in some state that is reached. */
function falseFinds({ contract, seed, others }: Subject, report: Report): readonly string[] {
  if (report.found.length === 0) return [];
  const { fallen } = explore(withFound(contract, report.found)!, [], seed, BOUNDS, others);
  return report.found.filter((name) => fallen.has(name));
}
