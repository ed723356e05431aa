/**
 * Superinstructions for the interpreter: code in, the same code out with frequent sequences run as one. Places stay
 * what they are: a fused opcode stands where its sequence began and uses its words, so jumps and the places of traps
 * hold. A sequence lies within a basic block, because a `CHARGE` stands in front of every block.
 *
 * An operand that was a local or a constant is two words, an index and a mask: it lies on the stack at
 * `index + (frame & mask)`, since constants lie below all frames.
 */
import { OPCODES, type OpName } from './opcodes.ts';

/**
 * Codes of the fused opcodes. `TwoX`: both operands fused; `OneX`: the second; `...Set`: the result goes to a local;
 * `Step`: `TwoAddSet` and `LoopBack`. Those that jump charge for the block that they lead to.
 */
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
  OneIfEqual: 0x115,
  OneIfNotEqual: 0x116,
  OneIfGreater: 0x117,
  OneIfAtMost: 0x118,
  OneIfLess: 0x119,
  OneIfAtLeast: 0x11a,
  Step: 0x11b,
  LoopBack: 0x11c,
  Jump: 0x11d,
  JumpIf: 0x11e,
} as const;

/** The code with sequences fused. `lengthAt` is the number of words of the opcode at a place. */
export function fuse(plain: Int32Array, lengthAt: (code: Int32Array, pc: number) => number): Int32Array {
  const code = plain.slice();
  for (let pc = 0; pc < plain.length; ) {
    const words = isOperand(plain, pc) ? fuseAt(plain, code, pc) : 0;
    if (words === 0) code[pc] = JUMPING.get(plain[pc]!) ?? plain[pc]!;
    pc += words > 0 ? words : lengthAt(plain, pc);
  }
  return code;
}

/** Opcodes that jump, by code, and what stands for them. */
const JUMPING: ReadonlyMap<number, number> = new Map([
  [OPCODES.LoopBack.code, FUSED.LoopBack],
  [OPCODES.Jump.code, FUSED.Jump],
  [OPCODES.JumpIf.code, FUSED.JumpIf],
]);

type Arithmetic = 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod';
const ARITHMETIC: readonly Arithmetic[] = ['Add', 'Sub', 'Mul', 'Div', 'Mod'];

/** By comparison: the fused jump when it holds, and when it does not. */
const JUMPS = [
  ['Equal', 'IfEqual', 'IfNotEqual'],
  ['NotEqual', 'IfNotEqual', 'IfEqual'],
  ['GreaterThan', 'IfGreater', 'IfAtMost'],
  ['LessThan', 'IfLess', 'IfAtLeast'],
] as const;

/** Fuses what begins with an operand; gives the words that it takes, or 0. */
function fuseAt(plain: Int32Array, code: Int32Array, pc: number): number {
  if (isOperand(plain, pc + 2)) return fuseTwo(plain, code, pc);
  const op = ARITHMETIC.find((name) => is(plain, pc + 2, name));
  if (op !== undefined) return put(code, pc, FUSED[`One${op}`], [...operandAt(plain, pc)], 3);
  const jump = jumpAt(plain, pc + 2);
  if (jump !== null) {
    const { name, at, next } = jump;
    return put(code, pc, FUSED[`One${name}`], [...operandAt(plain, pc), plain[at + 1]!, next], next - pc);
  }
  if (!is(plain, pc + 2, 'LocalSet')) return 0;
  return put(code, pc, FUSED.Move, [...operandAt(plain, pc), plain[pc + 3]!], 4);
}

function fuseTwo(plain: Int32Array, code: Int32Array, pc: number): number {
  const operands = [...operandAt(plain, pc), ...operandAt(plain, pc + 2)];
  const op = ARITHMETIC.find((name) => is(plain, pc + 4, name));
  if (op === 'Add' && is(plain, pc + 5, 'LocalSet') && is(plain, pc + 7, 'LoopBack'))
    return put(code, pc, FUSED.Step, operands, 11);
  if ((op === 'Add' || op === 'Sub') && is(plain, pc + 5, 'LocalSet'))
    return put(code, pc, FUSED[`Two${op}Set`], operands, 7);
  if (op !== undefined) return put(code, pc, FUSED[`Two${op}`], operands, 5);
  const jump = jumpAt(plain, pc + 4);
  if (jump === null) return 0;
  const { name, at, next } = jump;
  return put(code, pc, FUSED[name], [...operands, plain[at + 1]!, next], next - pc);
}

/**
 * A comparison, perhaps turned round, and the jump that it decides, which stands `at`. The fused jump finds its target
 * and where to go on (`next`) in the words behind its operands.
 */
function jumpAt(plain: Int32Array, pc: number) {
  const found = JUMPS.find(([name]) => is(plain, pc, name));
  const turned = is(plain, pc + 1, 'Not');
  const at = pc + (turned ? 2 : 1);
  if (found === undefined || !is(plain, at, 'JumpIf')) return null;
  return { name: turned ? found[2] : found[1], at, next: at + 2 };
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
