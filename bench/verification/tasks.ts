/**
 * The tasks of the shared cases: a contract in versions, properties, and on which versions each holds. A case is one
 * CCL file; a line that ends in `//: v1, v2` belongs to those versions, one that ends in `//: some-property` to that
 * property, any other to every task. A property's text is thereby the same in all versions.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Truth = 'H' | 'V' | '?';

export type Task = {
  readonly case: string;
  readonly version: string;
  readonly property: string;
  /** Under CCL's model; `?` is not scored. */
  readonly truth: Truth;
  /** The published label says the same. */
  readonly sameTruth: boolean;
  readonly source: string;
  /** Where the property's own clauses stand in the source. */
  readonly places: readonly { readonly start: number; readonly end: number }[];
};

/** Scores on the tasks where the published label and CCL's truth agree. */
export type Published = {
  readonly Certora: number;
  readonly 'SolCMC-Z3': number;
  readonly 'SolCMC-Eldarica': number;
};

/** `name: truths`, one letter a version; behind it what was published where that differs. */
type Case = { readonly versions: number; readonly truths: readonly string[]; readonly published: Published };

/** From `benchmarks/verification`: the ground truth, and the published scores on same-truth tasks. */
export const CASES: { readonly [name: string]: Case } = {
  htlc: {
    versions: 6,
    truths: [
      'commit-auth-owner HHHHVH',
      'reveal-auth-owner HHHHHV',
      'reveal-timeout-after-commit HVHHHH',
      'sent-le-init-bal VVVVVV',
      'timeout-deadline HHVHHH',
    ],
    published: { Certora: 30, 'SolCMC-Z3': 60, 'SolCMC-Eldarica': 54 },
  },
  escrow: {
    versions: 2,
    truths: [
      'arbitrate-send HH',
      'auth-in-agree HV',
      'auth-in-dispute HH',
      'dispute-if-agree HH',
      'dispute-onlyif-agree HH',
      'no-send-in-agree HV',
      'recipient-buyer-or-seller HH',
      'redeem-send HH',
    ],
    published: { Certora: 16, 'SolCMC-Z3': 18, 'SolCMC-Eldarica': 20 },
  },
  bet: {
    versions: 2,
    truths: [
      'ab-gte0 HH',
      'ab-lte2 HV',
      'bb-gte0 HV',
      'bb-lte2 HH',
      'candep HH',
      'cannotdep HV',
      'cb-gte0 HH',
      'cb-lte2 HV',
    ],
    published: { Certora: 18, 'SolCMC-Z3': 30, 'SolCMC-Eldarica': 32 },
  },
  crowdfund: {
    versions: 1,
    truths: [
      'bal-decr-onlyif-wd-reclaim H',
      'donate-not-revert H V',
      'donate-not-revert-overflow H',
      'no-donate-after-deadline H',
      'no-receive-after-deadline V',
      'no-wd-if-no-goal H',
      'owner-only-recv V H',
      'reclaim-not-revert V',
      'wd-not-revert H V',
      'wd-not-revert-EOA H',
    ],
    published: { Certora: 9, 'SolCMC-Z3': 8, 'SolCMC-Eldarica': 8 },
  },
  bank: {
    versions: 2,
    truths: [
      'deposit-contract-balance HH',
      'deposit-not-revert H? HH',
      'deposit-revert-if-low-eth HH',
      'deposit-user-balance HH',
      'user-balance-dec-onlyif-withdraw HH VV',
      'user-balance-inc-onlyif-deposit HH VV',
      'withdraw-contract-balance HH VV',
      'withdraw-not-revert HV VV',
      'withdraw-revert HV',
      'withdraw-sender-rcv HH VV',
      'withdraw-sender-rcv-EOA HH',
      'withdraw-user-balance HV VV',
    ],
    published: { Certora: 13, 'SolCMC-Z3': -2, 'SolCMC-Eldarica': -2 },
  },
};

/** Every task of a case, by property and version. */
export function tasksOf(name: string): readonly Task[] {
  const { truths, versions } = CASES[name]!;
  const template = readFileSync(join(import.meta.dirname, `${name}.ccl`), 'utf8');
  return truths.flatMap((row) => {
    const [property, ours, published] = row.split(' ') as [string, string, string | undefined];
    return Array.from({ length: versions }, (_, i): Task => {
      const version = `v${i + 1}`;
      const truth = ours[i] as Truth;
      const { source, places } = select(template, version, property);
      const sameTruth = (published ?? ours)[i] === truth;
      return { case: name, version, property, truth, sameTruth, source, places };
    });
  });
}

/** The lines of one version with those of one property. */
export function select(template: string, version: string, property: string): Pick<Task, 'source' | 'places'> {
  const places: { start: number; end: number }[] = [];
  let source = '';
  for (const line of template.split('\n')) {
    const [, text, marks] = MARKED.exec(line) ?? [null, line, ''];
    const names = marks === '' ? [] : marks!.split(', ');
    const ofVersions = names.some((name) => /^v[0-9]$/.test(name));
    if (names.length > 0 && !names.includes(ofVersions ? version : property)) continue;
    if (names.length > 0 && !ofVersions)
      places.push({ start: source.length, end: source.length + text!.length });
    source += `${text}\n`;
  }
  if (places.length === 0) throw new Error(`no line of ${property}`);
  return { source, places };
}

// ---- private -----------------------------------------------------------------------------------

const MARKED = /^(.*?)\s*\/\/: (.*)$/;
