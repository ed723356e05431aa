/** Which words have a meaning in which part of a contract (language.md, sections 3 and 5): one table. */
import type * as ast from '../syntax/ast.ts';
import { type At, type Part, report } from './checker.ts';
import { ERROR, type Type } from './types.ts';

type Word =
  | 'old'
  | 'result'
  | 'quantifier'
  | 'sum'
  | 'count'
  | 'called'
  | 'after'
  | 'implies'
  | 'environment'
  | 'page'
  | 'periods'
  | 'state'
  | 'ghost';

const CLAUSES: readonly Part[] = ['ensures', 'succeeds', 'fails', 'invariant', 'history', 'assert', 'prove'];

const PARTS: Readonly<Record<Word, readonly Part[]>> = {
  old: ['ensures', 'history', 'assert', 'prove'],
  result: ['ensures'],
  quantifier: CLAUSES,
  sum: CLAUSES,
  count: CLAUSES,
  called: ['history'],
  after: ['prove'],
  implies: [...CLAUSES, 'requires', 'lambda', 'ghost', 'changes'],
  environment: [...CLAUSES, 'body', 'requires', 'initialiser', 'ghost', 'changes'],
  page: ['body'],
  state: [...CLAUSES, 'body', 'requires', 'initialiser', 'ghost', 'changes'],
  ghost: [...CLAUSES, 'ghost', 'changes'],
  periods: ['body', 'assert', 'ghost'],
};

const PART_WORDS: Readonly<Record<Part, string>> = {
  body: 'in code',
  requires: 'in `requires`',
  ensures: 'in `ensures`',
  succeeds: 'in `succeeds when`',
  fails: 'in `fails when`',
  changes: 'in `changes`',
  invariant: 'in an invariant',
  history: 'in a history clause',
  assert: 'in `assert`',
  prove: 'in a `prove`',
  ghost: 'in the value of a ghost',
  const: 'in a constant',
  initialiser: 'in the first value of a state variable',
  lambda: 'in the function of `sum` and `count`',
};

/** Whether `word` means something at this place; reports it when not. `shown` is the word as the author wrote it. */
export function hasMeaning(at: At, word: Word, shown: string, span: ast.Span): boolean {
  const inside = at.insideOld && (word === 'old' || word === 'result' || word === 'after');
  if (PARTS[word].includes(at.part) && !inside) return true;
  const around = at.part === 'prove' ? 'inside `old(…)` or `after(…)`' : 'inside `old(…)`';
  const where = inside ? around : PART_WORDS[at.part];
  const instead = at.part === 'body' ? IN_CODE[word] : undefined;
  report(at.out, 'E0405', { span, what: shown, where, instead });
  return false;
}

/** What code does in the place of words that only clauses have. */
const IN_CODE: { readonly [word in Word]?: string } = {
  old: 'note the value before it changes: `let before = …;`',
  sum: 'keep the total in the state, and let an invariant say that it is the sum',
  count: 'keep the number in the state, and let an invariant say that it is the count',
  quantifier: 'go over a set by `for x in set { … }`; maps are not gone over',
  implies: 'write `!a || b`, or `if a { … }`',
  ghost: 'code never reads a ghost: keep what it needs in the state',
};

/** What only a `test` or a `prove` does, in the author's words. */
const TEST_WORDS: { readonly [kind in ast.AnyNode['kind']]?: string } = {
  callBy: '`by`',
  expect: '`expect`',
  assume: '`assume`',
  atTime: '`at time`',
  member: '`member`',
  payment: '`transfer … from … to …`',
  later: '`later`',
  deploy: '`deploy`',
  upgradeBy: '`upgrade`',
  run: '`run`',
  callByExpr: '`by`',
};

/** Reports a statement or expression that only a test or a `prove` can hold. */
export function reportTestWord(at: At, node: ast.Stmt | ast.Expr): Type {
  const { span, kind } = node;
  const what = TEST_WORDS[kind];
  if (what === undefined) return ERROR;
  if (at.part === 'prove') return report(at.out, 'E0458', { span });
  const owner = kind === 'run' || kind === 'later' ? 'a `prove`' : 'a test';
  return report(at.out, 'E0422', { span, what, owner });
}

/** Whether `caller` is known at this place; reports it when not. */
export function hasCaller(at: At, span: ast.Span): boolean {
  const where = callerless(at);
  if (where === null) return true;
  const instead = at.owner?.kind === 'view' ? 'take the member as a parameter: `member: Did`' : undefined;
  report(at.out, 'E0405', { span, what: '`caller`', where, instead });
  return false;
}

/** Whether `periods` is known at this place; reports it when not. */
export function hasPeriods(at: At, span: ast.Span): boolean {
  if (!hasMeaning(at, 'periods', '`periods`', span)) return false;
  if (at.owner?.kind === 'hook') return true;
  report(at.out, 'E0405', { span, what: '`periods`', where: 'outside of `on every`' });
  return false;
}

function callerless(at: At): string | null {
  if (at.part === 'invariant' || at.part === 'initialiser') return PART_WORDS[at.part];
  if (at.part === 'prove') return 'in a `prove`: each call says who makes it';
  if (at.owner?.kind === 'hook') return 'in what the host runs: nobody calls it';
  return at.owner?.kind === 'view' ? 'in a view: anyone may ask, off the chain' : null;
}
