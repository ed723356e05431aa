/** Traces and profiles of one call: every opcode and line, with gas that adds up; flame graphs as speedscope reads them. */
import { describe, expect, test } from 'vitest';
import { analyse, build, lineOfPart, localsOf, lowerProgram } from '../../compiler/index.ts';
import {
  flameGraph,
  profileRule,
  type RunOptions,
  type RunReport,
  runRule,
  type Trace,
  traceRule,
} from '../../testing/index.ts';

const SOURCE = `contract Bank {
  version "1.0.0";
  purpose "x";
  uses ledger.write;
  currency hours { decimals 2 }
  struct Loan { amount: Amount<hours>, to: Did }
  state {
    loans: Map<Did, Loan>;
    members: Set<Did, 10>;
    total: Amount<hours>;
    calls: Int;
  }
  event Lent(to: Did, amount: Amount<hours>);
  init() { members.add(creator); }
  rule lend(to: Did, amount: Amount<hours>) {
    let doubled = twice(amount);
    require doubled <= 10.00 hours else "too much";
    loans[to] = Loan { amount: doubled, to: to };
    members.add(to);
    for i in 0..3 {
      calls += 1;
    }
    ledger.transfer(caller, to, amount);
    emit Lent(to, amount);
  }
  fn twice(amount: Amount<hours>) -> Amount<hours> {
    total += amount;
    return amount + amount;
  }
  view held(to: Did) -> Amount<hours> { return loans[to].amount; }
}
`;

describe('a trace', () => {
  test('has each line that the call came through, with what it did', () => {
    const trace = traced('lend', ['bob', '2.00 hours']);
    expect(trace.report).toEqual(runRule(runOf('lend', ['bob', '2.00 hours'])));
    const shown = trace.visits.map(({ line, depth, effects }) => [
      line?.text ?? null,
      depth,
      effects.map((effect) => ('text' in effect ? effect.text : `${effect.place} ${effect.value}`)),
    ]);
    expect(shown.slice(0, 6)).toEqual([
      ['let doubled = twice(amount);', 0, ['to bob', 'amount 2.00 hours', 'doubled 4.00 hours']],
      ['total += amount;', 1, ['amount 2.00 hours', 'total 2.00 hours']],
      ['return amount + amount;', 1, []],
      ['require doubled <= 10.00 hours else "too much";', 0, []],
      [
        'loans[to] = Loan { amount: doubled, to: to };',
        0,
        ['loans[bob].amount 4.00 hours', 'loans[bob].to bob'],
      ],
      ['members.add(to);', 0, expect.anything()],
    ]);
    const turns = trace.visits.filter(({ line }) => line?.text === 'calls += 1;');
    expect(turns.map(({ effects }) => effects)).toEqual(
      [1, 2, 3].map((value) => [{ kind: 'write', place: 'calls', value: String(value) }]),
    );
    const effects = trace.visits.flatMap((visit) => visit.effects);
    expect(effects).toContainEqual({ kind: 'event', text: 'Lent(to: bob, amount: 2.00 hours)' });
    expect(effects).toContainEqual({ kind: 'host', text: 'Transfer hours(alice, bob, 200)' });
  });

  test('has each opcode, with the stack and the named locals before it', () => {
    const { steps, stepsTotal } = traced('lend', ['bob', '2.00 hours']);
    expect(steps.length).toBe(stepsTotal);
    const add = steps.find(({ opcode, function: fn }) => fn === 'twice' && opcode === 'Add');
    expect(add).toMatchObject({ contract: 'Bank', depth: 1, stack: ['0', '200'] });
    const last = steps.findLast(({ function: fn }) => fn === 'lend');
    expect(last?.locals).toContainEqual({ name: 'doubled', value: '4.00 hours' });
    expect(last?.locals).toContainEqual({ name: 'to', value: 'bob' });
  });

  test.each<[string, readonly string[]]>([
    ['lend', ['bob', '2.00 hours']],
    ['lend', ['bob', '6.00 hours']],
    ['lend', ['bob', '-1.00 hours']],
    ['held', ['bob']],
  ])('of %s(%s) accounts for all gas', (entry, args) => {
    const trace = traced(entry, args);
    expect(trace.gasBefore).toBeGreaterThan(1_000);
    expect(gasIn(trace, trace.visits)).toBe(trace.report.gasUsed);
    expect(gasIn(trace, trace.steps)).toBe(trace.report.gasUsed);
    expect(gasIn(trace, trace.tallies)).toBe(trace.report.gasUsed);
    for (const { gas } of [...trace.steps, ...trace.visits]) expect(gas).toBeGreaterThanOrEqual(0);
  });

  test('says where a call failed', () => {
    const trace = traced('lend', ['bob', '6.00 hours']);
    expect(trace.report).toMatchObject({ ok: false, message: 'too much' });
    expect(trace.trap).toMatchObject({ function: 'lend', line: { number: 17 } });
    expect(trace.visits.at(-1)?.line?.number).toBe(17);
  });

  test('keeps as much as it is told to, and counts the rest', () => {
    const all = traced('lend', ['bob', '2.00 hours']);
    const few = traced('lend', ['bob', '2.00 hours'], 5);
    expect(few.steps).toEqual(all.steps.slice(0, 5));
    expect(few.visits.length).toBe(5);
    expect(few.stepsTotal).toBe(all.stepsTotal);
    expect(few.tallies).toEqual(all.tallies);
  });

  test('of a call that does not begin has no steps', () => {
    const trace = traced('lend', ['bob', 'much']);
    expect(trace).toMatchObject({
      report: { ok: false, cause: 'words' },
      steps: [],
      visits: [],
      gasBefore: 0,
    });
  });
});

describe('a profile', () => {
  const profile = profileRule({ ...optionsOf('lend', ['bob', '2.00 hours']), clock: ticking(), runs: 3 });

  test('sums gas, time and opcodes by line, alone and with calls', () => {
    const sum = profile.lines.reduce((all, { gas }) => all + gas, profile.gasBefore);
    expect(sum).toBe(profile.report.gasUsed);
    const lineOf = (text: string) => profile.lines.find(({ line }) => line?.text === text)!;
    const calling = lineOf('let doubled = twice(amount);');
    const inside = [lineOf('total += amount;'), lineOf('return amount + amount;')];
    expect(calling.gasInside).toBe(calling.gas + inside[0]!.gas + inside[1]!.gas);
    expect(calling.timeInsideNs).toBe(calling.timeNs + inside[0]!.timeNs + inside[1]!.timeNs);
    expect(profile.lines.map(({ gas }) => gas)).toEqual(
      profile.lines.map(({ gas }) => gas).sort((a, b) => b - a),
    );
    // The clock goes on by one between the end of one step and the beginning of the next.
    for (const { timeNs, steps } of profile.lines) expect(Math.abs(timeNs - steps)).toBeLessThanOrEqual(1);
  });

  test('makes a flame graph with the fields of its schema', () => {
    const file = flameGraph('Bank.lend', profile);
    expect(Object.keys(file).sort()).toEqual(
      ['$schema', 'activeProfileIndex', 'exporter', 'name', 'profiles', 'shared'].sort(),
    );
    expect(file.$schema).toBe('https://www.speedscope.app/file-format-schema.json');
    for (const frame of file.shared.frames) {
      expect(typeof frame.name).toBe('string');
      expect(Object.keys(frame).every((key) => ['name', 'file', 'line', 'col'].includes(key))).toBe(true);
    }
    expect(file.profiles.map(({ unit }) => unit)).toEqual(['none', 'nanoseconds']);
    for (const { type, samples, weights, startValue, endValue } of file.profiles) {
      expect(type).toBe('sampled');
      expect(samples.length).toBe(weights.length);
      expect(endValue - startValue).toBe(weights.reduce((sum, weight) => sum + weight, 0));
      for (const at of samples.flat()) expect(file.shared.frames[at]).toBeDefined();
    }
    expect(file.profiles[0]?.endValue).toBe(profile.report.gasUsed);
    const nested = file.profiles[0]?.samples.map((sample) =>
      sample.map((at) => file.shared.frames[at]?.name),
    );
    expect(nested).toContainEqual([
      'Bank.lend',
      '16: let doubled = twice(amount);',
      'Bank.twice',
      '28: return amount + amount;',
    ]);
  });
});

// ---- private -----------------------------------------------------------------------------------

function traced(entry: string, args: readonly string[], stepsMax = 10_000): Trace {
  return traceRule({ ...optionsOf(entry, args), stepsMax });
}

function gasIn(
  { gasBefore }: { readonly gasBefore: number; readonly report: RunReport },
  parts: readonly { readonly gas: number }[],
): number {
  return parts.reduce((sum, { gas }) => sum + gas, gasBefore);
}

/** One nanosecond a look. */
describe('a call between contracts of one file', () => {
  const JARS = `interface Jar { rule put(amount: Int) -> Int ensures result >= amount gas 100_000; }
contract Glass {
  implements Jar;
  access contracts;
  state { inside: Int; owner: Did; }
  init(who: Did) { owner = who; }
  rule put(amount: Int) -> Int
    requires amount > 0 else "nothing"
    ensures result >= amount
  { inside += amount; return inside; }
}
contract Saver {
  state { jar: Did; saved: Int; }
  init(account: Did) { jar = account; }
  rule save(amount: Int) {
    let held = Contract<Jar>.at(jar).put(amount);
    saved = held;
  }
}
`;
  const analysis = analyse(new Map([['Jars.ccl', JARS]]), 'Jars.ccl');
  const contracts = lowerProgram(analysis).contracts;
  const [glass, saver] = contracts.map((contract) => build(contract, { claims: [], marks: [] }));
  const save = (amount: string) => ({
    artifact: saver!,
    creator: 'alice',
    initArgs: ['Glass'],
    others: [{ artifact: glass!, initArgs: ['bob'] }],
    before: [{ entry: 'save', args: ['2'], by: 'bob', spending: null }],
    call: { entry: 'save', args: [amount], by: 'carol', spending: null },
    locals: new Map(contracts.map((contract) => [contract.name, localsOf(contract)])),
    lineOf: (offset: number) => lineOfPart(analysis.parts, offset),
    stepsMax: 1_000,
  });

  test('is shown with the lines of the one that is called, one deeper', () => {
    const { visits, report } = traceRule(save('5'));
    expect(report.ok).toBe(true);
    expect(visits.map(({ contract, depth, line }) => [contract, depth, line?.text])).toEqual([
      ['Saver', 0, 'let held = Contract<Jar>.at(jar).put(amount);'],
      ['Glass', 1, 'requires amount > 0 else "nothing"'],
      ['Glass', 1, '{ inside += amount; return inside; }'],
      ['Saver', 0, 'saved = held;'],
      ['Saver', 0, '}'],
    ]);
    const effects = visits.flatMap((visit) => visit.effects);
    expect(effects).toContainEqual({ kind: 'write', place: 'inside', value: '7' });
    expect(effects).toContainEqual({ kind: 'local', place: 'amount', value: '5' });
    const gas = visits.reduce((sum, visit) => sum + visit.gas, traceRule(save('5')).gasBefore);
    expect(gas).toBe(report.gasUsed);
  });

  test('fails with the words of the one that is called, and a deployment with its own', () => {
    expect(runRule(save('0'))).toMatchObject({ ok: false, failed: 1, message: 'Glass.put: nothing' });
    const { others } = save('1');
    const wrong = { ...save('1'), others: [{ ...others[0]!, initArgs: ['1'] }] };
    expect(runRule(wrong)).toMatchObject({ ok: false, cause: 'words' });
  });
});

function ticking(): () => number {
  let now = 0;
  return () => now++;
}

function runOf(entry: string, args: readonly string[]): RunOptions {
  const { locals: _, lineOf: __, ...run } = optionsOf(entry, args);
  return run;
}

function optionsOf(entry: string, args: readonly string[]) {
  const analysis = analyse(new Map([['Bank.ccl', SOURCE]]), 'Bank.ccl');
  const [contract] = lowerProgram(analysis).contracts;
  if (contract === undefined) throw new Error(analysis.diagnostics.map(({ message }) => message).join('\n'));
  return {
    artifact: build(contract, { claims: [], marks: [] }),
    creator: 'alice',
    initArgs: [],
    others: [],
    before: [],
    call: { entry, args, by: 'alice', spending: null },
    locals: new Map([[contract.name, localsOf(contract)]]),
    lineOf: (offset: number) => lineOfPart(analysis.parts, offset),
  };
}
