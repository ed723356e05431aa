/**
 * The package's build calls whatever may throw through a function of JavaScript, `invoke_…`, which catches what is
 * thrown: a third of all time goes there. Here WebAssembly catches it itself. While Z3 is instantiated, each of these
 * imports is replaced by a function of the same type in a small module of our own, over a copy of Z3's table of functions.
 * Where the engine cannot catch JavaScript's exceptions, all stays as the package has it.
 *
 * Conventions of Emscripten's exceptions: `invoke_<result><parameters>(index, …)`, letters as in `TYPES`; what is thrown
 * is an `EmscriptenEH`, and who catches it sets the stack back and says so by `setThrew(1, 0)`.
 */

/** From now on Z3 is instantiated so, in this thread. */
export function bridgeExceptions(): void {
  const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
  const { instantiate, JSTag } = engine;
  if (JSTag === undefined) return;
  engine.instantiate = async (binary, imports) => {
    const env = imports['env'] ?? {};
    const names = Object.keys(env).filter((name) => INVOKE.test(name));
    if (names.length === 0) return instantiate(binary, imports);
    let z3: Z3Exports | null = null;
    const caught = (thrown: unknown, stack: number): number => {
      if (z3 === null || !isEmscripten(thrown)) return 0;
      z3._emscripten_stack_restore(stack);
      z3.setThrew(1, 0);
      return 1;
    };
    const module = Uint8Array.from(invokersModule(names));
    if (!engine.validate(module)) return instantiate(binary, imports);
    const invokers = instanceOf(engine, module, { bridge: { JSTag, caught } });
    const own = Object.fromEntries(names.map((name) => [name, invokers[name]]));
    const made = await instantiate(binary, { ...imports, env: { ...env, ...own } });
    z3 = made.instance.exports as Z3Exports;
    const [to, from] = [invokers['table'] as Table, z3.__indirect_function_table];
    to.grow(from.length);
    instanceOf(engine, Uint8Array.from(copyModule(from.length)), { bridge: { to, from } });
    // Zero is no function of Z3's.
    to.set(0, z3.emscripten_stack_get_current);
    return made;
  };
}

// ---- private -----------------------------------------------------------------------------------

/** As far as it is used; the types of this platform do not know it. */
type Engine = {
  instantiate: (binary: unknown, imports: Imports) => Promise<{ readonly instance: Instance }>;
  readonly validate: (bytes: Uint8Array) => boolean;
  readonly JSTag?: object;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: Imports) => Instance;
};
type Imports = { readonly [module: string]: { readonly [name: string]: unknown } };
type Instance = { readonly exports: { readonly [name: string]: unknown } };
type Table = {
  readonly length: number;
  readonly grow: (by: number) => number;
  readonly set: (index: number, entry: unknown) => void;
};
type Z3Exports = {
  readonly __indirect_function_table: Table;
  readonly emscripten_stack_get_current: () => number;
  readonly _emscripten_stack_restore: (stack: number) => void;
  readonly setThrew: (threw: number, value: number) => void;
};

const INVOKE = /^invoke_[vijfd][ijfd]*$/;

function isEmscripten(thrown: unknown): boolean {
  for (let of = thrown; typeof of === 'object' && of !== null; of = Object.getPrototypeOf(of))
    if (of.constructor?.name === 'EmscriptenEH') return true;
  return false;
}

function instanceOf(engine: Engine, bytes: Uint8Array, imports: Imports): Instance['exports'] {
  return new engine.Instance(new engine.Module(bytes), imports).exports;
}

// ---- the modules, after the WebAssembly core specification, section 5, and the legacy exception handling proposal ----

const TYPES = { i: 0x7f, j: 0x7e, f: 0x7d, d: 0x7c };
const ZEROS = { i: [0x41, 0], j: [0x42, 0], f: [0x43, 0, 0, 0, 0], d: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] };
const [EXTERNREF, FUNCREF, FUNCTION, NOTHING] = [0x6f, 0x70, 0x60, 0x40];
const [LOCAL_GET, LOCAL_SET, CALL, CALL_INDIRECT] = [0x20, 0x21, 0x10, 0x11];
const [I32_CONST, I32_EQZ, IF, END] = [0x41, 0x45, 0x04, 0x0b];
const [TRY, CATCH, RETHROW] = [0x06, 0x07, 0x09];
const TABLE_COPY = [0xfc, 14];
/** Kinds of imports and exports. */
const [OF_FUNCTION, OF_TABLE, OF_TAG] = [0, 1, 4];

type Letter = keyof typeof TYPES;

/** Functions by these names, and the table that they call into. */
function invokersModule(names: readonly string[]): readonly number[] {
  const types: string[] = [];
  const typeOf = (params: readonly number[], results: readonly number[]): number => {
    const type = [FUNCTION, ...vector(params.map(one)), ...vector(results.map(one))].join();
    if (!types.includes(type)) types.push(type);
    return types.indexOf(type);
  };
  const tag = typeOf([EXTERNREF], []);
  const caught = typeOf([EXTERNREF, TYPES.i], [TYPES.i]);
  const stack = typeOf([], [TYPES.i]);
  const functions = names.map((name) => {
    const [result, ...params] = name.slice('invoke_'.length) as unknown as Iterable<Letter>;
    const given = params.map((letter) => TYPES[letter]);
    const zero = ZEROS[result as Letter] ?? [];
    const results = zero.length === 0 ? [] : [TYPES[result as Letter]];
    const called = typeOf(given, results);
    return {
      type: typeOf([TYPES.i, ...given], results),
      body: invoker({ given, results, zero, called, stack }),
    };
  });
  return module([
    [1, vector(types.map((type) => type.split(',').map(Number)))],
    [2, vector([imported('JSTag', [OF_TAG, 0, tag]), imported('caught', [OF_FUNCTION, ...size(caught)])])],
    [3, vector(functions.map(({ type }) => size(type)))],
    [4, vector([[FUNCREF, 0, 0]])],
    [
      7,
      vector([...names.map((name, i) => exported(name, OF_FUNCTION, 1 + i)), exported('table', OF_TABLE, 0)]),
    ],
    [10, vector(functions.map(({ body }) => [...size(body.length), ...body]))],
  ]);
}

/** `stack = get(); try { entry(…) } catch (e) { if (!caught(e, stack)) throw e; 0 }` */
function invoker(of: {
  readonly given: readonly number[];
  readonly results: readonly number[];
  readonly zero: readonly number[];
  readonly called: number;
  readonly stack: number;
}): readonly number[] {
  const { given, results, zero, called, stack } = of;
  const saved = given.length + 1;
  return [
    ...vector([[1, TYPES.i]]),
    ...[I32_CONST, 0, CALL_INDIRECT, ...size(stack), 0, LOCAL_SET, saved],
    ...[TRY, results[0] ?? NOTHING],
    ...given.flatMap((_, i) => [LOCAL_GET, i + 1]),
    ...[LOCAL_GET, 0, CALL_INDIRECT, ...size(called), 0],
    ...[CATCH, 0, LOCAL_GET, saved, CALL, 0, I32_EQZ, IF, NOTHING, RETHROW, 1, END, ...zero],
    ...[END, END],
  ];
}

/** Copies a table when it is instantiated. */
function copyModule(length: number): readonly number[] {
  const table = [OF_TABLE, FUNCREF, 0, 0];
  const body = [0, I32_CONST, 0, I32_CONST, 0, I32_CONST, ...signed(length), ...TABLE_COPY, 0, 1, END];
  return module([
    [1, vector([[FUNCTION, 0, 0]])],
    [2, vector([imported('to', table), imported('from', table)])],
    [3, vector([[0]])],
    [8, [0]],
    [10, vector([[...size(body.length), ...body]])],
  ]);
}

function module(sections: readonly (readonly [number, readonly number[]])[]): readonly number[] {
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return [...header, ...sections.flatMap(([id, body]) => [id, ...size(body.length), ...body])];
}

function imported(name: string, what: readonly number[]): readonly number[] {
  return [...text('bridge'), ...text(name), ...what];
}

function exported(name: string, kind: number, index: number): readonly number[] {
  return [...text(name), kind, ...size(index)];
}

function text(name: string): readonly number[] {
  return vector([...name].map((letter) => [letter.charCodeAt(0)]));
}

function vector(items: readonly (readonly number[])[]): readonly number[] {
  return [...size(items.length), ...items.flat()];
}

function one(byte: number): readonly number[] {
  return [byte];
}

/** LEB128, unsigned. */
function size(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...size(value >>> 7)];
}

/** LEB128, signed, of what is not negative. */
function signed(value: number): readonly number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
