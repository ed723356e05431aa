/**
 * Defects of contracts that others wrote: each is imported as it is, given the clause that a careful author would have
 * stated (or none: some things are asked without being asked), and refuted by a run from deployment.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  analyse,
  importIcn,
  lowerProgram,
  RLIMIT_DEFAULT,
  renderTrace,
  verifyContract,
} from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter } from '../../testing/index.ts';
import { originals } from '../import/originals.ts';

type Defect = {
  readonly what: string;
  readonly contract: string;
  /** Of the imported contract, which then stands alone. */
  readonly rule: string;
  /** On the rule; null for what is asked of every contract. */
  readonly clause: string | null;
  readonly kind: string;
  /** In the last step of the run. */
  readonly shows: RegExp;
};

const CREDIT = 'infrastructure-credit-v1.ccl.json';
const CONSENSUS = 'consensus-with-fallback-v1.ccl.json';

const DEFECTS: readonly Defect[] = [
  {
    what: 'anyone at all moves the treasury',
    contract: CREDIT,
    rule: 'issue_credits',
    clause: null,
    kind: 'stranger',
    shows: /issue_credits\(.*\) by mallory/,
  },
  {
    what: 'the treasury is moved by others than who made it',
    contract: CREDIT,
    rule: 'issue_credits',
    clause: 'ensures ledger.balance(self, hours) < old(ledger.balance(self, hours)) ==> caller == creator',
    kind: 'ensures',
    shows: /by (?!alice)/,
  },
  {
    what: 'a new rate is never stored',
    contract: CREDIT,
    rule: 'update_compute_rate',
    clause: 'ensures compute_rate == new_rate',
    kind: 'ensures',
    shows: /update_compute_rate\(1\)/,
  },
  {
    what: 'a negative amount is taken for an amount',
    contract: CREDIT,
    rule: 'issue_credits',
    clause: 'succeeds when ledger.can_pay(self, hours, amount) && contributor != did""',
    kind: 'succeeds',
    shows: /issue_credits\(\w+, -1 hours\) by \w+: reverts, an amount must not be negative/,
  },
  {
    what: 'not even a promise without a condition is kept',
    contract: CREDIT,
    rule: 'issue_credits',
    clause: 'succeeds when true',
    kind: 'succeeds',
    shows: /issue_credits\(.*: reverts/,
  },
  {
    what: 'credits of large contributions overflow',
    contract: CREDIT,
    rule: 'calculate_credits',
    clause:
      'succeeds when compute_hours >= 0 && storage_gb_months >= 0 && bandwidth_gb >= 0 && uptime_hours >= 0',
    kind: 'succeeds',
    shows: /calculate_credits\(.*: reverts, the result does not fit/,
  },
  {
    what: 'more votes than members are counted',
    contract: CONSENSUS,
    rule: 'check_consensus',
    clause: 'ensures result.participation_pct <= 100',
    kind: 'ensures',
    shows: /check_consensus\(/,
  },
  {
    what: 'a consensus of fewer than half of the members',
    contract: CONSENSUS,
    rule: 'check_fallback_majority',
    clause: 'ensures result.is_approved ==> 2 * (yes_votes + no_votes + abstain_votes) > total_members',
    kind: 'ensures',
    shows: /check_fallback_majority\(/,
  },
];

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

/** The contract with this one rule, imported, and the clause on it. */
function sourceOf({ contract, rule, clause }: Defect, text: string): string {
  const written = JSON.parse(text) as { readonly rules: readonly { readonly name: string }[] };
  const alone = { ...written, rules: written.rules.filter(({ name }) => name === rule) };
  const imported = importIcn(contract, JSON.stringify(alone));
  if (!imported.ok) throw new Error(`${contract} is not imported`);
  if (clause === null) return imported.source;
  const head = new RegExp(`((?:rule|view) ${rule}\\([^)]*\\)[^{]*)\\{`);
  const source = imported.source.replace(head, (_, before: string) => `${before} ${clause} {`);
  expect(source).toContain(clause);
  return source;
}

async function answerTo(defect: Defect, text: string) {
  const source = sourceOf(defect, text);
  const analysis = analyse(new Map([['Imported.ccl', source]]), 'Imported.ccl');
  expect(analysis.diagnostics).toEqual([]);
  const contract = lowerProgram(analysis).contracts[0]!;
  const { rows } = await verifyContract(contract, {
    solve: solver.solve,
    refute: makeRefuter(contract, { text: source }),
    rlimit: RLIMIT_DEFAULT,
    wanted: (all) => all.filter(({ kind, rule }) => kind === defect.kind && rule === defect.rule),
  });
  return rows;
}

describe("defects of the network's own contracts", () => {
  const texts = new Map(originals().map(({ name, text }) => [name, text]));
  for (const defect of DEFECTS) {
    test(defect.what, async () => {
      const text = texts.get(defect.contract);
      // Said by `originals`, once.
      if (text === undefined) return expect(texts.size).toBe(0);
      const [row, ...others] = await answerTo(defect, text);
      expect(others).toEqual([]);
      expect(row, defect.what).toMatchObject({ answer: 'refuted', confirmed: true });
      const steps = renderTrace(row!.trace!);
      expect(steps).toMatch(defect.shows);
    });
  }
});
