/** The public face of the VM: bytes in, effects out. */
export {
  flatten,
  formatType,
  type Json,
  type Parsed,
  unflatten,
  valueFromJson,
  valueToJson,
  wordError,
  wordsOf,
  wordsOfFields,
} from './abi.ts';
export type * from './artifact.ts';
export { NO_LINEAGE } from './artifact.ts';
export { type Assembled, type AssemblyError, assemble } from './assemble.ts';
export { gasBounds, withGasBounds } from './bounds.ts';
export { hashOfWords } from './canonical.ts';
export * from './codec.ts';
export { type ArtifactError, type DecodedArtifact, decodeArtifact } from './decode.ts';
export { contractDid, type Did, didOfKey, isDidSyntax, parseDid, sha256 } from './did.ts';
export { disassemble, instructionText } from './disassemble.ts';
export { artifactHash, encodeArtifact } from './encode.ts';
export { type Call, execute, type Tier } from './execution.ts';
export { evaluateFormula, type Factor, type GasFormula, gasFormulas, sizedFormulas } from './formula.ts';
export { GAS, GAS_DOCS } from './gas.ts';
export type * from './host.ts';
export { offeredInterface } from './interface.ts';
export { LIMIT_DOCS, LIMITS } from './limits.ts';
export { isListWord, isWordType, type ListShape, listShape, listWord, wordBytesMax } from './list.ts';
export { formatValue, parseValue } from './notation.ts';
export type { Observer, Sight } from './observer.ts';
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
export type { Program } from './program.ts';
export {
  decodeLeaf,
  encodeKeyWords,
  encodeLeaf,
  PRESENCE,
  readStored,
  type StoredLeaf,
  storageKey,
} from './storage.ts';
export type { ValidationCode } from './structure.ts';
export { TRAPS, type Trap, type TrapKind } from './traps.ts';
export { type Validated, type ValidationError, validate } from './validate.ts';
export type * from './value.ts';
export { joinVariant, splitVariant, type VariantType, type VariantValue, variantsOf } from './variant.ts';
export { type Compilation, compilationOf, tierOf } from './wasm/tier.ts';
