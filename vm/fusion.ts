/**
 * Superinstructions for the interpreter: code in, the same code out with frequent sequences run as one. Places stay
 * what they are: a fused opcode stands where its sequence began and uses its words, so jumps and the places of traps
 * hold. A sequence lies within a basic block, because a `CHARGE` stands in front of every block.
 *
 * An operand that was a local or a constant is two words, an index and a mask: it lies on the stack at
 * `index + (frame & mask)`, since constants lie below all frames.
 */
import { OPCODES } from './opcodes.ts';

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

const { LocalGet, LocalSet, Push, Not, LoopBack, JumpIf, Add } = OPCODES;

/** What arithmetic becomes, by its code: with one operand, with two, and with two and a local for the result. */
type Arithmetic = { readonly one: number; readonly two: number; readonly set: number | null };
const ARITHMETIC: ReadonlyMap<number, Arithmetic> = new Map([
  [OPCODES.Add.code, { one: FUSED.OneAdd, two: FUSED.TwoAdd, set: FUSED.TwoAddSet }],
  [OPCODES.Sub.code, { one: FUSED.OneSub, two: FUSED.TwoSub, set: FUSED.TwoSubSet }],
  [OPCODES.Mul.code, { one: FUSED.OneMul, two: FUSED.TwoMul, set: null }],
  [OPCODES.Div.code, { one: FUSED.OneDiv, two: FUSED.TwoDiv, set: null }],
  [OPCODES.Mod.code, { one: FUSED.OneMod, two: FUSED.TwoMod, set: null }],
]);

/** Fused jumps by the code of a comparison, when it holds and when it does not. */
type Jump = { readonly one: number; readonly two: number };
const EQUAL: Jump = { one: FUSED.OneIfEqual, two: FUSED.IfEqual };
const NOT_EQUAL: Jump = { one: FUSED.OneIfNotEqual, two: FUSED.IfNotEqual };
const GREATER: Jump = { one: FUSED.OneIfGreater, two: FUSED.IfGreater };
const AT_MOST: Jump = { one: FUSED.OneIfAtMost, two: FUSED.IfAtMost };
const LESS: Jump = { one: FUSED.OneIfLess, two: FUSED.IfLess };
const AT_LEAST: Jump = { one: FUSED.OneIfAtLeast, two: FUSED.IfAtLeast };
const JUMPS: ReadonlyMap<number, { readonly holds: Jump; readonly fails: Jump }> = new Map([
  [OPCODES.Equal.code, { holds: EQUAL, fails: NOT_EQUAL }],
  [OPCODES.NotEqual.code, { holds: NOT_EQUAL, fails: EQUAL }],
  [OPCODES.GreaterThan.code, { holds: GREATER, fails: AT_MOST }],
  [OPCODES.LessThan.code, { holds: LESS, fails: AT_LEAST }],
]);

/** Fuses what begins with an operand; gives the words that it takes, or 0. */
function fuseAt(plain: Int32Array, code: Int32Array, pc: number): number {
  if (isOperand(plain, pc + 2)) return fuseTwo(plain, code, pc);
  const arithmetic = ARITHMETIC.get(plain[pc + 2]!);
  if (arithmetic !== undefined) return put(plain, code, pc, arithmetic.one, 1, 3);
  const jump = jumpAt(plain, pc + 2);
  if (jump !== null) return putJump(plain, code, pc, jump.kind.one, 1, jump.at);
  return plain[pc + 2] === LocalSet.code ? put(plain, code, pc, FUSED.Move, 1, 4) : 0;
}

function fuseTwo(plain: Int32Array, code: Int32Array, pc: number): number {
  const arithmetic = ARITHMETIC.get(plain[pc + 4]!);
  if (arithmetic !== undefined) {
    const sets = plain[pc + 5] === LocalSet.code;
    if (plain[pc + 4] === Add.code && sets && plain[pc + 7] === LoopBack.code)
      return put(plain, code, pc, FUSED.Step, 2, 11);
    if (sets && arithmetic.set !== null) return put(plain, code, pc, arithmetic.set, 2, 7);
    return put(plain, code, pc, arithmetic.two, 2, 5);
  }
  const jump = jumpAt(plain, pc + 4);
  return jump === null ? 0 : putJump(plain, code, pc, jump.kind.two, 2, jump.at);
}

/** A comparison, perhaps turned round, and the jump that it decides, which stands `at`. */
function jumpAt(plain: Int32Array, pc: number): { readonly kind: Jump; readonly at: number } | null {
  const found = JUMPS.get(plain[pc]!);
  if (found === undefined) return null;
  const turned = plain[pc + 1] === Not.code;
  const at = pc + (turned ? 2 : 1);
  return plain[at] === JumpIf.code ? { kind: turned ? found.fails : found.holds, at } : null;
}

/** A fused jump finds its target and where to go on in the words behind its operands. */
function putJump(
  plain: Int32Array,
  code: Int32Array,
  pc: number,
  fused: number,
  operands: number,
  at: number,
): number {
  const next = at + 2;
  put(plain, code, pc, fused, operands, next - pc);
  code[pc + 1 + 2 * operands] = plain[at + 1]!;
  code[pc + 2 + 2 * operands] = next;
  return next - pc;
}

/** Writes a fused opcode and its operands, which stand one behind the other in the plain code; gives `words`. */
function put(
  plain: Int32Array,
  code: Int32Array,
  pc: number,
  fused: number,
  operands: number,
  words: number,
): number {
  code[pc] = fused;
  for (let which = 0; which < operands; which++) {
    const at = pc + 2 * which;
    code[at + 1] = plain[at + 1]!;
    code[at + 2] = plain[at] === LocalGet.code ? -1 : 0;
  }
  return words;
}

function isOperand(code: Int32Array, pc: number): boolean {
  return code[pc] === LocalGet.code || code[pc] === Push.code;
}
