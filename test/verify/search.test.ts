/** The search for a run: what it follows, and what it comes to. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lowered } from '../../bench/verification/source.ts';
import {
  type Candidate,
  type Refute,
  RLIMIT_DEFAULT,
  type Row,
  type Solve,
  verifyContract,
} from '../../compiler/index.ts';
import { obligationsOf } from '../../compiler/verify/obligations.ts';
import { openSolver, type Solver } from '../../solver/index.ts';
import { makeRefuter } from '../../testing/index.ts';
import { isGoal } from '../../testing/refute/goal.ts';
import { makeJudge } from '../../testing/refute/judge.ts';
import { type Action, type Arena, openArena, type Place, stepsFrom } from '../../testing/refute/steps.ts';
import { alikeIn, inOrder, sightOf } from '../../testing/refute/symmetry.ts';
import { memberDid } from '../../testing/world.ts';

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

function contractOf(text: string) {
  return lowered(text)[0]!;
}

type Told = { readonly rows: readonly Row[]; readonly candidates: readonly Candidate[] };

/** All answers, and what the search was asked. */
async function verify(text: string, refute?: Refute): Promise<Told> {
  const contract = contractOf(text);
  const search = refute ?? makeRefuter(contract, { text });
  const candidates: Candidate[] = [];
  const noting: Refute = (candidate) => {
    candidates.push(candidate);
    return search(candidate);
  };
  const { rows } = await verifyContract(contract, {
    solve: solver.solve,
    refute: noting,
    rlimit: RLIMIT_DEFAULT,
  });
  return { rows, candidates };
}

const NOTHING: Refute = () => ({ kind: 'none', reason: '' });

describe('the models of both forms', () => {
  // That `x` is not negative is found for the first; the second has a number that stands nowhere in the text.
  const TEXT = `contract Two {
    state { x: Int; }
    rule up() requires x < 1000 ensures x > 0 { x += 1; }
    rule trap(n: Int) ensures n * 3 != 370_377 || x < 0 { let m = n; }
  }`;

  test('are there where invariants were found', async () => {
    const { candidates } = await verify(TEXT, NOTHING);
    const trap = candidates.filter(({ obligation }) => obligation.kind === 'ensures');
    expect(trap.map(({ obligation, plain }) => [obligation.rule, plain !== null])).toEqual([['trap', true]]);
  });

  test('are both followed', async () => {
    const { candidates } = await verify(TEXT, NOTHING);
    const trap = candidates.find(({ obligation }) => obligation.rule === 'trap')!;
    expect(trap.counterexample.params).toEqual([{ kind: 'int', value: 123_459n }]);
    const elsewhere = { ...trap.counterexample, params: [{ kind: 'int' as const, value: 0n }] };
    const silent = { ...trap, counterexample: elsewhere, suggest: async function* () {} };
    const answerTo = async (candidate: Candidate) =>
      (await makeRefuter(contractOf(TEXT), { text: TEXT })(candidate)).kind;
    expect(await answerTo({ ...silent, plain: null })).toBe('none');
    expect(await answerTo({ ...silent, plain: trap.counterexample })).toBe('reached');
  });
});

describe('runs by several people', () => {
  const LEADS = `contract Leads {
    state { crew: Set<Did, 100>; leader: Map<Did, Did>; led: Map<Did, Int>; }
    invariant one_step: forall d: Did { leader[d] != did"" ==> led[d] == 0 };
    rule enter() requires !(caller in crew) && crew.size < 100 { crew.add(caller); led[caller] += 1; }
    rule follow(d: Did)
      requires caller in crew && d in crew && d != caller
      requires leader[caller] == did"" && led[caller] == 1
    { leader[caller] = d; led[d] += 1; led[caller] = 0; }
  }`;

  test('are found five calls behind the deployment', async () => {
    const { rows } = await verify(LEADS);
    const follow = rows.find(({ rule, kind }) => rule === 'follow' && kind === 'invariant')!;
    expect([follow.answer, follow.confirmed]).toEqual(['refuted', true]);
    expect(follow.trace!.steps).toHaveLength(6);
  });

  test('are found where the solver chooses the calls', async () => {
    const { rows } = await verify(`contract Chain {
      state { next: Map<Did, Did>; mark: Map<Did, Int>; seen: Set<Did, 100>; }
      invariant low: forall d: Did { mark[d] <= 2 };
      rule link(d: Did) requires d != caller && next[caller] == did"" { next[caller] = d; }
      rule begin() requires !(caller in seen) && seen.size < 100 { seen.add(caller); mark[caller] = 1; }
      rule push() requires next[caller] != did"" && mark[next[caller]] < mark[caller] && mark[caller] < 50
      { mark[next[caller]] = mark[caller] + 1; }
    }`);
    const push = rows.find(({ rule, kind }) => rule === 'push' && kind === 'invariant')!;
    expect([push.answer, push.confirmed]).toEqual(['refuted', true]);
    expect(push.trace!.steps).toHaveLength(6);
  });

  test('are not asked for one by one where the solver knows of none', async () => {
    // That `b` is never true is no template, and no call makes it so.
    const text = `contract Never {
      state { b: Map<Int, Bool>; n: Int; }
      rule set(k: Int) requires b[k + 1] && k < 100 { b[k] = true; }
      rule step() requires n < 1000 { n += 1; }
      rule take(k: Int) ensures !old(b[k]) { n = k; }
    }`;
    let asked = 0;
    const counting: Solve = (query) => {
      asked += 1;
      return solver.solve(query);
    };
    const contract = contractOf(text);
    const { rows } = await verifyContract(contract, {
      solve: counting,
      refute: makeRefuter(contract, { text }),
      rlimit: RLIMIT_DEFAULT,
      wanted: (all) => all.filter(({ kind }) => kind === 'ensures'),
    });
    expect(rows.map(({ answer }) => answer)).toEqual(['unconfirmed']);
    expect(asked).toBeLessThan(60);
  });

  const placeAfter = (arena: Arena, actions: readonly Action[]): Place =>
    [...stepsFrom(arena, null, [{ kind: 'deploy', args: [] }, ...actions])].at(-1)!.to!;
  const by = (name: string, callee: string, ...args: string[]): Action => {
    const { functions } = contractOf(LEADS);
    const index = functions.findIndex((fn) => fn.name === callee);
    return { kind: 'call', callee: index, args: args.map(memberDid), by: memberDid(name) };
  };

  test('are the same whoever is who, as long as the contract has not heard of them', () => {
    const arena = openArena(contractOf(LEADS));
    const alike = alikeIn(arena, []);
    const seen = (...actions: Action[]) => sightOf(arena, alike, placeAfter(arena, actions));
    const entered = ['bob', 'carol'].map((name) => by(name, 'enter'));
    const other = ['dave', 'alice'].map((name) => by(name, 'enter'));
    expect(seen(...entered, by('bob', 'follow', 'carol')).text).toBe(
      seen(...other, by('alice', 'follow', 'dave')).text,
    );
    expect(seen(...entered).text).not.toBe(seen(...entered, by('bob', 'follow', 'carol')).text);
    const { newcomers } = seen(...entered);
    expect(newcomers).toEqual(['alice', 'dave', 'erin', 'mallory'].map(memberDid));
    const named = (name: string): boolean => inOrder(seen(...entered), alike, memberDid(name));
    expect(['alice', 'bob', 'dave'].map(named)).toEqual([true, true, false]);
  });

  test('tell the creator apart where the contract does', () => {
    const apart = LEADS.replace('state {', 'state { owner: Did = creator;');
    expect(alikeIn(openArena(contractOf(LEADS)), []).people).toContain(memberDid('alice'));
    expect(alikeIn(openArena(contractOf(apart)), []).people).not.toContain(memberDid('alice'));
  });
});

describe('a clause that has no meaning', () => {
  const TEXT = `contract Notes {
    state { y: Int; items: List<Int, 5>; }
    rule here(n: Int) ensures items[n] == items[n] { y = n; }
    rule all() ensures forall k: Int { k >= 0 && k < 3 ==> items[k] == items[k] } { y = 1; }
    rule no_one() ensures !(exists k: Int { k >= 0 && k < 3 && items[k] == 77 }) { y = 1; }
    rule inside(n: Int) { assert items[n] == items[n]; y = n; }
    rule guarded(n: Int) ensures n >= 0 && n < old(items.length) ==> old(items[n]) == old(items[n]) { y = n; }
    rule careful(n: Int) { if n >= 0 && n < items.length { assert items[n] == items[n]; } y = n; }
    rule behind(n: Int) ensures n < 2 ==> old(items[n]) == old(items[n]) { y = n; }
    rule earlier(n: Int) { if n > 0 { assert old(items[n]) == old(items[n]); } y = n; }
    prove "of any note" (n: Int) { expect items[n] == items[n]; }
  }`;

  test('is broken, and the run says why', async () => {
    const { rows } = await verify(TEXT);
    const answers = rows
      .filter(({ kind }) => ['ensures', 'assert', 'prove'].includes(kind))
      .map(({ rule, answer, trace }) => [rule, answer, trace?.broken.split(': ').at(-1) ?? ''].join(' '));
    expect(answers).toEqual([
      'here refuted it reads an index outside',
      'all refuted it reads an index outside',
      'no_one refuted it reads an index outside',
      'inside refuted it reads an index outside',
      'guarded proved ',
      'careful proved ',
      // What is read of the past is read before it is known whether it matters.
      'behind unknown ',
      'earlier unknown ',
      ' refuted it reads an index outside',
    ]);
  });

  test('what the code itself refuses breaks none of the invariants of a loop that nobody wrote', () => {
    const contract = contractOf(`contract Log {
      state { log: List<Int, 12>; last: List<Int, 3>; }
      rule look(x: Int) { last = log.page(x, 3); }
    }`);
    const arena = openArena(contract);
    const callee = contract.functions.findIndex(({ name }) => name === 'look');
    const steps = [
      ...stepsFrom(arena, null, [
        { kind: 'deploy', args: [] },
        { kind: 'call', callee, args: [-1n], by: memberDid('bob') },
      ]),
    ];
    expect(steps.at(-1)!.failure?.trap?.kind).toBe('IndexOutOfRange');
    const asserts = obligationsOf(contract).filter(({ kind }) => kind === 'assert');
    expect(asserts.length).toBeGreaterThan(2);
    for (const obligation of asserts)
      expect(isGoal(arena, makeJudge(contract), obligation, steps.at(-1)!), obligation.name).toBe(false);
  });
});
