/**
 * Static gas bounds as formulas: a constant, what each turn of a loop adds, and what each piece of a longer value. The same
 * walk as `bounds.ts` makes, with sums of products in the place of numbers. Where ways part, each part of the formula is the
 * larger of both, so a formula may pass the bound; its value never does. What was surely touched before counts as touched
 * (`warm.ts`), in the functions that are called, too. An artifact in, its entries' formulas out.
 */
import { wordsOfFields } from './abi.ts';
import type { Artifact, Entry, FunctionCode, Instruction } from './artifact.ts';
import { callOrder, entryGas, spread } from './bounds.ts';
import { GAS } from './gas.ts';
import { CHUNK_BYTES, measuredSize, measureOf, type Sizes } from './names.ts';
import { rowOf } from './opcodes.ts';
import { type Loop, type Structure, structureOf, targetOf } from './structure.ts';
import { constantSum, factorsOf, larger, plus, ratedSum, type Sum, times, ZERO } from './sum.ts';
import { shapesOf } from './typing.ts';
import type { WordType } from './value.ts';
import { type Body, type Known, warmGas } from './warm.ts';

/**
 * A size of an execution. The turns of a loop, whose `LoopEnter` is at `enter`, are those that lead back to its beginning,
 * and one that a failure cuts short, in the entry of the execution that has most of them. Texts and bytes have pieces of
 * 32 bytes, the last one begun, lists elements: of a word of the arguments, or of what the execution read of a field in
 * the state where that was largest.
 */
export type Factor =
  | { readonly kind: 'turns'; readonly function: number; readonly enter: number }
  | { readonly kind: 'argument'; readonly word: number }
  | { readonly kind: 'leaf'; readonly slot: number; readonly field: number };

/** `constant` and, for each term, `coefficient` times its factors. */
export type GasFormula = {
  readonly constant: number;
  readonly terms: readonly { readonly coefficient: number; readonly factors: readonly Factor[] }[];
};

/**
 * By entry; null where the artifact has no bounds, or a formula would be too long to read. A size that makes a part of the
 * formula larger by at most the share `slight` counts at its largest.
 */
export function gasFormulas(artifact: Artifact, slight: number = SLIGHT): readonly (GasFormula | null)[] {
  return formulasOf(artifact, slight, () => () => true);
}

/** The same of entries that meet a size, and null for the others: their bound says it all. */
export function sizedFormulas(artifact: Artifact): readonly (GasFormula | null)[] {
  return formulasOf(artifact, SLIGHT, meetsSize);
}

/** The most gas that an execution of the entry uses with such sizes. */
export function evaluateFormula(
  { constant, terms }: GasFormula,
  { gasMax }: Entry,
  sizeOf: (factor: Factor) => number,
): number {
  const parts = terms.map(({ coefficient, factors }) =>
    factors.reduce((product, factor) => product * sizeOf(factor), coefficient),
  );
  return Math.min(
    gasMax,
    parts.reduce((sum, part) => sum + part, constant),
  );
}

// ---- private -----------------------------------------------------------------------------------

/** A formula with more is no help to anyone. */
const TERMS_MAX = 24;
/** As long as sizes that hardly matter are in it, it may have more. */
const WIDE_MAX = 200;
/** So many instructions are followed into functions that are called, for all entries of an artifact together. */
const FOLLOWED_MAX = 50_000;
/** So many functions deep. */
const DEPTH_MAX = 32;
/** So that the sizes that matter can be read. */
const SLIGHT = 1 / 8;

/** `left` is how many instructions may still be followed. Bodies and functions alone are looked at once. */
type Survey = {
  readonly artifact: Artifact;
  readonly order: readonly number[];
  readonly slight: number;
  readonly bodies: (Body | undefined)[];
  readonly alone: Map<number, Sum | null>;
  left: number;
};

type Wanted = (artifact: Artifact, order: readonly number[]) => (entry: Entry) => boolean;

function formulasOf(artifact: Artifact, slight: number, wanted: Wanted): readonly (GasFormula | null)[] {
  const order = callOrder(artifact.functions);
  if (order === null) return artifact.entries.map(() => null);
  const isWanted = wanted(artifact, order);
  const survey: Survey = { artifact, order, slight, bodies: [], alone: new Map(), left: FOLLOWED_MAX };
  return artifact.entries.map((entry) => (isWanted(entry) ? formulaOf(survey, entry) : null));
}

/** An entry that comes to a loop, takes a longer value, or reads one. */
function meetsSize(artifact: Artifact, order: readonly number[]): (entry: Entry) => boolean {
  const meets = spread(artifact, order, ({ op, operands }) => {
    if (op !== 'StateGet') return op === 'LoopEnter';
    const type = artifact.storage[Number(operands[0])]?.fields[Number(operands[1])];
    return type !== undefined && measureOf(type) !== null;
  });
  return ({ function: fn, params }) =>
    meets[fn] === true || wordsOfFields(params).some((type) => measureOf(type) !== null);
}

function formulaOf(survey: Survey, entry: Entry): GasFormula | null {
  const words = wordsOfFields(entry.params);
  const measured = words.map((type, at) => measuredSize(type, argumentFactor(at)));
  const names = words.map((_, at) => `argument ${at}`);
  const sizes: Sizes = new Map(names.map((name, at) => [name, measured[at]!]));
  const way: Way = { survey, path: '', depth: 0, sizes };
  const { gas } = visited(way, entry.function, { values: names, facts: new Set() });
  if (gas === null) return null;
  const given = ratedSum(measured.reduce(plus, ZERO), GAS.chunk, CHUNK_BYTES);
  const whole = plus(plus(gas, given), constantSum(entryGas(entry)));
  const { constant, terms } = withoutSlight(whole, survey.slight, (factor) =>
    mostOf(survey.artifact, words, factor),
  );
  if (terms.size > TERMS_MAX) return null;
  return {
    constant,
    terms: [...terms].map(([key, coefficient]) => ({ coefficient, factors: factorsOf(key).map(factorOf) })),
  };
}

/** A term has one size at most, as its last factor: only turns multiply. */
function withoutSlight(whole: Sum, slight: number, mostOf: (factor: Factor) => number): Sum {
  const terms = new Map(whole.terms);
  let { constant } = whole;
  for (const [key, coefficient] of whole.terms) {
    const factors = factorsOf(key);
    const size = factorOf(factors.at(-1)!);
    if (size.kind === 'turns') continue;
    const base = factors.slice(0, -1).join(' ');
    const beside = base === '' ? whole.constant : (whole.terms.get(base) ?? 0);
    const most = coefficient * mostOf(size);
    if (most > slight * beside) continue;
    terms.delete(key);
    if (base === '') constant += most;
    else terms.set(base, terms.get(base)! + most);
  }
  return { constant, terms };
}

function mostOf({ storage }: Artifact, words: readonly WordType[], factor: Factor): number {
  if (factor.kind === 'turns') return 0;
  const type = factor.kind === 'argument' ? words[factor.word]! : storage[factor.slot]!.fields[factor.field]!;
  return measureOf(type)?.most ?? 0;
}

function argumentFactor(word: number): string {
  return `argument:${word}`;
}

function factorOf(name: string): Factor {
  const [kind, first, second] = name.split(':') as [Factor['kind'], string, string];
  switch (kind) {
    case 'turns':
      return { kind, function: Number(first), enter: Number(second) };
    case 'argument':
      return { kind, word: Number(first) };
    case 'leaf':
      return { kind, slot: Number(first), field: Number(second) };
  }
}

/** How an execution came to a function; `path` is the same for no two ways. */
type Way = { readonly survey: Survey; readonly path: string; readonly depth: number; readonly sizes: Sizes };

type Visited = { readonly gas: Sum | null; readonly left: Known | null };

function visited(way: Way, index: number, known: Known): Visited {
  const { survey, path, sizes } = way;
  const { artifact } = survey;
  const body = bodyOf(survey, index);
  if (body === null) return { gas: null, left: null };
  const naming = { artifact, fn: artifact.functions[index]!, path, sizes };
  const warm = warmGas(naming, body, known, (at, callee, met) => follow(way, at, callee, met));
  return { gas: sumOf(artifact, index, body.structure, warm.gas), left: warm.left };
}

function follow(way: Way, at: number, callee: number, known: Known): Visited {
  const { survey, path, depth, sizes } = way;
  const { length } = survey.artifact.functions[callee]!.code;
  if (depth < DEPTH_MAX && length <= survey.left) {
    survey.left -= length;
    return visited({ survey, path: `${path}${at}/`, depth: depth + 1, sizes }, callee, known);
  }
  // It may have removed any entry.
  const facts = new Set([...known.facts].filter((fact) => !fact.startsWith('present')));
  return { gas: gasAlone(survey, callee), left: { values: [], facts } };
}

/** What a function costs where nothing is known. Callees come first, so that this goes no deeper than one call. */
function gasAlone(survey: Survey, index: number): Sum | null {
  const { order, alone } = survey;
  for (const one of order) {
    if (alone.has(index)) break;
    if (alone.has(one)) continue;
    const way: Way = { survey, path: `alone ${one}/`, depth: DEPTH_MAX, sizes: new Map() };
    alone.set(one, visited(way, one, { values: [], facts: new Set() }).gas);
  }
  return alone.get(index) ?? null;
}

/** Null where the function is not sound. */
function bodyOf({ artifact, bodies }: Survey, index: number): Body | null {
  const known = bodies[index];
  if (known !== undefined) return known;
  const fn = artifact.functions[index]!;
  const { structure, errors } = structureOf(artifact, fn);
  if (errors.length > 0) return null;
  const body = { structure, shapes: shapesOf(artifact, fn, structure) };
  bodies[index] = body;
  return body;
}

/** `warm` is what each instruction costs beyond its static gas, a call with all that is done in it. */
function sumOf(
  artifact: Artifact,
  index: number,
  { rows, loops }: Structure,
  warm: readonly (Sum | null)[],
): Sum | null {
  const fn = artifact.functions[index]!;
  const weights: Sum[] = [];
  for (const [at, gas] of warm.entries()) {
    if (gas === null) return null;
    weights.push(plus(constantSum(rows[at]!.gas), gas));
  }
  const turns = new Map<number, Sum>();
  for (const loop of loops.toReversed()) {
    const turn = walk(fn, weights, turns, loop.enter + 1, loop.back, loop);
    turns.set(loop.enter, turn === null ? ZERO : times(turn, `turns:${index}:${loop.enter}`));
  }
  const whole = walk(fn, weights, turns, 0, fn.code.length - 1, null);
  return whole === null || whole.terms.size > WIDE_MAX ? null : whole;
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
  return ends ? sumAt(target) : dearer(sumAt(target), sumAt(at + 1));
}

function dearer(one: Sum | null, other: Sum | null): Sum | null {
  return one === null || other === null ? (one ?? other) : larger(one, other);
}
