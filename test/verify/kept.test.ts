/** Obligations that are kept from one text of a contract to the next are those that would be made. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exampleSources } from '../../bench/verification/source.ts';
import { analyse, type core, lowerProgram } from '../../compiler/index.ts';
import { type KeptObligations, keepObligations } from '../../compiler/verify/kept.ts';
import { mutantsOf } from '../../compiler/verify/mutate.ts';
import { type Obligation, type ObligationOptions, obligationsOf } from '../../compiler/verify/obligations.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/verify');
const FILES: ReadonlyMap<string, string> = new Map([
  ...exampleSources(),
  ...globSync('*.ccl', { cwd: FOLDER }).map(
    (name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const,
  ),
]);

/** Texts with a mistake have none. */
function contractsIn(main: string, text: string): readonly core.Contract[] {
  const analysis = analyse(new Map([...FILES, [main, text]]), main);
  const isWrong = analysis.diagnostics.some(({ severity }) => severity === 'error');
  return isWrong ? [] : lowerProgram(analysis).contracts;
}

function expectSame(contract: core.Contract, kept: KeptObligations): readonly Obligation[] {
  const made = obligationsOf(contract);
  const taken = obligationsOf(contract, { kept });
  expect(
    taken.map(({ script, ...obligation }) => ({ ...obligation, names: [...script.legend.keys()] })),
  ).toEqual(made.map(({ script, ...obligation }) => ({ ...obligation, names: [...script.legend.keys()] })));
  for (const [i, { clause }] of taken.entries()) expect(clause).toBe(made[i]!.clause);
  return taken;
}

/** So many, evenly over all. */
function spread<T>(all: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, i) => i % step === 0);
}

describe.each([...FILES])('%s', (main, text) => {
  test('a text that only moved is not proved anew', () => {
    const kept = keepObligations();
    const before = contractsIn(main, text).flatMap((contract) => obligationsOf(contract, { kept }));
    const moved = contractsIn(main, `// one more line\n${text}`);
    const after = moved.flatMap((contract) => expectSame(contract, kept));
    expect(after.length).toBeGreaterThan(0);
    // Not even made anew.
    for (const [i, { script }] of after.entries()) expect(script).toBe(before[i]!.script);
  });

  test('after a change of the code, and after a line is taken out', () => {
    const kept = keepObligations();
    for (const contract of contractsIn(main, text)) {
      obligationsOf(contract, { kept });
      for (const mutant of spread(mutantsOf(contract), 2)) expectSame(mutant.contract, kept);
    }
    const lines = text.split('\n');
    for (const [i] of spread([...lines.entries()], 2))
      for (const contract of contractsIn(main, lines.toSpliced(i, 1).join('\n'))) expectSame(contract, kept);
  });
});

const POT = `contract Pot {
  state { members: Set<Did, 8>; given: Int; }
  invariant few: given <= 8;
  fn one(x: Int) -> Int ensures result == x + 1 { return x + 1; }
  rule join() { members.add(caller); }
  rule give() requires given < 8 { given = one(given); }
  rule take() requires given > 0 { given -= 1; }
}`;

/** The rules whose obligations were made anew. */
function madeAnew(text: string, kept: KeptObligations): readonly string[] {
  const [contract] = contractsIn('Pot.ccl', text);
  expect(contract, text).toBeDefined();
  const before = new Set(
    obligationsOf(contractsIn('Pot.ccl', POT)[0]!, { kept }).map(({ script }) => script),
  );
  const after = obligationsOf(contract!, { kept });
  return [...new Set(after.filter(({ script }) => !before.has(script)).map(({ rule }) => rule))];
}

describe('what is made anew', () => {
  test.each([
    ['nothing', POT, []],
    ['a rule alone', POT.replace('given -= 1', 'given = 0'), ['take']],
    ['what calls a function', POT.replace('return x + 1', 'return 1 + x'), ['give']],
    [
      'all that assumes an invariant',
      POT.replace('given <= 8', 'given <= 9'),
      ['', 'init', 'join', 'give', 'take'],
    ],
    [
      'all that may be called',
      POT.replace('rule take', 'rule reset() { given = 1; } rule take'),
      ['', 'init', 'join', 'give', 'reset', 'take'],
    ],
  ])('%s', (_, text, anew) => {
    expect(madeAnew(text, keepObligations())).toEqual(anew);
  });

  test('all, where something else is assumed', () => {
    const kept = keepObligations();
    const [contract] = contractsIn('Pot.ccl', POT);
    const choices: readonly ObligationOptions[] = [
      {},
      { assumed: new Set() },
      { flaws: new Set(['noOverflow'] as const) },
    ];
    for (const options of choices) {
      const hashes = (given: ObligationOptions) => obligationsOf(contract!, given).map(({ hash }) => hash);
      expect(hashes({ ...options, kept })).toEqual(hashes(options));
    }
  });

  test('all, where there is no room', () => {
    expect(madeAnew(POT, keepObligations(0))).toEqual(['', 'init', 'join', 'give', 'take']);
  });

  test('the rest, where there is room for some', () => {
    const kept = keepObligations(50_000);
    for (let i = 0; i < 40; i++) madeAnew(POT.replaceAll('8', String(9 + i)), kept);
    expect(madeAnew(POT, kept)).toEqual([]);
  });
});
