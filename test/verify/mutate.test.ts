/** Mutants: every kind of change is made, and what a specification says decides which are noticed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyse, type core, lowerProgram, mutantsOf, mutate, verifyContract } from '../../compiler/index.ts';
import { openSolver, type Solver } from '../../solver/index.ts';

const RLIMIT = 10_000_000;

const PURSE = `
contract Purse {
  uses ledger.write;
  currency coin { decimals 0; issued }
  state { owner: Did = creator; paid: Map<Did, Amount<coin>>; calls: Int; }
  open rule give(to: Did, amount: Amount<coin>)
    requires caller == owner
    requires amount > 0 coin
CLAUSES
  {
    ledger.transfer(caller, to, amount);
    if to != caller { paid[to] += amount; }
    calls = 1;
  }
}
`;
const PROMISES = `
    ensures calls == 1
    ensures old(owner) == caller && old(owner) == owner
    ensures amount > 0 coin
    ensures to != caller ==> ledger.balance(to, coin) == old(ledger.balance(to, coin)) + amount
    ensures to != caller ==> ledger.balance(caller, coin) == old(ledger.balance(caller, coin)) - amount
    ensures to != caller ==> paid[to] == old(paid[to]) + amount
    ensures to == caller ==> paid[to] == old(paid[to])
    succeeds when caller == owner && amount > 0 coin && to != did"" && paid[to] == 0 coin && ledger.can_pay(caller, coin, amount)`;

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

function contractOf(clauses: string): core.Contract {
  const analysis = analyse(new Map([['purse', PURSE.replace('CLAUSES', clauses)]]), 'purse');
  expect(analysis.diagnostics).toEqual([]);
  return lowerProgram(analysis).contracts[0]!;
}

async function mutated(clauses: string, mutantsMax = 100) {
  const contract = contractOf(clauses);
  const { solve } = solver;
  const refute = () => ({ kind: 'none', reason: '' }) as const;
  const report = await verifyContract(contract, { solve, refute, rlimit: RLIMIT });
  return mutate(contract, report, { solve, rlimit: RLIMIT, mutantsMax });
}

describe('mutants', () => {
  test('of every kind are made, each a contract of its own', () => {
    const contract = contractOf('');
    const mutants = mutantsOf(contract);
    const kinds = new Set(mutants.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['account', 'constant', 'guard', 'operator', 'statement']);
    const changes = mutants.map(({ change }) => change);
    expect(changes).toContain('`+` becomes `-`');
    expect(changes).toContain('`caller` becomes `self`');
    for (const mutant of mutants) expect(mutant.contract.functions).not.toEqual(contract.functions);
  });

  test('are not noticed where nothing is promised', async () => {
    const { mutations } = await mutated('');
    expect(mutations.length).toBeGreaterThan(10);
    expect(mutations.filter(({ noticed }) => noticed !== null)).toEqual([]);
  });

  test('are noticed by what is promised', async () => {
    const { mutations, left } = await mutated(PROMISES);
    expect(left).toBe(0);
    // Nothing is said of who the owner is at first.
    expect(mutations.filter(({ noticed }) => noticed === null).map(({ change }) => change)).toEqual([
      '`creator` becomes `self`',
      'the statement is left out',
    ]);
  });

  test('are tried evenly where there are too many', async () => {
    const { mutations, left } = await mutated('', 5);
    expect(mutations).toHaveLength(5);
    expect(left).toBeGreaterThan(5);
    expect(mutations.at(-1)!.span.start).toBeGreaterThan(mutations[0]!.span.start);
  });
});
