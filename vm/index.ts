/** The public face of the VM: bytes in, effects out. */
export type * from './artifact.ts';
export * from './codec.ts';
export { GAS } from './gas.ts';
export type * from './host.ts';
export { LIMITS } from './limits.ts';
export {
  type HostModule,
  isOpName,
  OP_NAMES,
  OPCODES,
  type OperandKind,
  type OpName,
  type OpRow,
  rowOf,
} from './opcodes.ts';
export { TRAPS, type Trap, type TrapKind } from './traps.ts';
export type * from './value.ts';
