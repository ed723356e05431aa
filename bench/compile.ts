/**
 * How fast source becomes an artifact: a generated project without blank lines or comments and with at least six
 * tokens a line, lexed and parsed alone, and parsed, checked, lowered and built; and `solc` on Solidity of the same shape
 * and size.
 */
import { analyse, build, lowerProgram, parse } from '../compiler/index.ts';
import { tokenize } from '../compiler/syntax/tokens.ts';
import type { Report } from './report.ts';
import { medians } from './rounds.ts';
import { compileSolidity, generateSolidity } from './solidity.ts';

const LINES = 10_000;
const ROUNDS = 5;

export async function run(): Promise<Report> {
  const large = generate(LINES);
  const small = generate(LINES / 10);
  const times = await medians(
    [
      { name: 'parse', run: () => void parse('Large.ccl', large) },
      { name: 'build', run: () => buildAll(large) },
      { name: 'build a tenth', run: () => buildAll(small) },
    ],
    ROUNDS,
    2,
  );
  const peakMb = process.resourceUsage().maxRSS / 1024;
  const solidity = generateSolidity(LINES);
  compileSolidity(generateSolidity(LINES / 100));
  const solc = await medians([{ name: 'solc', run: () => compileSolidity(solidity) }], 1, 0);
  const solcMs = solc.get('solc') ?? Number.NaN;
  const [parseMs, buildMs, tenthMs] = ['parse', 'build', 'build a tenth'].map(
    (name) => times.get(name) ?? Number.NaN,
  ) as [number, number, number];
  const lines = countLines(large);
  const linesOf: Readonly<Record<string, number>> & { readonly solc: number } = {
    'build a tenth': countLines(small),
    solc: countLines(solidity),
  };
  return {
    bench: 'compile',
    rows: [...times, ...solc].map(([work, ms]) => ({ work, lines: linesOf[work] ?? lines, ms })),
    values: {
      build_vs_parse: buildMs / parseMs,
      build_vs_solc: solcMs / linesOf.solc / (buildMs / lines),
      scaling_10x: buildMs / tenthMs,
      lines_per_s: (lines / buildMs) * 1000,
      tokens_per_s: (tokenize(large).tokens.length / buildMs) * 1000,
      peak_mb: peakMb,
    },
  };
}

function countLines(text: string): number {
  return text.split('\n').length;
}

function buildAll(text: string): void {
  const analysis = analyse(new Map([['Large.ccl', text]]), 'Large.ccl');
  const errors = analysis.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  if (errors.length > 0)
    throw new Error(`the generated project does not check: ${errors[0]?.code} ${errors[0]?.message}`);
  for (const contract of lowerProgram(analysis).contracts) build(contract, { claims: [], marks: [] });
}

/** Contracts of twenty rules each, until there are about `lines` lines. */
function generate(lines: number): string {
  const out: string[] = [];
  for (let index = 0; out.length < lines; index++) out.push(...contract(index));
  return out.join('\n');
}

function contract(index: number): string[] {
  const rules = Array.from({ length: 20 }, (_, rule) => ruleLines(rule)).flat();
  return [
    `contract Bank${index} { version "1.0.0"; uses ledger.write;`,
    'currency hours { decimals 2 } currency credits { decimals 2 }',
    'state { worked: Map<Did, Amount<hours>>; total: Amount<hours>;',
    'counted: Int; limit: Int = 1_000; steward: Did; }',
    'invariant small: counted >= 0 && counted <= 1_000_000;',
    'init() { steward = creator; counted = 0; limit = 1_000; }',
    ...rules,
    'view hours_of(member: Did) -> Amount<hours> { return worked[member]; } }',
  ];
}

function ruleLines(rule: number): string[] {
  return [
    `rule record${rule}(provider: Did, amount: Amount<hours>, times: Int)`,
    'requires amount > 0 hours else "the amount must be positive"',
    'requires provider != caller && times < limit else "not this one"',
    'ensures worked[provider] == old(worked[provider]) + amount { ledger.transfer(caller, provider, amount);',
    `let twice${rule} = times * 2 + ${rule} - counted % 7;`,
    `if twice${rule} > limit { counted = counted + 1; } else { counted = 0; }`,
    'worked[provider] += amount; total += amount;',
    `let share${rule} = (twice${rule} + ${rule}) / 3 + counted; limit = share${rule} * 1; }`,
  ];
}
