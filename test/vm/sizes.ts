/** The sizes of an execution, as an observer sees them: turns of loops, lengths of arguments and of what it reads. */
import {
  type Factor,
  isListWord,
  listShape,
  type Observer,
  type Sight,
  type Value,
  type WordType,
} from '../../vm/index.ts';

/** By factor. Of a loop the turns of its longest entry, of the rest the largest that was met. */
export type FactorSizes = Map<string, number>;

/** `onExecution` gets the sizes of each execution when it begins; they grow while it runs. */
export function sizesObserver(onExecution: (sizes: FactorSizes, first: Sight) => void): Observer {
  let execution: object | null = null;
  let sizes: FactorSizes = new Map();
  let now = new Map<string, number>();
  let read: { readonly key: string; readonly type: WordType; readonly function: number } | null = null;
  return (sight) => {
    if (sight.execution !== execution) {
      execution = sight.execution;
      sizes = new Map();
      now = new Map();
      read = null;
      noteArguments(sizes, sight);
      onExecution(sizes, sight);
    }
    if (read !== null && read.function === sight.function)
      grow(sizes, read.key, measured(read.type, sight.stack().at(-1)!));
    read = null;
    const { artifact } = sight.program;
    const { op, operands } = artifact.functions[sight.function]!.code[sight.instruction]!;
    const [first, second] = operands.map(Number) as [number, number];
    if (op === 'LoopEnter') now.set(turnsKey(sight.function, sight.instruction), 0);
    if (op === 'LoopBack') {
      const key = turnsKey(sight.function, Number(operands[2]) - 1);
      now.set(key, (now.get(key) ?? 0) + 1);
      grow(sizes, key, now.get(key)!);
    }
    if (op === 'StateGet') {
      const type = artifact.storage[first]!.fields[second]!;
      read = { key: `leaf ${first} ${second}`, type, function: sight.function };
    }
  };
}

export function sizeIn(sizes: FactorSizes, factor: Factor): number {
  switch (factor.kind) {
    case 'turns':
      return sizes.get(turnsKey(factor.function, factor.enter)) ?? 0;
    case 'argument':
      return sizes.get(`argument ${factor.word}`) ?? 0;
    case 'leaf':
      return sizes.get(`leaf ${factor.slot} ${factor.field}`) ?? 0;
  }
}

function turnsKey(fn: number, enter: number): string {
  return `turns ${fn} ${enter}`;
}

function noteArguments(sizes: FactorSizes, sight: Sight): void {
  const { params } = sight.program.artifact.functions[sight.function]!;
  const locals = sight.locals();
  for (const [at, type] of params.entries()) grow(sizes, `argument ${at}`, measured(type, locals[at]!));
}

function grow(sizes: FactorSizes, key: string, size: number): void {
  sizes.set(key, Math.max(sizes.get(key) ?? 0, size));
}

/** Pieces of 32 bytes, or elements. */
function measured(type: WordType, value: Value): number {
  if (isListWord(type)) return (value as readonly Value[]).length / listShape(type)!.words.length;
  if (typeof value === 'string') return Math.ceil(Buffer.byteLength(value) / 32);
  return value instanceof Uint8Array ? Math.ceil(value.length / 32) : 0;
}
