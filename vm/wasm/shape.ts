/**
 * The structure of a function, read from its code: which forward targets lie in which loop. A target's block begins
 * where its loop's body (or the function) begins, so that blocks and loops nest whatever the jumps are.
 */

import { OPCODES } from '../opcodes.ts';
import { CHARGE, lengthAt, type Program } from '../program.ts';

export const NO_LOOP = -1;

export type Shape = {
  /** By the place of a `LoopEnter`, or `NO_LOOP`: the targets directly inside, last first. */
  readonly targets: ReadonlyMap<number, readonly number[]>;
};

export function shapeOf(program: Program, fn: number): Shape {
  const { code } = program;
  const [first, end] = extentOf(program, fn);
  const wanted = new Set<number>();
  let loops = false;
  for (let pc = first; pc < end; pc += lengthAt(code, pc)) {
    const target = targetAt(code, pc);
    if (target >= 0) wanted.add(target);
    if (code[pc] === LoopEnter.code) loops = true;
  }
  const targets = new Map<number, number[]>([[NO_LOOP, []]]);
  const open = [NO_LOOP];
  if (wanted.size === 0 && !loops) return { targets };
  for (let pc = first; pc < end; pc += lengthAt(code, pc)) {
    if (wanted.has(pc)) targets.get(open.at(-1)!)!.push(pc);
    if (code[pc] === LoopEnter.code) {
      open.push(pc);
      targets.set(pc, []);
    } else if (code[pc] === LoopBack.code) open.pop();
  }
  for (const inside of targets.values()) inside.reverse();
  return { targets };
}

export function hasLoops({ targets }: Shape): boolean {
  return targets.size > 1;
}

/** How many instructions of a function may branch, traps included: with the locals, the measure of what compiling costs. */
export function branchesOf(program: Program, fn: number): number {
  const { code } = program;
  const [first, end] = extentOf(program, fn);
  let branches = 0;
  for (let pc = first; pc < end; pc += lengthAt(code, pc))
    if (code[pc] === CHARGE || BRANCHING.has(code[pc]!)) branches += 1;
  return branches;
}

/** First place of a function, and the one behind its last. */
export function extentOf({ starts, code }: Program, fn: number): readonly [number, number] {
  return [starts[fn]!, starts[fn + 1] ?? code.length];
}

/** Where a jump leads that leads forward, or -1. */
function targetAt(code: Int32Array, pc: number): number {
  return code[pc] === Jump.code || code[pc] === JumpIf.code ? code[pc + 1]! : -1;
}

const { Jump, JumpIf, LoopEnter, LoopBack } = OPCODES;

/** Opcodes that compile to a branch: jumps, and arithmetic that may trap. */
const BRANCHING: ReadonlySet<number> = new Set([0x10, 0x11, 0x12, 0x13, 0x14, 0x30, 0x31, 0x36]);
