/**
 * Random artifacts for property tests: `anyArtifact` fits the format and is seldom valid; `soundProgram` is well typed
 * by construction, with branches, counted loops, calls, storage and host opcodes.
 */
import fc from 'fast-check';
import {
  type AbiField,
  type AbiType,
  type Artifact,
  type Constant,
  type FunctionCode,
  type Instruction,
  OP_NAMES,
  type OperandKind,
  rowOf,
  type Value,
  type WordType,
  withGasBounds,
} from '../../vm/index.ts';

const WORD_TYPES = ['int', 'bool', 'text', 'bytes', 'did', 'hash', 'id'] as const;
const name = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,8}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);
const prose = fc.string({ unit: 'binary', maxLength: 12 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const index = fc.nat({ max: 20 });
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });

export const words: { readonly [K in WordType]: fc.Arbitrary<Value> } = {
  int: int64,
  bool: fc.boolean(),
  text: prose,
  bytes: fc.uint8Array({ maxLength: 12 }),
  did: fc.constantFrom('', 'did:icn:a', 'did:web:b.example'),
  hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  id: prose,
};

const constant: fc.Arbitrary<Constant> = fc
  .constantFrom(...WORD_TYPES)
  .chain((type) => words[type].map((value) => ({ type, value })));

export const abiType: fc.Arbitrary<AbiType> = fc.letrec<{ type: AbiType; field: AbiField }>((tie) => ({
  field: fc.record({ name, type: tie('type') }),
  type: fc.oneof(
    { maxDepth: 3 },
    fc
      .constantFrom('Unit', 'Int', 'Bool', 'Ratio', 'Time', 'Duration', 'Did', 'Text', 'Bytes', 'Hash')
      .map((kind) => ({ kind }) as AbiType),
    fc.record({ kind: fc.constant('Amount' as const), currency: index }),
    fc.record({ kind: fc.constant('Struct' as const), name, fields: few(tie('field')) }),
    fc.record({ kind: fc.constant('Tuple' as const), items: few(tie('type')) }),
    fc.record({
      kind: fc.constant('Enum' as const),
      name,
      variants: few(fc.record({ name, fields: few(tie('field')) })),
    }),
    fc.record({ kind: fc.constant('Option' as const), item: tie('type') }),
    fc.record({ kind: fc.constant('Map' as const), key: tie('type'), value: tie('type') }),
    fc.record({ kind: fc.constant('Set' as const), item: tie('type'), capacity: index }),
  ),
})).type;

const fields = few(fc.record({ name, type: abiType }));
const wordTypes = few(fc.constantFrom(...WORD_TYPES));

function operand(kind: OperandKind): fc.Arbitrary<bigint | number> {
  return kind === 'int' ? int64 : kind === 'bit' ? fc.nat({ max: 1 }) : index;
}

const instruction: fc.Arbitrary<Instruction> = fc
  .constantFrom(...OP_NAMES)
  .chain((op) => fc.tuple(...rowOf(op).operands.map(operand)).map((operands) => ({ op, operands })));

const functionCode: fc.Arbitrary<FunctionCode> = fc
  .tuple(name, wordTypes, wordTypes, wordTypes, fc.array(instruction, { maxLength: 12 }), fc.boolean())
  .map(([title, params, results, own, code, mapped]) => ({
    name: title,
    params,
    results,
    locals: [...params, ...own],
    code,
    positions: mapped ? code.map((_, at) => ({ start: at * 3, end: at * 3 + 2 })) : [],
  }));

const byte = fc.nat({ max: 255 });

export const anyArtifact: fc.Arbitrary<Artifact> = fc.record({
  name,
  meta: fc.record({
    version: prose,
    purpose: prose,
    doc: prose,
    cooperative: prose,
    dependencies: few(prose),
    impact: fc.record({ cpu: byte, memory: byte, network: byte, storage: byte, bandwidth: byte }),
  }),
  constants: few(constant),
  currencies: few(
    fc.record({
      name,
      decimals: fc.nat({ max: 18 }),
      kind: fc.constantFrom('mutual' as const, 'issued' as const),
    }),
  ),
  capabilities: few(name).map((names) => [...new Set(names)].sort()),
  storage: few(fc.record({ name, keys: wordTypes, fields: wordTypes, type: fc.option(abiType) })),
  events: few(fc.record({ name, fields })),
  functions: few(functionCode),
  entries: few(
    fc.record({
      kind: fc.constantFrom('init' as const, 'rule' as const, 'view' as const),
      name,
      function: index,
      params: fields,
      result: abiType,
      access: fc.record({
        reputation: few(fc.record({ context: name, score: int64 })),
        permissions: few(name),
        contracts: fc.boolean(),
      }),
      open: fc.boolean(),
      gasMax: fc.nat(),
      takes: few(index).map((takes) => [...new Set(takes)].sort((a, b) => a - b)),
      doc: prose,
      specs: few(prose),
    }),
  ),
  claims: few(fc.nat({ max: 255 })).map((seeds) =>
    [...new Set(seeds)].sort((a, b) => a - b).map((seed) => new Uint8Array(32).fill(seed)),
  ),
  marks: few(fc.record({ kind: fc.constantFrom('guard' as const, 'unproved' as const), clause: prose })),
});

// ---- sound programs

/** Draws numbers from 0 below a bound. */
type Draw = (bound: number) => number;

type Writing = {
  readonly draw: Draw;
  readonly code: Instruction[];
  /** Loop counters not in use. */
  readonly counters: number[];
  readonly callees: readonly number[];
  budget: number;
  /** Inside a loop: no events, logs, transfers or calls, since limits keep them few. */
  quiet: boolean;
};

const LOCALS: readonly WordType[] = ['int', 'int', 'bool', 'did', 'text', 'hash', 'int', 'int', 'int'];
const COUNTERS = [6, 7, 8];
const CONSTANTS: readonly Constant[] = [
  { type: 'text', value: 'x' },
  { type: 'text', value: 'second' },
  { type: 'did', value: 'did:icn:other' },
  { type: 'hash', value: new Uint8Array(32).fill(7) },
];
const INTERESTING = [0n, 1n, -1n, 2n, 100n, 2n ** 31n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];

/** What `soundArtifactOf` makes a program of; properties take these, so that a counterexample is short. */
export const soundSeeds = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 20, maxLength: 300 });

/** A valid artifact with one rule `main(Int, Did)`, from a list of random numbers. */
export function soundArtifactOf(numbers: readonly number[]): Artifact {
  let at = 0;
  const draw: Draw = (bound) => (numbers[at++ % numbers.length] as number) % bound;
  const helpers = [soundFunction(draw, 'h0', []), soundFunction(draw, 'h1', [0])];
  return withGasBounds(soundArtifact([...helpers, soundFunction(draw, 'main', [0, 1])]));
}

function soundArtifact(functions: readonly FunctionCode[]): Artifact {
  return {
    name: 'sound',
    meta: {
      version: '',
      purpose: '',
      doc: '',
      cooperative: '',
      dependencies: [],
      impact: { cpu: 0, memory: 0, network: 0, storage: 0, bandwidth: 0 },
    },
    constants: CONSTANTS,
    currencies: [{ name: 'hours', decimals: 2, kind: 'mutual' }],
    capabilities: ['ledger.write'],
    storage: [
      { name: 'plain', keys: [], fields: ['int', 'text'], type: null },
      { name: 'keyed', keys: ['did', 'int'], fields: ['int', 'did'], type: null },
    ],
    events: [
      {
        name: 'Said',
        fields: [
          { name: 'by', type: { kind: 'Did' } },
          { name: 'what', type: { kind: 'Text' } },
        ],
      },
    ],
    functions,
    entries: [
      {
        kind: 'rule',
        name: 'main',
        function: functions.length - 1,
        params: [
          { name: 'a', type: { kind: 'Int' } },
          { name: 'b', type: { kind: 'Did' } },
        ],
        result: { kind: 'Int' },
        access: { reputation: [], permissions: [], contracts: false },
        open: false,
        gasMax: 0,
        takes: [],
        doc: '',
        specs: [],
      },
    ],
    claims: [],
    marks: [],
  };
}

/** Locals 0 and 3 of `LOCALS` begin as the parameters; all others are assigned first. */
function soundFunction(draw: Draw, title: string, callees: readonly number[]): FunctionCode {
  const writing: Writing = {
    draw,
    code: [],
    counters: [...COUNTERS],
    callees,
    budget: 40,
    quiet: callees.length < 2,
  };
  emit(writing, 'LocalGet', 0);
  emit(writing, 'LocalSet', 2);
  emit(writing, 'LocalGet', 1);
  emit(writing, 'LocalSet', 5);
  for (const [at, type] of LOCALS.entries())
    if (at !== 0 && at !== 3 && !COUNTERS.includes(at)) {
      value(writing, type, 0, true);
      emit(writing, 'LocalSet', at + 2);
    }
  statements(writing, 4, 3);
  value(writing, 'int', 2);
  emit(writing, 'Return');
  return {
    name: title,
    params: ['int', 'did'],
    results: ['int'],
    locals: ['int', 'did', ...LOCALS.map((type, at) => (at === 0 ? 'int' : at === 3 ? 'did' : type))],
    code: writing.code,
    positions: [],
  };
}

function emit(writing: Writing, op: Instruction['op'], ...operands: (bigint | number)[]): number {
  return writing.code.push({ op, operands }) - 1;
}

function patch(writing: Writing, at: number): void {
  const { op, operands } = writing.code[at] as Instruction;
  writing.code[at] = { op, operands: [...operands.slice(0, -1), writing.code.length] };
}

function statements(writing: Writing, count: number, depth: number): void {
  for (let left = 1 + writing.draw(count); left > 0 && writing.budget > 0; left--) {
    writing.budget -= 1;
    statement(writing, depth);
  }
}

function statement(writing: Writing, depth: number): void {
  const kind = writing.draw(depth > 0 ? 13 : 10);
  if (kind < 3) {
    const local = writing.draw(6);
    value(writing, LOCALS[local] as WordType, 2);
    emit(writing, 'LocalSet', local + 2);
  } else if (kind === 3) {
    value(writing, 'int', 2);
    emit(writing, 'StateSet', 0, 0);
    value(writing, 'text', 2);
    emit(writing, 'StateSet', 0, 1);
  } else if (kind === 4 || kind === 5) {
    value(writing, 'did', 1);
    value(writing, 'int', 1);
    const op = (['StateSet', 'StateAdd', 'StateRemove'] as const)[writing.draw(3)] ?? 'StateAdd';
    if (op === 'StateSet') value(writing, 'int', 2);
    emit(writing, op, ...(op === 'StateSet' ? [1, 0] : [1]));
  } else if (kind === 6 && !writing.quiet) {
    value(writing, 'did', 1);
    value(writing, 'text', 2);
    emit(writing, 'EmitEvent', 0);
    emit(writing, 'Log', 1);
  } else if (kind === 7 && !writing.quiet) {
    value(writing, 'did', 1);
    value(writing, 'did', 1);
    value(writing, 'int', 1);
    emit(writing, 'Transfer', 0);
  } else if (kind < 9) {
    value(writing, 'int', 2);
    emit(writing, 'Store', 0);
    emit(writing, 'Load', 0);
    emit(writing, 'Pop');
  } else if (kind === 9)
    branch(writing, 0, () => emit(writing, writing.draw(2) === 0 ? 'Revert' : 'Guard', 0));
  else if (kind === 10) branch(writing, depth, () => statements(writing, 3, depth - 1));
  else loop(writing, depth);
}

/** `if` with, at depth, an `else`. */
function branch(writing: Writing, depth: number, then: () => void): void {
  value(writing, writing.draw(2) === 0 ? 'bool' : 'int', 2);
  const over = emit(writing, 'JumpIf', 0);
  then();
  if (depth === 0) {
    patch(writing, over);
    return;
  }
  const end = emit(writing, 'Jump', 0);
  patch(writing, over);
  statements(writing, 2, depth - 1);
  patch(writing, end);
}

/** A loop that may leave early, and may reach its bound. */
function loop(writing: Writing, depth: number): void {
  const counter = writing.counters.pop();
  if (counter === undefined) return;
  emit(writing, 'LoopEnter', counter + 2);
  const head = writing.code.length;
  emit(writing, 'LocalGet', counter + 2);
  emit(writing, 'Push', BigInt(writing.draw(6)));
  emit(writing, 'LessThan');
  emit(writing, 'Not');
  const out = emit(writing, 'JumpIf', 0);
  const { quiet } = writing;
  writing.quiet = true;
  statements(writing, 3, depth - 1);
  writing.quiet = quiet;
  emit(writing, 'LoopBack', counter + 2, writing.draw(5), head);
  patch(writing, out);
  writing.counters.push(counter);
}

/** Code that pushes one value of a type. `plain`: without locals. */
function value(writing: Writing, type: WordType, depth: number, plain = false): void {
  const local = LOCALS.findIndex((one, at) => one === type && at < 6);
  if (depth === 0 || writing.budget <= 0) {
    if (!plain && local >= 0 && writing.draw(2) === 0) emit(writing, 'LocalGet', local + 2);
    else leaf(writing, type);
    return;
  }
  writing.budget -= 0.25;
  compound(writing, type, depth - 1);
}

function leaf(writing: Writing, type: WordType): void {
  if (type === 'int') emit(writing, 'Push', INTERESTING[writing.draw(INTERESTING.length)] ?? 0n);
  else if (type === 'bool') emit(writing, 'PushBool', writing.draw(2));
  else if (type === 'did') emit(writing, writing.draw(2) === 0 ? 'GetCaller' : 'GetSelf');
  else
    emit(
      writing,
      'PushConst',
      CONSTANTS.findIndex((one) => one.type === type),
    );
}

function compound(writing: Writing, type: WordType, depth: number): void {
  if (type === 'int') compoundInt(writing, depth);
  else if (type === 'bool') compoundBool(writing, depth);
  else if (type === 'text') {
    value(writing, 'text', depth);
    value(writing, 'text', depth);
    emit(writing, 'TextConcat');
  } else if (type === 'hash') {
    value(writing, writing.draw(2) === 0 ? 'text' : 'hash', depth);
    emit(writing, 'Hash');
  } else {
    value(writing, 'did', 0);
    value(writing, 'int', depth);
    emit(writing, 'StateGet', 1, 1);
  }
}

function compoundInt(writing: Writing, depth: number): void {
  const kind = writing.draw(9);
  if (kind < 5) {
    value(writing, 'int', depth);
    value(writing, 'int', depth);
    emit(writing, (['Add', 'Sub', 'Mul', 'Div', 'Mod'] as const)[kind] ?? 'Add');
  } else if (kind === 5) {
    value(writing, 'text', depth);
    emit(writing, 'TextLength');
  } else if (kind === 6) {
    value(writing, 'did', 0);
    value(writing, 'int', depth);
    emit(writing, 'StateGet', 1, 0);
  } else if (kind === 7 && writing.callees.length > 0 && !writing.quiet) {
    value(writing, 'int', depth);
    value(writing, 'did', 0);
    emit(writing, 'Call', writing.callees[writing.draw(writing.callees.length)] ?? 0);
  } else {
    for (let left = 3; left > 0; left--) value(writing, 'int', depth);
    emit(writing, 'MulDiv');
  }
}

function compoundBool(writing: Writing, depth: number): void {
  const kind = writing.draw(4);
  const type = (['int', 'did', 'text', 'int'] as const)[kind] ?? 'int';
  value(writing, type, depth);
  value(writing, type, depth);
  emit(writing, kind === 0 ? 'LessThan' : kind === 3 ? 'GreaterThan' : kind === 1 ? 'Equal' : 'NotEqual');
  if (kind === 3) emit(writing, 'Not');
}
