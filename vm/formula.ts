/**
 * Static gas bounds as formulas: a constant, and what each turn of a loop adds. The same walk as `bounds.ts` makes, with
 * sums of products of turns in the place of numbers. Where ways part, each part of the formula is the larger of both,
 * so a formula may pass the bound; its value never does. What was surely touched before counts as touched (`warm.ts`). An artifact in, its entries' formulas out.
 */
import type { Artifact, Entry, FunctionCode, Instruction } from './artifact.ts';
import { calleesOf, callOrder, entryGasMax, spread } from './bounds.ts';
import { rowOf } from './opcodes.ts';
import { type Loop, type Structure, structureOf, targetOf } from './structure.ts';
import { warmGas } from './warm.ts';

/** A loop: its function, and the index of its `LoopEnter`. */
export type LoopPlace = { readonly function: number; readonly enter: number };

/**
 * `constant` and, for each term, `coefficient` times the turns of its loops. The turns of a loop are those that lead back
 * to its beginning, and one that a failure cuts short, in the entry of the execution that has most of them.
 */
export type GasFormula = {
  readonly constant: number;
  readonly terms: readonly { readonly coefficient: number; readonly loops: readonly LoopPlace[] }[];
};

/** By entry; null where the artifact has no bounds, or a formula would be too long to read. */
export function gasFormulas(artifact: Artifact): readonly (GasFormula | null)[] {
  return formulasOf(artifact, (_, order) => new Set(order));
}

/** The same of entries that come to a loop, and null for the others: the bound of what has no loop says it all. */
export function loopFormulas(artifact: Artifact): readonly (GasFormula | null)[] {
  return formulasOf(artifact, withLoops);
}

/** The most gas that an execution of the entry uses whose loops make so many turns. */
export function evaluateFormula(
  { constant, terms }: GasFormula,
  { gasMax }: Entry,
  turnsOf: (loop: LoopPlace) => number,
): number {
  const parts = terms.map(({ coefficient, loops }) =>
    loops.reduce((product, loop) => product * turnsOf(loop), coefficient),
  );
  return Math.min(
    gasMax,
    parts.reduce((sum, part) => sum + part, constant),
  );
}

// ---- private -----------------------------------------------------------------------------------

/** Coefficients by the loops of a term, as `function:enter` in order, one behind the other. */
type Terms = ReadonlyMap<string, number>;
type Sum = { readonly constant: number; readonly terms: Terms };

const NO_TERMS: Terms = new Map();
const ZERO: Sum = { constant: 0, terms: NO_TERMS };
/** A formula with more is no help to anyone. */
const TERMS_MAX = 24;

type Wanted = (artifact: Artifact, order: readonly number[]) => ReadonlySet<number>;

function formulasOf(artifact: Artifact, wanted: Wanted): readonly (GasFormula | null)[] {
  const order = callOrder(artifact.functions);
  const sums = order === null ? null : functionSums(artifact, order, wanted(artifact, order));
  return artifact.entries.map((entry) => {
    const sum = sums?.[entry.function] ?? null;
    return sum === null ? null : formulaOf(entry, sum);
  });
}

/** The functions that come to a loop, themselves or by way of others, and those that they call. */
function withLoops(artifact: Artifact, order: readonly number[]): ReadonlySet<number> {
  const loops = spread(artifact, order, ({ op }) => op === 'LoopEnter');
  const found = new Set(order.filter((index) => loops[index]));
  for (const index of found) for (const callee of calleesOf(artifact.functions[index]!)) found.add(callee);
  return found;
}

function formulaOf(entry: Entry, { constant, terms }: Sum): GasFormula {
  return {
    constant: constant + entryGasMax(entry),
    terms: [...terms].map(([key, coefficient]) => ({ coefficient, loops: loopsOf(key) })),
  };
}

function loopsOf(key: string): readonly LoopPlace[] {
  return key.split(' ').map((place) => {
    const [fn, enter] = place.split(':').map(Number) as [number, number];
    return { function: fn, enter };
  });
}

/** Of the functions that are wanted; null where one of them is not sound. */
function functionSums(
  artifact: Artifact,
  order: readonly number[],
  wanted: ReadonlySet<number>,
): readonly (Sum | null)[] | null {
  const sums: (Sum | null)[] = new Array(artifact.functions.length).fill(null);
  for (const index of order) {
    if (!wanted.has(index)) continue;
    const { structure, errors } = structureOf(artifact, artifact.functions[index]!);
    if (errors.length > 0) return null;
    sums[index] = sumOf(artifact, index, structure, sums);
  }
  return sums;
}

function sumOf(
  artifact: Artifact,
  index: number,
  structure: Structure,
  sums: readonly (Sum | null)[],
): Sum | null {
  const fn = artifact.functions[index]!;
  const { rows, loops } = structure;
  const warm = warmGas(artifact, fn, structure);
  const weights: Sum[] = [];
  for (const [at, instruction] of fn.code.entries()) {
    const callee = instruction.op === 'Call' ? sums[Number(instruction.operands[0])]! : ZERO;
    if (callee === null) return null;
    const own = rows[at]!.gas + warm[at]!;
    weights.push({ constant: own + callee.constant, terms: callee.terms });
  }
  const turns = new Map<number, Sum>();
  for (const loop of loops.toReversed()) {
    const turn = walk(fn, weights, turns, loop.enter + 1, loop.back, loop);
    turns.set(loop.enter, turn === null ? ZERO : times(turn, `${index}:${loop.enter}`));
  }
  const whole = walk(fn, weights, turns, 0, fn.code.length - 1, null);
  return whole === null || whole.terms.size > TERMS_MAX ? null : whole;
}

/** As in `bounds.ts`; null where no way leads to the end of the turn. */
function walk(
  fn: FunctionCode,
  weights: readonly Sum[],
  turns: ReadonlyMap<number, Sum>,
  first: number,
  last: number,
  loop: Loop | null,
): Sum | null {
  const end = loop === null ? ZERO : null;
  const sums: (Sum | null)[] = new Array(last - first + 2).fill(end);
  const sumAt = (at: number) => (at > last ? end : sums[at - first]!);
  for (let at = last; at >= first; at--) {
    const ahead = at === loop?.back ? ZERO : continuation(fn.code[at]!, at, sumAt, end);
    sums[at - first] = ahead === null ? null : plus(plus(weights[at]!, turns.get(at) ?? ZERO), ahead);
  }
  return sums[0]!;
}

function continuation(
  instruction: Instruction,
  at: number,
  sumAt: (at: number) => Sum | null,
  end: Sum | null,
): Sum | null {
  // The turn that ends here is counted with the others.
  if (instruction.op === 'LoopBack') return null;
  const target = targetOf(instruction);
  const ends = rowOf(instruction.op).flow === 'end';
  if (target < 0) return ends ? end : sumAt(at + 1);
  return ends ? sumAt(target) : larger(sumAt(target), sumAt(at + 1));
}

function plus(one: Sum, other: Sum): Sum {
  const constant = one.constant + other.constant;
  if (one.terms.size === 0) return { constant, terms: other.terms };
  if (other.terms.size === 0) return { constant, terms: one.terms };
  const terms = new Map(one.terms);
  for (const [key, coefficient] of other.terms) terms.set(key, (terms.get(key) ?? 0) + coefficient);
  return { constant, terms };
}

/** What is at least both, part by part. */
function larger(one: Sum | null, other: Sum | null): Sum | null {
  if (one === null || other === null) return one ?? other;
  const constant = Math.max(one.constant, other.constant);
  if (one.terms === other.terms || other.terms.size === 0) return { constant, terms: one.terms };
  const terms = new Map(one.terms);
  for (const [key, coefficient] of other.terms) terms.set(key, Math.max(terms.get(key) ?? 0, coefficient));
  return { constant, terms };
}

function times({ constant, terms }: Sum, loop: string): Sum {
  const products = [...terms].map(([key, coefficient]) => [`${loop} ${key}`, coefficient] as const);
  return { constant: 0, terms: new Map([[loop, constant], ...products]) };
}
