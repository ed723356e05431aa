/**
 * Executions under observation: an observer is told of every opcode before it runs, by the interpreter itself, from a
 * program that has a `WATCH` in front of each. A program that is not observed has none, so observing costs nothing when
 * it is off. An observer may throw, which ends the execution as a defect would: a debugger stops so.
 */
import { type InternTable, valueOfWord } from './intern.ts';
import type { Machine } from './machine.ts';
import { buildObserved, type Program } from './program.ts';
import { structureOf } from './structure.ts';
import { type Shape, shapesOf, typingOf } from './typing.ts';
import type { Value, WordType } from './value.ts';

export type Observer = (sight: Sight) => void;

/** What an observer sees in front of an opcode. It is valid during the call only, but for `execution`. */
export type Sight = {
  /** The same object throughout one execution, another one for each call between contracts. */
  readonly execution: object;
  readonly program: Program;
  /** Indices in the artifact. */
  readonly function: number;
  readonly instruction: number;
  /** Functions that are open besides this one. */
  readonly depth: number;
  /** Gas left, before the opcode and, where it begins a basic block, before that is charged. */
  readonly gas: number;
  /** The operand stack of the function, bottom first. */
  readonly stack: () => readonly Value[];
  /** The locals of the function; null where none was assigned on some way here. */
  readonly locals: () => readonly (Value | null)[];
};

/** The program that the interpreter runs under observation. */
export function observed(program: Program): Program {
  const known = OBSERVED.get(program);
  if (known !== undefined) return known;
  const { artifact } = program;
  const structures = artifact.functions.map((fn) => structureOf(artifact, fn).structure);
  const typings = artifact.functions.map((fn, index) => typingOf(artifact, fn, structures[index]!).typing);
  const made = buildObserved(artifact, structures, typings, program);
  OBSERVED.set(program, made);
  return made;
}

const OBSERVED = new WeakMap<Program, Program>();
const SHAPES = new WeakMap<Program, (readonly (Shape | undefined)[] | undefined)[]>();

/** Tells the observer where the machine stands: `frame` is where the locals begin, `top` the top of the stack. */
export function tell(machine: Machine, frame: number, top: number, depth: number): void {
  const { program, observer, place, gas, stack, intern } = machine;
  const fn = program.functionOf[place]!;
  const instruction = program.instructionOf[place]!;
  const { locals } = program.artifact.functions[fn]!;
  observer?.({
    execution: machine,
    program,
    function: fn,
    instruction,
    depth,
    gas,
    stack: () => {
      const { types } = shapeAt(program, fn, instruction);
      return valuesOf(intern, types, stack.subarray(top + 1 - types.length, top + 1));
    },
    locals: () => {
      const { assigned } = shapeAt(program, fn, instruction);
      const words = stack.subarray(frame, frame + locals.length);
      return locals.map((type, at) =>
        ((assigned >> BigInt(at)) & 1n) === 0n ? null : valueOfWord(intern, type, words[at]!),
      );
    },
  });
}

function valuesOf(intern: InternTable, types: readonly WordType[], words: BigInt64Array): Value[] {
  return types.map((type, at) => valueOfWord(intern, type, words[at]!));
}

/** Code that runs was reached, and what was reached is typed. */
function shapeAt(program: Program, fn: number, instruction: number): Shape {
  let all = SHAPES.get(program);
  if (all === undefined) {
    all = [];
    SHAPES.set(program, all);
  }
  if (all[fn] === undefined) {
    const code = program.artifact.functions[fn]!;
    all[fn] = shapesOf(program.artifact, code, structureOf(program.artifact, code).structure);
  }
  return all[fn][instruction]!;
}
