/**
 * The code of one function while it is written: instructions with labels in place of jump targets, and the
 * constants that all functions of an artifact share. `assembleCode` replaces the labels.
 */
import type { Constant, Instruction, Operand, OpName } from '../../vm/index.ts';
import type { Span } from '../syntax/ast.ts';

export type Label = { position: number };

export type Code = {
  readonly lines: {
    readonly op: OpName;
    readonly operands: readonly (Operand | Label)[];
    readonly span: Span;
  }[];
  readonly constants: ConstantPool;
};

/** In order of first use, each once. */
export type ConstantPool = { readonly list: Constant[]; readonly indices: Map<string, number> };

export function newPool(): ConstantPool {
  return { list: [], indices: new Map() };
}

export function newCode(constants: ConstantPool): Code {
  return { lines: [], constants };
}

export function emit(code: Code, span: Span, op: OpName, ...operands: (Operand | Label)[]): void {
  code.lines.push({ op, operands, span });
}

export function newLabel(): Label {
  return { position: -1 };
}

/** The label stands for the next instruction. */
export function placeLabel(code: Code, label: Label): void {
  label.position = code.lines.length;
}

export function pushConstant(code: Code, span: Span, constant: Constant): void {
  const { value } = constant;
  if (typeof value === 'bigint') emit(code, span, 'Push', value);
  else if (typeof value === 'boolean') emit(code, span, 'PushBool', value ? 1 : 0);
  else emit(code, span, 'PushConst', constantIndex(code.constants, constant));
}

export function constantIndex(pool: ConstantPool, constant: Constant): number {
  const { type, value } = constant;
  const key = `${type} ${value instanceof Uint8Array ? value.join(' ') : String(value)}`;
  const known = pool.indices.get(key);
  if (known !== undefined) return known;
  pool.list.push(constant);
  pool.indices.set(key, pool.list.length - 1);
  return pool.list.length - 1;
}

const NO_OPERANDS: readonly Operand[] = [];

/** Instructions and their source ranges, of equal length. */
export function assembleCode(code: Code): { code: Instruction[]; positions: Span[] } {
  const targetOf = (operand: Operand | Label): Operand =>
    typeof operand === 'object' ? placed(operand, code.lines.length) : operand;
  return {
    code: code.lines.map(({ op, operands }) => ({
      op,
      operands: operands.length === 0 ? NO_OPERANDS : operands.map(targetOf),
    })),
    positions: code.lines.map(({ span }) => span),
  };
}

function placed(label: Label, length: number): number {
  if (label.position < 0 || label.position >= length)
    throw new Error('a jump to a label that stands nowhere');
  return label.position;
}
