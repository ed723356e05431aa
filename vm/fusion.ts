/**
 * Superinstructions for the interpreter: code in, the same code out with frequent sequences run as one. Places stay
 * what they are: a fused opcode stands where its sequence began and uses its words, so jumps and the places of traps
 * hold. A sequence lies within a basic block, because a `CHARGE` stands in front of every block.
 *
 * An operand that was a local or a constant is two words, an index and a mask: it lies on the stack at
 * `index + (frame & mask)`, since constants lie below all frames.
 */
import { OPCODES, type OpName } from './opcodes.ts';

/** Codes of the fused opcodes. `TwoX`: both operands fused; `OneX`: the second; `...Set`: the result goes to a local. */
export const FUSED = {
  TwoAdd: 0x101,
  TwoSub: 0x102,
  TwoMul: 0x103,
  TwoDiv: 0x104,
  TwoMod: 0x105,
  OneAdd: 0x106,
  OneSub: 0x107,
  OneMul: 0x108,
  OneDiv: 0x109,
  OneMod: 0x10a,
  TwoAddSet: 0x10b,
  TwoSubSet: 0x10c,
  Move: 0x10d,
  IfEqual: 0x10e,
  IfNotEqual: 0x10f,
  IfGreater: 0x110,
  IfAtMost: 0x111,
  IfLess: 0x112,
  IfAtLeast: 0x113,
} as const;

/** The code with sequences fused. `lengthAt` is the number of words of the opcode at a place. */
export function fuse(plain: Int32Array, lengthAt: (code: Int32Array, pc: number) => number): Int32Array {
  const code = plain.slice();
  for (let pc = 0; pc < plain.length; ) {
    const words = isOperand(plain, pc) ? fuseAt(plain, code, pc) : 0;
    pc += words > 0 ? words : lengthAt(plain, pc);
  }
  return code;
}

type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod';
const ARITHMETIC: readonly Arithmetic[] = ['Add', 'Sub', 'Mul', 'Div', 'Mod'];

/** By comparison: the fused jump when it holds, and when it does not. */
const JUMPS = [
  ['Equal', FUSED.IfEqual, FUSED.IfNotEqual],
  ['NotEqual', FUSED.IfNotEqual, FUSED.IfEqual],
  ['GreaterThan', FUSED.IfGreater, FUSED.IfAtMost],
  ['LessThan', FUSED.IfLess, FUSED.IfAtLeast],
] as const;

/** Fuses what begins with an operand; gives the words that it takes, or 0. */
function fuseAt(plain: Int32Array, code: Int32Array, pc: number): number {
  if (isOperand(plain, pc + 2)) return fuseTwo(plain, code, pc);
  const op = ARITHMETIC.find((name) => is(plain, pc + 2, name));
  if (op !== undefined) return put(code, pc, FUSED[`One${op}`], [...operandAt(plain, pc)], 3);
  if (!is(plain, pc + 2, 'LocalSet')) return 0;
  return put(code, pc, FUSED.Move, [...operandAt(plain, pc), plain[pc + 3]!], 4);
}

function fuseTwo(plain: Int32Array, code: Int32Array, pc: number): number {
  const operands = [...operandAt(plain, pc), ...operandAt(plain, pc + 2)];
  const op = ARITHMETIC.find((name) => is(plain, pc + 4, name));
  if ((op === 'Add' || op === 'Sub') && is(plain, pc + 5, 'LocalSet'))
    return put(code, pc, FUSED[`Two${op}Set`], operands, 7);
  if (op !== undefined) return put(code, pc, FUSED[`Two${op}`], operands, 5);
  const jump = JUMPS.find(([name]) => is(plain, pc + 4, name));
  if (jump === undefined) return 0;
  // The fused jump finds its target and where to go on in the words behind its operands.
  if (is(plain, pc + 5, 'JumpIf')) return put(code, pc, jump[1], [...operands, plain[pc + 6]!, pc + 7], 7);
  if (!is(plain, pc + 5, 'Not') || !is(plain, pc + 6, 'JumpIf')) return 0;
  return put(code, pc, jump[2], [...operands, plain[pc + 7]!, pc + 8], 8);
}

function put(
  code: Int32Array,
  pc: number,
  fused: number,
  operands: readonly number[],
  words: number,
): number {
  code[pc] = fused;
  code.set(operands, pc + 1);
  return words;
}

function is(code: Int32Array, pc: number, op: OpName): boolean {
  return code[pc] === OPCODES[op].code;
}

function isOperand(code: Int32Array, pc: number): boolean {
  return is(code, pc, 'LocalGet') || is(code, pc, 'Push');
}

function operandAt(code: Int32Array, pc: number): readonly [index: number, mask: number] {
  return [code[pc + 1]!, is(code, pc, 'LocalGet') ? -1 : 0];
}
