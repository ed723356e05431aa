/**
 * Formulas to SMT-LIB 2 text: the one file that writes it. Names are canonical, in order of appearance, so that equal
 * obligations have equal text; the legend says what each name stands for. Every read of the state before has a
 * constant of its own, so that a model can be asked for it.
 */
import { childrenOf, type Formula, numbering, type Sort, sortOf } from './formula.ts';

export type Script = {
  readonly text: string;
  /** What the names of constants stand for: symbols, literals, and reads of functions. */
  readonly legend: ReadonlyMap<string, Formula>;
  /** The texts of the arguments of each read: names of constants, or numbers. */
  readonly arguments: ReadonlyMap<string, readonly string[]>;
};

/** Every formula is asserted. */
export function writeScript(asserted: readonly Formula[]): Script {
  const writer: Writer = {
    number: numbering(),
    uses: countUses(asserted),
    names: new Map(),
    counts: new Map(),
    functions: new Map(),
    sorts: new Set(),
    literals: new Map(),
    legend: new Map(),
    arguments: new Map(),
    lines: [],
  };
  const bodies = asserted.map((formula) => {
    const body = write(writer, formula);
    const lines = writer.lines.splice(0);
    return [...lines, `(assert ${body})`];
  });
  const sorts = [...writer.sorts].map((sort) => `(declare-sort ${sort} 0)`);
  const text = [...sorts, ...bodies.flat(), ...distinctLiterals(writer)].join('\n');
  return { text: `${text}\n`, legend: writer.legend, arguments: writer.arguments };
}

/** How to make products true ones: which factor is held, and at which value (null: the model's). */
export type Pin = { readonly factor: 0 | 1; readonly value: bigint | null };

/** The script with one factor of each product held; null where there is no product. */
export function pinProducts(
  script: Script,
  values: { readonly [name: string]: string },
  pin: Pin,
): string | null {
  const lines: string[] = [];
  for (const [name, formula] of script.legend) {
    if (formula.kind !== 'apply' || formula.name !== 'product') continue;
    const held = script.arguments.get(name)![pin.factor]!;
    const other = script.arguments.get(name)![1 - pin.factor]!;
    const value = integer(pin.value ?? BigInt(values[held] ?? 0));
    lines.push(`(assert (= ${held} ${value}))`, `(assert (= ${name} (* ${value} ${other})))`);
  }
  return lines.length === 0 ? null : `${script.text}${lines.join('\n')}\n`;
}

// ---- private -----------------------------------------------------------------------------------

type Writer = {
  readonly number: (formula: Formula) => number;
  readonly uses: ReadonlyMap<Formula, number>;
  /** By number. */
  readonly names: Map<number, string>;
  readonly counts: Map<string, number>;
  readonly functions: Map<string, string>;
  readonly sorts: Set<Sort>;
  readonly literals: Map<Sort, string[]>;
  readonly legend: Map<string, Formula>;
  readonly arguments: Map<string, readonly string[]>;
  readonly lines: string[];
};

function write(writer: Writer, formula: Formula): string {
  if (formula.kind === 'int') return integer(formula.value);
  if (formula.kind === 'bool') return String(formula.value);
  const id = writer.number(formula);
  const known = writer.names.get(id);
  if (known !== undefined) return known;
  const text = define(writer, formula);
  const shared = formula.kind === 'op' && (writer.uses.get(formula) ?? 0) > 1;
  const name = shared ? abbreviate(writer, formula, text) : text;
  if (shared || formula.kind !== 'op') writer.names.set(id, name);
  return name;
}

function define(writer: Writer, formula: Formula): string {
  switch (formula.kind) {
    case 'symbol':
      return declare(writer, 'c', formula, formula.sort);
    case 'literal':
      return declareLiteral(writer, formula);
    case 'apply':
      return declareRead(writer, formula);
    case 'op':
      return writeOp(
        formula,
        formula.args.map((arg) => write(writer, arg)),
      );
    default:
      throw new Error(`a ${formula.kind} in an obligation`);
  }
}

function declare(writer: Writer, prefix: string, formula: Formula, sort: Sort): string {
  const name = fresh(writer, prefix);
  writer.lines.push(`(declare-const ${name} ${sortName(writer, sort)})`);
  writer.legend.set(name, formula);
  return name;
}

function declareLiteral(writer: Writer, formula: Extract<Formula, { readonly kind: 'literal' }>): string {
  const name = declare(writer, 'l', formula, formula.sort);
  const names = writer.literals.get(formula.sort) ?? [];
  writer.literals.set(formula.sort, [...names, name]);
  return name;
}

function declareRead(writer: Writer, formula: Extract<Formula, { readonly kind: 'apply' }>): string {
  const args = formula.args.map((arg) => writeKey(writer, arg));
  if (args.length === 0) return declare(writer, 'c', formula, formula.sort);
  let fn = writer.functions.get(formula.name);
  if (fn === undefined) {
    fn = fresh(writer, 'f');
    writer.functions.set(formula.name, fn);
    const sorts = formula.args.map((arg) => sortName(writer, sortOf(arg))).join(' ');
    writer.lines.push(`(declare-fun ${fn} (${sorts}) ${sortName(writer, formula.sort)})`);
  }
  const name = declare(writer, 'v', formula, formula.sort);
  writer.lines.push(`(assert (= ${name} (${fn} ${args.join(' ')})))`);
  writer.arguments.set(name, args);
  return name;
}

/** A key that is computed gets a constant, so that a model says what it is. */
function writeKey(writer: Writer, key: Formula): string {
  const text = write(writer, key);
  if (key.kind !== 'op' || writer.legend.has(text)) return text;
  const name = declare(writer, 'k', key, key.sort);
  writer.lines.push(`(assert (= ${name} ${text}))`);
  writer.names.set(writer.number(key), name);
  return name;
}

function abbreviate(writer: Writer, formula: Formula, text: string): string {
  const name = fresh(writer, 't');
  writer.lines.push(`(define-fun ${name} () ${sortName(writer, sortOf(formula))} ${text})`);
  return name;
}

const OPERATORS = {
  add: '+',
  sub: '-',
  scale: '*',
  div: 'div',
  mod: 'mod',
  eq: '=',
  lt: '<',
  le: '<=',
  not: 'not',
  and: 'and',
  or: 'or',
  ite: 'ite',
} as const;

function writeOp(formula: Extract<Formula, { readonly kind: 'op' }>, args: readonly string[]): string {
  return `(${OPERATORS[formula.op]} ${args.join(' ')})`;
}

function distinctLiterals(writer: Writer): readonly string[] {
  return [...writer.literals.values()]
    .filter((names) => names.length > 1)
    .map((names) => `(assert (distinct ${names.join(' ')}))`);
}

function fresh(writer: Writer, prefix: string): string {
  const count = writer.counts.get(prefix) ?? 0;
  writer.counts.set(prefix, count + 1);
  return `${prefix}${count}`;
}

function sortName(writer: Writer, sort: Sort): string {
  if (sort !== 'Int' && sort !== 'Bool') writer.sorts.add(sort);
  return sort;
}

function integer(value: bigint): string {
  return value < 0n ? `(- ${-value})` : String(value);
}

/** How often each node is an operand. */
function countUses(formulas: readonly Formula[]): ReadonlyMap<Formula, number> {
  const uses = new Map<Formula, number>();
  const go = (formula: Formula): void => {
    const count = uses.get(formula) ?? 0;
    uses.set(formula, count + 1);
    if (count === 0) for (const child of childrenOf(formula)) go(child);
  };
  for (const formula of formulas) go(formula);
  return uses;
}
