/**
 * The reference: a machine whose arguments stand on the stack and a function in; the machine at its end out, or a trap.
 * What validation has shown is not checked again here.
 */
import { type Machine, outOfGas, overflow, textConstant } from './machine.ts';
import { tell } from './observer.ts';
import { lengthAt } from './program.ts';
import { constantWord, runRare } from './rare.ts';
import { trap } from './traps.ts';

/** Runs a function whose parameters stand at the bottom of the stack, to its `Return` or a `Halt`. */
export function run(machine: Machine, fn: number): void {
  const { program, base } = machine;
  const pause = {
    pc: program.starts[fn]!,
    frame: base,
    top: base + program.localCounts[fn]! - 1,
    depth: 0,
    frames: new Int32Array(2 * program.callDepth),
  };
  while (!runOn(machine, pause));
}

/** Where an execution pauses; `frames` holds place and frame of the callers. */
type Pause = { pc: number; frame: number; top: number; depth: number; readonly frames: Int32Array };

/**
 * Gas between two pauses. The engine optimises a function for its next call, and a call that never ends only piece by
 * piece: with pauses loops run a third faster.
 */
const PAUSE_GAS = 10_000;

/**
 * Goes on from a pause to the next; true at the end. The cases are the code bytes of `opcodes.ts`; numbers, because then
 * the engine makes a jump table of them. Gas up to the pause is a small integer, and `rest` what lies beyond.
 */
function runOn(machine: Machine, pause: Pause): boolean {
  const { program, stack } = machine;
  const { fused: code, wide, starts, paramCounts, localCounts } = program;
  const { frames } = pause;
  let { pc, frame, top, depth } = pause;
  let gas = Math.min(machine.gas, PAUSE_GAS);
  const rest = machine.gas - gas;
  try {
    for (;;) {
      switch (code[pc]!) {
        case 0x100: // CHARGE
          break;
        case 0x00: // Nop
          pc += 1;
          continue;
        case 0x01: // Push
          stack[++top] = wide[code[pc + 1]!]!;
          pc += 2;
          continue;
        case 0x02: // PushBool
          stack[++top] = code[pc + 1] === 1 ? 1n : 0n;
          pc += 2;
          continue;
        case 0x03: // PushConst
          stack[++top] = constantWord(machine, code[pc + 1]!);
          pc += 2;
          continue;
        case 0x04: // Pop
          top -= 1;
          pc += 1;
          continue;
        case 0x05: // Dup
          stack[top + 1] = stack[top]!;
          top += 1;
          pc += 1;
          continue;
        case 0x06: {
          // Swap
          const word = stack[top]!;
          stack[top] = stack[top - 1]!;
          stack[top - 1] = word;
          pc += 1;
          continue;
        }
        case 0x07: // LocalGet
          stack[++top] = stack[frame + code[pc + 1]!]!;
          pc += 2;
          continue;
        case 0x08: // LocalSet
          stack[frame + code[pc + 1]!] = stack[top--]!;
          pc += 2;
          continue;
        case 0x10: {
          // Add
          const a = stack[top - 1]!;
          const b = stack[top]!;
          const sum = BigInt.asIntN(64, a + b);
          if (((a ^ sum) & (b ^ sum)) < 0n) overflow();
          stack[--top] = sum;
          pc += 1;
          continue;
        }
        case 0x11: {
          // Sub
          const a = stack[top - 1]!;
          const b = stack[top]!;
          const difference = BigInt.asIntN(64, a - b);
          if (((a ^ b) & (a ^ difference)) < 0n) overflow();
          stack[--top] = difference;
          pc += 1;
          continue;
        }
        case 0x12: {
          // Mul
          stack[top - 1] = product(stack[top - 1]!, stack[top]!);
          top -= 1;
          pc += 1;
          continue;
        }
        case 0x13: {
          // Div
          const divisor = stack[top]!;
          if (divisor === 0n) trap('DivisionByZero', 'Division by zero');
          if (divisor === -1n && stack[top - 1] === LEAST) overflow();
          stack[top - 1] = BigInt.asIntN(64, stack[top - 1]! / divisor);
          top -= 1;
          pc += 1;
          continue;
        }
        case 0x14: {
          // Mod
          const divisor = stack[top]!;
          if (divisor === 0n) trap('DivisionByZero', 'Modulo by zero');
          stack[top - 1] = BigInt.asIntN(64, stack[top - 1]! % divisor);
          top -= 1;
          pc += 1;
          continue;
        }
        case 0x20: // Equal
          top -= 1;
          stack[top] = stack[top] === stack[top + 1] ? 1n : 0n;
          pc += 1;
          continue;
        case 0x21: // NotEqual
          top -= 1;
          stack[top] = stack[top] === stack[top + 1] ? 0n : 1n;
          pc += 1;
          continue;
        case 0x22: // GreaterThan
          top -= 1;
          stack[top] = stack[top]! > stack[top + 1]! ? 1n : 0n;
          pc += 1;
          continue;
        case 0x23: // LessThan
          top -= 1;
          stack[top] = stack[top]! < stack[top + 1]! ? 1n : 0n;
          pc += 1;
          continue;
        case 0x24: // And
          top -= 1;
          stack[top] = BigInt.asIntN(64, stack[top]! & stack[top + 1]!);
          pc += 1;
          continue;
        case 0x25: // Or
          top -= 1;
          stack[top] = BigInt.asIntN(64, stack[top]! | stack[top + 1]!);
          pc += 1;
          continue;
        case 0x26: // Not
          stack[top] = stack[top] === 0n ? 1n : 0n;
          pc += 1;
          continue;
        case 0x30: // Jump
          pc = code[pc + 1]!;
          continue;
        case 0x31: // JumpIf
          pc = stack[top--] === 0n ? pc + 2 : code[pc + 1]!;
          continue;
        case 0x32: {
          // Call
          const callee = code[pc + 1]!;
          frames[depth++] = pc + 2;
          frames[depth++] = frame;
          frame = top + 1 - paramCounts[callee]!;
          top = frame + localCounts[callee]! - 1;
          pc = starts[callee]!;
          continue;
        }
        case 0x33: {
          // Return
          const results = code[pc + 1]!;
          stack.copyWithin(frame, top + 1 - results, top + 1);
          top = frame + results - 1;
          if (depth === 0) {
            machine.height = top + 1;
            return true;
          }
          frame = frames[--depth]!;
          pc = frames[--depth]!;
          continue;
        }
        case 0x34: // Halt
          machine.height = top + 1;
          return true;
        case 0x35: // LoopEnter
          stack[frame + code[pc + 1]!] = 0n;
          pc += 2;
          continue;
        case 0x36: {
          // LoopBack
          const counter = frame + code[pc + 1]!;
          const turns = stack[counter]!;
          if (turns >= wide[code[pc + 2]!]!) outOfTurns(turns);
          stack[counter] = BigInt.asIntN(64, turns + 1n);
          pc = code[pc + 3]!;
          continue;
        }
        case 0x37: // Revert
          trap('Requirement', textConstant(program, code[pc + 1]!));
          continue;
        case 0x38: // Guard
          trap('Guard', textConstant(program, code[pc + 1]!));
          continue;
        // ---- superinstructions (`fusion.ts`); a trap stands at the opcode that failed
        case 0x101: {
          // TwoAdd
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          const sum = BigInt.asIntN(64, a + b);
          if (((a ^ sum) & (b ^ sum)) < 0n) overflow();
          stack[++top] = sum;
          pc += 1;
          continue;
        }
        case 0x102: {
          // TwoSub
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          const difference = BigInt.asIntN(64, a - b);
          if (((a ^ b) & (a ^ difference)) < 0n) overflow();
          stack[++top] = difference;
          pc += 1;
          continue;
        }
        case 0x103: {
          // TwoMul
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          stack[++top] = product(a, b);
          pc += 1;
          continue;
        }
        case 0x104: {
          // TwoDiv
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          if (b === 0n) trap('DivisionByZero', 'Division by zero');
          if (b === -1n && a === LEAST) overflow();
          stack[++top] = BigInt.asIntN(64, a / b);
          pc += 1;
          continue;
        }
        case 0x105: {
          // TwoMod
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          if (b === 0n) trap('DivisionByZero', 'Modulo by zero');
          stack[++top] = BigInt.asIntN(64, a % b);
          pc += 1;
          continue;
        }
        case 0x106: {
          // OneAdd
          const a = stack[top]!;
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc += 2;
          const sum = BigInt.asIntN(64, a + b);
          if (((a ^ sum) & (b ^ sum)) < 0n) overflow();
          stack[top] = sum;
          pc += 1;
          continue;
        }
        case 0x107: {
          // OneSub
          const a = stack[top]!;
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc += 2;
          const difference = BigInt.asIntN(64, a - b);
          if (((a ^ b) & (a ^ difference)) < 0n) overflow();
          stack[top] = difference;
          pc += 1;
          continue;
        }
        case 0x108: {
          // OneMul
          const a = stack[top]!;
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc += 2;
          stack[top] = product(a, b);
          pc += 1;
          continue;
        }
        case 0x109: {
          // OneDiv
          const a = stack[top]!;
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc += 2;
          if (b === 0n) trap('DivisionByZero', 'Division by zero');
          if (b === -1n && a === LEAST) overflow();
          stack[top] = BigInt.asIntN(64, a / b);
          pc += 1;
          continue;
        }
        case 0x10a: {
          // OneMod
          const a = stack[top]!;
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc += 2;
          if (b === 0n) trap('DivisionByZero', 'Modulo by zero');
          stack[top] = BigInt.asIntN(64, a % b);
          pc += 1;
          continue;
        }
        case 0x10b: {
          // TwoAddSet
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          const sum = BigInt.asIntN(64, a + b);
          if (((a ^ sum) & (b ^ sum)) < 0n) overflow();
          stack[frame + code[pc + 2]!] = sum;
          pc += 3;
          continue;
        }
        case 0x10c: {
          // TwoSubSet
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          const difference = BigInt.asIntN(64, a - b);
          if (((a ^ b) & (a ^ difference)) < 0n) overflow();
          stack[frame + code[pc + 2]!] = difference;
          pc += 3;
          continue;
        }
        case 0x10d: // Move
          stack[frame + code[pc + 3]!] = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc += 4;
          continue;
        case 0x10e: {
          // IfEqual
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc = a === b ? code[pc + 5]! : code[pc + 6]!;
          break;
        }
        case 0x10f: {
          // IfNotEqual
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc = a !== b ? code[pc + 5]! : code[pc + 6]!;
          break;
        }
        case 0x110: {
          // IfGreater
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc = a > b ? code[pc + 5]! : code[pc + 6]!;
          break;
        }
        case 0x111: {
          // IfAtMost
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc = a <= b ? code[pc + 5]! : code[pc + 6]!;
          break;
        }
        case 0x112: {
          // IfLess
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc = a < b ? code[pc + 5]! : code[pc + 6]!;
          break;
        }
        case 0x113: {
          // IfAtLeast
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc = a >= b ? code[pc + 5]! : code[pc + 6]!;
          break;
        }
        case 0x115: {
          // OneIfEqual
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc = stack[top--]! === b ? code[pc + 3]! : code[pc + 4]!;
          break;
        }
        case 0x116: {
          // OneIfNotEqual
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc = stack[top--]! !== b ? code[pc + 3]! : code[pc + 4]!;
          break;
        }
        case 0x117: {
          // OneIfGreater
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc = stack[top--]! > b ? code[pc + 3]! : code[pc + 4]!;
          break;
        }
        case 0x118: {
          // OneIfAtMost
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc = stack[top--]! <= b ? code[pc + 3]! : code[pc + 4]!;
          break;
        }
        case 0x119: {
          // OneIfLess
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc = stack[top--]! < b ? code[pc + 3]! : code[pc + 4]!;
          break;
        }
        case 0x11a: {
          // OneIfAtLeast
          const b = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          pc = stack[top--]! >= b ? code[pc + 3]! : code[pc + 4]!;
          break;
        }
        case 0x11b: {
          // Step
          const a = stack[code[pc + 1]! + (frame & code[pc + 2]!)]!;
          const b = stack[code[pc + 3]! + (frame & code[pc + 4]!)]!;
          pc += 4;
          const sum = BigInt.asIntN(64, a + b);
          if (((a ^ sum) & (b ^ sum)) < 0n) overflow();
          stack[frame + code[pc + 2]!] = sum;
          pc += 3;
          const counter = frame + code[pc + 1]!;
          const turns = stack[counter]!;
          if (turns >= wide[code[pc + 2]!]!) outOfTurns(turns);
          stack[counter] = BigInt.asIntN(64, turns + 1n);
          pc = code[pc + 3]!;
          break;
        }
        case 0x11c: {
          // LoopBack
          const counter = frame + code[pc + 1]!;
          const turns = stack[counter]!;
          if (turns >= wide[code[pc + 2]!]!) outOfTurns(turns);
          stack[counter] = BigInt.asIntN(64, turns + 1n);
          pc = code[pc + 3]!;
          break;
        }
        case 0x11d: // Jump
          pc = code[pc + 1]!;
          break;
        case 0x11e: // JumpIf
          pc = stack[top--] === 0n ? pc + 2 : code[pc + 1]!;
          break;
        case 0x114: // WATCH
          machine.place = pc;
          machine.gas = rest + gas;
          tell(machine, frame, top, depth >> 1);
          pc += 1;
          continue;
        default: {
          machine.place = pc;
          machine.gas = rest + gas;
          top = runRare(machine, top);
          gas = machine.gas - rest;
          if (machine.gas < 0) outOfGas();
          pc += lengthAt(code, pc);
          if (gas < 0) {
            Object.assign(pause, { pc, frame, top, depth });
            return false;
          }
          continue;
        }
      }
      // A block begins here: its `CHARGE`.
      gas -= code[pc + 1]!;
      if (gas < 0) {
        if (rest + gas < 0) outOfGas();
        Object.assign(pause, { pc: pc + 2, frame, top, depth });
        return false;
      }
      pc += 2;
    }
  } finally {
    machine.place = pc;
    machine.gas = rest + gas;
  }
}

function outOfTurns(turns: bigint): never {
  return trap('LoopBound', `the loop has made its ${turns} turns`);
}

const LEAST = -(2n ** 63n);

function product(a: bigint, b: bigint): bigint {
  const exact = a * b;
  const word = BigInt.asIntN(64, exact);
  return word === exact ? word : overflow();
}
