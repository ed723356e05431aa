/** Checked arithmetic on the stack of WebAssembly: each leaves its result there. */
import { emit, emitI32, emitI64, emitWith, TYPE, WASM } from './encoder.ts';
import {
  type Body,
  binary,
  emitIsZero,
  failIf,
  get,
  getTemp,
  rangeOf,
  type Simple,
  setTemp,
} from './frame.ts';
import { fits, type Range, RESULTS, SAFE } from './locals.ts';

export const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

type Arithmetic = (body: Body, a: Simple, b: Simple) => void;

/** What is known of the operands decides what must be checked, and how. */
export const ARITHMETIC: { readonly [op in 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod']: Arithmetic } = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Mod: modulo,
};

function add(body: Body, a: Simple, b: Simple): void {
  const { out } = body;
  const [aRange, bRange] = [rangeOf(body, a), rangeOf(body, b)];
  binary(body, a, b, WASM.i64Add);
  if (fits(RESULTS.Add(aRange, bRange))) return;
  setTemp(body);
  if (hasOneSign(bRange)) failIf(body, 'overflow', () => compareTemp(body, a, bRange[0] < 0));
  else if (hasOneSign(aRange)) failIf(body, 'overflow', () => compareTemp(body, b, aRange[0] < 0));
  else
    failIf(body, 'overflow', () => {
      getTemp(body);
      get(body, a);
      emit(out, WASM.i64Xor);
      getTemp(body);
      get(body, b);
      emit(out, WASM.i64Xor, WASM.i64And);
      emitI64(out, 0n);
      emit(out, WASM.i64LtS);
    });
  getTemp(body);
}

function subtract(body: Body, a: Simple, b: Simple): void {
  const { out } = body;
  const bRange = rangeOf(body, b);
  binary(body, a, b, WASM.i64Sub);
  if (fits(RESULTS.Sub(rangeOf(body, a), bRange))) return;
  setTemp(body);
  if (hasOneSign(bRange)) failIf(body, 'overflow', () => compareTemp(body, a, bRange[0] >= 0));
  else
    failIf(body, 'overflow', () => {
      binary(body, a, b, WASM.i64Xor);
      get(body, a);
      getTemp(body);
      emit(out, WASM.i64Xor, WASM.i64And);
      emitI64(out, 0n);
      emit(out, WASM.i64LtS);
    });
  getTemp(body);
}

function hasOneSign([least, most]: Range): boolean {
  return least >= 0 || most <= 0;
}

/** Whether a sum with a number of one sign went the wrong way: up when it should fall (`falls`), else down. */
function compareTemp(body: Body, start: Simple, falls: boolean): void {
  getTemp(body);
  get(body, start);
  emit(body.out, falls ? WASM.i64GtS : WASM.i64LtS);
}

function multiply(body: Body, a: Simple, b: Simple): void {
  if (!fits(RESULTS.Mul(rangeOf(body, a), rangeOf(body, b)))) {
    if (b.kind === 'const') multiplyBy(body, a, b.value);
    else if (a.kind === 'const') multiplyBy(body, b, a.value);
    else failIf(body, 'overflow', () => emitMulOverflows(body, a, b));
  }
  binary(body, a, b, WASM.i64Mul);
}

/** Fails unless a factor lies where its product with a constant fits. */
function multiplyBy(body: Body, factor: Simple, by: bigint): void {
  const { out } = body;
  if (by === 0n || by === 1n) return;
  const least = by === -1n ? LEAST + 1n : by > 0n ? LEAST / by : MOST / by;
  const most = by === -1n ? MOST : by > 0n ? MOST / by : LEAST / by;
  const bound = (limit: bigint, instruction: number) => {
    get(body, factor);
    emitI64(out, limit);
    emit(out, instruction);
  };
  failIf(body, 'overflow', () => {
    if (rangeOf(body, factor)[0] >= 0) bound(most, WASM.i64GtS);
    else {
      bound(least, WASM.i64Sub);
      emitI64(out, BigInt.asIntN(64, most - least));
      emit(out, WASM.i64GtU);
    }
  });
}

/** Factors of 32 bits have a product of 64; only others are looked at closely. */
function emitMulOverflows(body: Body, a: Simple, b: Simple): void {
  const { out, links } = body;
  for (const factor of [a, b]) {
    get(body, factor);
    emitI64(out, 2n ** 31n);
    emit(out, WASM.i64Add);
  }
  emit(out, WASM.i64Or);
  emitI64(out, 2n ** 32n - 1n);
  emit(out, WASM.i64GtU, WASM.if, TYPE.i32);
  get(body, a);
  get(body, b);
  emitWith(out, WASM.call, links.mulOverflows);
  emit(out, WASM.else);
  emitI32(out, 0);
  emit(out, WASM.end);
}

function divide(body: Body, a: Simple, b: Simple): void {
  const { out } = body;
  const [aRange, bRange] = [rangeOf(body, a), rangeOf(body, b)];
  if (contains(bRange, 0)) failIf(body, 'division', () => emitIsZero(body, b));
  if (contains(bRange, -1) && aRange[0] < -SAFE)
    failIf(body, 'overflow', () => {
      get(body, b);
      emitI64(out, -1n);
      emit(out, WASM.i64Eq);
      get(body, a);
      emitI64(out, LEAST);
      emit(out, WASM.i64Eq, WASM.i32And);
    });
  const power = aRange[0] >= 0 ? powerOf(b) : null;
  if (power === null) binary(body, a, b, WASM.i64DivS);
  else binary(body, a, { kind: 'const', value: power }, WASM.i64ShrU);
}

function modulo(body: Body, a: Simple, b: Simple): void {
  const [aRange, bRange] = [rangeOf(body, a), rangeOf(body, b)];
  if (contains(bRange, 0)) failIf(body, 'modulo', () => emitIsZero(body, b));
  const power = aRange[0] >= 0 ? powerOf(b) : null;
  if (power === null) binary(body, a, b, WASM.i64RemS);
  else binary(body, a, { kind: 'const', value: 2n ** power - 1n }, WASM.i64And);
}

/** Of what power of two an operand is, or null. */
function powerOf(operand: Simple): bigint | null {
  if (operand.kind !== 'const' || operand.value <= 0n || (operand.value & (operand.value - 1n)) !== 0n)
    return null;
  return BigInt(operand.value.toString(2).length - 1);
}

function contains([least, most]: Range, value: number): boolean {
  return least <= value && value <= most;
}
