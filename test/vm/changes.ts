/** Changes to code that may leave it valid, for tests of validation and of the tiers. */
import { type Artifact, type Instruction, OP_NAMES, type Operand, rowOf } from '../../vm/index.ts';

/** The artifact with some instructions replaced, taken out or put in; `changes` are read three at a time. */
export function changed(artifact: Artifact, changes: readonly number[]): Artifact {
  const functions = artifact.functions.map((fn) => ({ ...fn, code: [...fn.code] }));
  for (let at = 0; at + 2 < changes.length; at += 3) {
    const [where, what, how] = changes.slice(at, at + 3) as [number, number, number];
    const { code } = functions[where % functions.length]!;
    const place = Math.floor(where / functions.length) % code.length;
    if (how % 5 === 0) code.splice(place, 1);
    else if (how % 5 === 1) code.splice(place, 0, code[what % code.length]!);
    else if (how % 5 === 2) code[place] = operandChanged(code[place]!, what);
    else code[place] = anyInstruction(what, code[place]!);
  }
  return { ...artifact, functions };
}

function operandChanged({ op, operands }: Instruction, what: number): Instruction {
  const changed = operands.map(
    (operand): Operand =>
      typeof operand === 'bigint' ? BigInt(what) : Math.max(0, operand + (what % 5) - 2),
  );
  return { op, operands: changed };
}

/** Mostly one with the operands of the old, so that it fits more often. */
function anyInstruction(what: number, old: Instruction): Instruction {
  const kinds = rowOf(old.op).operands;
  const alike = OP_NAMES.filter((op) => rowOf(op).operands.join() === kinds.join());
  const op = alike[what % alike.length]!;
  return { op, operands: old.operands };
}
