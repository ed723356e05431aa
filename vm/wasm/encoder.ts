/**
 * The binary form of WebAssembly 1.0 with multiple results, as far as the compiler needs it: opcodes by name, LEB128,
 * sections. One growing buffer; sizes that are known only later get five bytes and are filled in.
 */

/** Instructions without operands are written with `emit`; the others have a function of their own here or take LEBs. */
export const WASM = {
  unreachable: 0x00,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  return: 0x0f,
  call: 0x10,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i32Load: 0x28,
  i64Load: 0x29,
  i32Load8U: 0x2d,
  i32Store: 0x36,
  i64Store: 0x37,
  i32Const: 0x41,
  i64Const: 0x42,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LeU: 0x4d,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrU: 0x76,
  i64Eqz: 0x50,
  i64Eq: 0x51,
  i64Ne: 0x52,
  i64LtS: 0x53,
  i64GtS: 0x55,
  i64GtU: 0x56,
  i64LeS: 0x57,
  i64GeS: 0x59,
  i64Add: 0x7c,
  i64Sub: 0x7d,
  i64Mul: 0x7e,
  i64DivS: 0x7f,
  i64RemS: 0x81,
  i64And: 0x83,
  i64Or: 0x84,
  i64Xor: 0x85,
  i64ShrU: 0x88,

  i32WrapI64: 0xa7,
  i64ExtendI32U: 0xad,
} as const;

export const TYPE = { i32: 0x7f, i64: 0x7e, function: 0x60, none: 0x40 } as const;

export type Encoder = { bytes: Uint8Array<ArrayBuffer>; at: number };

export function createEncoder(): Encoder {
  return { bytes: new Uint8Array(4_096), at: 0 };
}

/** One byte each: instructions and types. */
export function emit(out: Encoder, ...bytes: readonly number[]): void {
  for (const byte of bytes) emitByte(out, byte);
}

/** Unsigned LEB128 below 2^32. */
export function emitUint(out: Encoder, value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    emitByte(out, (rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  emitByte(out, rest);
}

/** An instruction with one index or offset. */
export function emitWith(out: Encoder, instruction: number, index: number): void {
  emitByte(out, instruction);
  emitUint(out, index);
}

export function emitI32(out: Encoder, value: number): void {
  emitByte(out, WASM.i32Const);
  emitInt(out, value | 0);
}

export function emitI64(out: Encoder, value: bigint): void {
  emitByte(out, WASM.i64Const);
  const number = Number(value);
  // What fits in 32 bits, as most constants do, need not be taken apart as a long number.
  if (number === (number | 0)) emitInt(out, number);
  else emitLong(out, value);
}

/** Signed LEB128 of 32 bits. */
function emitInt(out: Encoder, value: number): void {
  let rest = value;
  while (rest < -64 || rest > 63) {
    emitByte(out, (rest & 0x7f) | 0x80);
    rest >>= 7;
  }
  emitByte(out, rest & 0x7f);
}

/** Signed LEB128 of 64 bits. */
function emitLong(out: Encoder, value: bigint): void {
  let rest = value;
  while (rest < -64n || rest > 63n) {
    emitByte(out, Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  emitByte(out, Number(rest & 0x7fn));
}

/** A load or store of `2 ** align` bytes at an offset. */
export function emitMemory(out: Encoder, instruction: number, align: number, offset: number): void {
  emitByte(out, instruction);
  emitUint(out, align);
  emitUint(out, offset);
}

export function emitName(out: Encoder, name: string): void {
  emitUint(out, name.length);
  for (let at = 0; at < name.length; at++) emitByte(out, name.charCodeAt(at));
}

/** Room for a number that `fill` or `fillSigned` writes later; gives its place. */
export function reserve(out: Encoder): number {
  for (let left = 5; left > 0; left--) emitByte(out, 0);
  return out.at - 5;
}

export function fill(out: Encoder, place: number, value: number): void {
  for (let at = 0; at < 5; at++) out.bytes[place + at] = ((value >>> (7 * at)) & 0x7f) | (at < 4 ? 0x80 : 0);
}

/** The operand of an `i64.const`, a number of 32 bits. */
export function fillSigned(out: Encoder, place: number, value: number): void {
  for (let at = 0; at < 5; at++) out.bytes[place + at] = ((value >> (7 * at)) & 0x7f) | (at < 4 ? 0x80 : 0);
}

/** Writes something in front of which its size in bytes must stand. */
export function emitSized(out: Encoder, write: () => void): void {
  const size = reserve(out);
  write();
  fill(out, size, out.at - size - 5);
}

function emitByte(out: Encoder, byte: number): void {
  if (out.at === out.bytes.length) grow(out);
  out.bytes[out.at++] = byte;
}

function grow(out: Encoder): void {
  const bytes = new Uint8Array(2 * out.at);
  bytes.set(out.bytes);
  out.bytes = bytes;
}
