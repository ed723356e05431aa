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
  NO_LINEAGE,
  OP_NAMES,
  type OperandKind,
  rowOf,
  type Value,
  type WordType,
  withGasBounds,
} from '../../vm/index.ts';

const PLAIN_TYPES = ['int', 'bool', 'text', 'bytes', 'did', 'hash', 'id'] as const;
const WORD_TYPES = [...PLAIN_TYPES, 'list<3:int>', 'list<2:did,list<4:text>>'] as const;
const name = fc.oneof(
  fc.stringMatching(/^[a-z_]{1,8}$/),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
);
const prose = fc.string({ unit: 'binary', maxLength: 12 });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const index = fc.nat({ max: 20 });
const sourceHash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const few = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });

export const words: { readonly [K in (typeof WORD_TYPES)[number]]: fc.Arbitrary<Value> } = {
  int: int64,
  bool: fc.boolean(),
  text: prose,
  bytes: fc.uint8Array({ maxLength: 12 }),
  did: fc.constantFrom('', 'did:icn:a', 'did:web:b.example'),
  hash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  id: prose,
  'list<3:int>': fc.array(int64, { maxLength: 3 }),
  'list<2:did,list<4:text>>': fc
    .array(fc.tuple(fc.constantFrom('', 'did:icn:a'), fc.array(prose, { maxLength: 4 })), { maxLength: 2 })
    .map((items) => items.flat()),
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
    fc.record({ kind: fc.constant('List' as const), item: tie('type'), capacity: index }),
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
  errors: few(fc.record({ name, fields })),
  functions: few(functionCode),
  entries: few(
    fc.record({
      kind: fc.constantFrom('init' as const, 'rule' as const, 'view' as const, 'hook' as const),
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
      everySeconds: fc.nat(),
      gasMax: fc.nat(),
      takes: few(index).map((takes) => [...new Set(takes)].sort((a, b) => a - b)),
      doc: prose,
      specs: few(prose),
    }),
  ),
  interfaces: few(
    fc.record({
      name,
      methods: few(
        fc.record({
          kind: fc.constantFrom('rule' as const, 'view' as const),
          name,
          params: fields,
          result: abiType,
          gasMax: fc.nat(),
          clauses: few(prose),
        }),
      ),
    }),
  ),
  offers: few(index).map((offers) => [...new Set(offers)].sort((a, b) => a - b)),
  calls: few(
    fc.record({
      interface: index,
      method: index,
      spends: few(index).map((spends) => [...new Set(spends)].sort((a, b) => a - b)),
    }),
  ),
  claims: few(fc.nat({ max: 255 })).map((seeds) =>
    [...new Set(seeds)].sort((a, b) => a - b).map((seed) => new Uint8Array(32).fill(seed)),
  ),
  marks: few(fc.record({ kind: fc.constantFrom('guard' as const, 'unproved' as const), clause: prose })),
  lineage: fc.record({
    upgradable: fc.option(sourceHash),
    predecessor: fc.option(
      fc.record({
        version: prose,
        source: sourceHash,
        gone: few(index).map((gone) => [...new Set(gone)].sort((a, b) => a - b)),
      }),
    ),
  }),
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
  /** Whether the function ends with `Halt`, and may do so earlier. */
  readonly halts: boolean;
  budget: number;
  /** Inside a loop: no events, logs or host opcodes, and only the first callee, since limits keep them few. */
  quiet: boolean;
};

const LIST = 'list<3:int,text>' satisfies WordType;
const LOCALS: readonly WordType[] = [
  ...(['int', 'int', 'bool', 'did', 'text', 'hash', LIST] as const),
  ...(['int', 'int', 'int'] as const),
  ...(['int', 'int', 'int'] as const),
];
const PLAIN_FIELDS = ['int', 'text', 'bool', 'int', LIST] as const satisfies readonly WordType[];
const COUNTERS = [7, 8, 9];
/** From a counter to the local that counts beside it, as compiled contracts have it. */
const STEP = 3;
const CONSTANTS: readonly Constant[] = [
  { type: 'text', value: 'x' },
  { type: 'text', value: 'second' },
  { type: 'did', value: 'did:icn:other' },
  { type: 'hash', value: new Uint8Array(32).fill(7) },
  { type: 'text', value: 'é'.repeat(300) },
  { type: 'int', value: -7n },
  { type: 'bool', value: true },
  { type: 'bytes', value: new Uint8Array([1, 2]) },
  { type: 'id', value: 'p-1' },
  { type: 'text', value: 'never stored' },
  { type: LIST, value: [] },
  { type: 'text', value: '' },
  { type: 'bytes', value: new Uint8Array() },
];
const EMPTY_TEXT = 11;
const TEXTS = [0, 0, 1, 1, 1, 4];
const SMALL = [0n, 1n, 1n, 2n, 3n, 7n, 12n, 100n, -1n, -5n];
const INTERESTING = [
  2n ** 31n,
  2n ** 31n - 1n,
  -(2n ** 31n) - 1n,
  3037000500n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  -(2n ** 63n) + 1n,
];

/** What `soundArtifactOf` makes a program of; properties take these, so that a counterexample is short. */
export const soundSeeds = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 20, maxLength: 300 });

/** A valid artifact with the rules `main(Int, Did) -> Int` and `halting(Int, Did)`, from a list of random numbers. */
export function soundArtifactOf(numbers: readonly number[]): Artifact {
  let at = 0;
  const draw: Draw = (bound) => (numbers[at++ % numbers.length] as number) % bound;
  const functions = [
    soundFunction(draw, { title: 'leaf', callees: [], halts: false }),
    soundFunction(draw, { title: 'helper', callees: [0], halts: false }),
    soundFunction(draw, { title: 'main', callees: [0, 1], halts: false }),
    soundFunction(draw, { title: 'halting', callees: [0, 1], halts: true }),
  ];
  return withGasBounds(soundArtifact(functions));
}

/** Every capability that a host opcode asks for. */
const CAPABILITIES = [
  ...new Set(OP_NAMES.map((op) => rowOf(op).host?.capability).filter((one) => typeof one === 'string')),
].sort();

function soundArtifact(functions: readonly FunctionCode[]): Artifact {
  const entries = (['main', 'halting'] as const).map((name) => ({
    kind: 'rule' as const,
    name,
    function: functions.findIndex((fn) => fn.name === name),
    params: [
      { name: 'a', type: { kind: 'Int' as const } },
      { name: 'b', type: { kind: 'Did' as const } },
    ],
    result: { kind: name === 'main' ? ('Int' as const) : ('Unit' as const) },
    access: { reputation: [], permissions: [], contracts: true },
    open: false,
    everySeconds: 0,
    gasMax: 0,
    takes: [],
    doc: '',
    specs: [],
  }));
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
    capabilities: CAPABILITIES,
    storage: [
      { name: 'plain', keys: [], fields: PLAIN_FIELDS, type: null },
      { name: 'keyed', keys: ['did', 'int'], fields: ['int', 'did'], type: null },
      { name: 'counts', keys: ['int'], fields: ['int', 'bool'], type: null },
      { name: 'named', keys: ['text'], fields: ['int'], type: null },
      { name: 'triple', keys: ['int', 'bool', 'did'], fields: ['hash', 'int'], type: null },
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
    errors: [{ name: 'Wrong', fields: [{ name: 'by', type: { kind: 'Did' } }] }],
    interfaces: [{ name: 'Peer', methods: PEER_METHODS }],
    offers: [],
    calls: [
      { interface: 0, method: 0, spends: [0] },
      { interface: 0, method: 1, spends: [] },
    ],
    functions,
    entries,
    claims: [],
    marks: [],
    lineage: NO_LINEAGE,
  };
}

/** What a sound program calls: a contract of the same code, under whichever account. */
const PEER_METHODS = (
  [
    ['main', 'Int', 20_000],
    ['halting', 'Unit', 1_500],
  ] as const
).map(([name, result, gasMax]) => ({
  kind: 'rule' as const,
  name,
  params: [
    { name: 'a', type: { kind: 'Int' as const } },
    { name: 'b', type: { kind: 'Did' as const } },
  ],
  result: { kind: result },
  gasMax,
  clauses: [],
}));

/** Locals 0 and 3 of `LOCALS` begin as the parameters; all others are assigned first. */
function soundFunction(
  draw: Draw,
  { title, callees, halts }: { title: string; callees: readonly number[]; halts: boolean },
): FunctionCode {
  const leaf = callees.length === 0;
  const writing: Writing = {
    draw,
    code: [],
    counters: leaf ? [] : [...COUNTERS],
    callees,
    halts,
    budget: leaf ? 5 : 32,
    quiet: callees.length < 2,
  };
  emit(writing, 'LocalGet', 0);
  emit(writing, 'LocalSet', 2);
  emit(writing, 'LocalGet', 1);
  emit(writing, 'LocalSet', 5);
  for (const [at, type] of LOCALS.entries())
    if (at !== 0 && at !== 3 && at < 7) {
      value(writing, type, 0, true);
      emit(writing, 'LocalSet', at + 2);
    }
  statements(writing, 6, leaf ? 1 : 3);
  if (halts) halt(writing);
  else {
    value(writing, 'int', 2);
    emit(writing, 'Return');
  }
  return {
    name: title,
    params: ['int', 'did'],
    results: halts ? [] : ['int'],
    locals: ['int', 'did', ...LOCALS],
    code: writing.code,
    positions: [],
  };
}

/** Ends the execution with some words on the stack. */
function halt(writing: Writing): void {
  for (const type of (['int', 'text', 'bool'] as const).slice(writing.draw(4))) value(writing, type, 1);
  emit(writing, 'Halt');
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
  const kind = writing.draw(depth > 0 ? 17 : 12);
  if (kind < 3) {
    const local = writing.draw(7);
    value(writing, LOCALS[local] as WordType, 2);
    emit(writing, 'LocalSet', local + 2);
  } else if (kind === 3) setPlain(writing);
  else if (kind < 6) changeKeyed(writing);
  else if (kind === 6 && !writing.quiet) {
    value(writing, 'did', 1);
    value(writing, 'text', 2);
    emit(writing, 'EmitEvent', 0);
    emit(writing, 'Log', writing.draw(2));
  } else if (kind === 7 && !writing.quiet) {
    for (let left = 5; left > 0; left--) callHost(writing);
    if (writing.draw(3) === 0) callContract(writing);
  } else if (kind === 8) {
    value(writing, 'int', 2);
    emit(writing, 'Store', writing.draw(2));
    emit(writing, 'Nop');
  } else if (kind === 9) {
    // Words that stay below while statements run, which may change the locals that they came from.
    value(writing, 'int', 0);
    value(writing, 'bool', 1);
    statements(writing, 2, Math.max(0, depth - 1));
    emit(writing, 'Swap');
    emit(writing, 'LocalSet', 2);
    emit(writing, 'LocalSet', 4);
  } else if (kind === 10 && writing.draw(3) === 0) branch(writing, 0, () => refuse(writing));
  else if (kind === 11 && writing.halts && !writing.quiet && writing.draw(3) === 0)
    branch(writing, 0, () => halt(writing));
  else if (kind < 14) branch(writing, depth, () => statements(writing, 3, depth - 1));
  else loop(writing, depth);
}

function refuse(writing: Writing): void {
  const op = (['Revert', 'Guard', 'Fail'] as const)[writing.draw(3)] ?? 'Fail';
  if (op === 'Fail') value(writing, 'did', 1);
  emit(writing, op, 0);
}

function setPlain(writing: Writing): void {
  const field = writing.draw(PLAIN_FIELDS.length);
  value(writing, PLAIN_FIELDS[field] ?? 'int', 2);
  emit(writing, 'StateSet', 0, field);
}

function changeKeyed(writing: Writing): void {
  const slot = 1 + writing.draw(4);
  key(writing, slot);
  const op = (['StateSet', 'StateSet', 'StateAdd', 'StateRemove'] as const)[writing.draw(4)] ?? 'StateAdd';
  if (op !== 'StateSet') {
    emit(writing, op, slot);
    return;
  }
  const fields = KEYED_FIELDS[slot] ?? [];
  const field = writing.draw(fields.length);
  value(writing, fields[field] ?? 'int', 2);
  emit(writing, op, slot, field);
}

const KEYED_FIELDS: Readonly<Record<number, readonly WordType[]>> = {
  1: ['int', 'did'],
  2: ['int', 'bool'],
  3: ['int'],
  4: ['hash', 'int'],
};

/** The key words of a slot with keys. */
function key(writing: Writing, slot: number): void {
  if (slot === 1) {
    value(writing, 'did', 1);
    value(writing, 'int', 1);
  } else if (slot === 4) {
    value(writing, 'int', 0);
    value(writing, 'bool', 0);
    value(writing, 'did', 0);
  } else value(writing, slot === 2 ? 'int' : 'text', 1);
}

/** A call without a result, and with little gas. */
function callContract(writing: Writing): void {
  account(writing);
  value(writing, 'int', 1);
  value(writing, 'did', 1);
  emit(writing, 'CallContract', 1);
}

/** An account, that of a contract if `FindContract` stands behind it. */
function account(writing: Writing): void {
  value(writing, 'did', writing.draw(4) === 0 ? 1 : 0);
  if (writing.draw(2) === 0) emit(writing, 'FindContract', 0);
}

/** Some host opcode, with what it takes; what it gives is dropped. */
function callHost(writing: Writing): void {
  const op = HOST_OPS[writing.draw(HOST_OPS.length)] ?? 'Total';
  const { stack, operands } = rowOf(op);
  if (stack === 'dynamic') return;
  for (const type of stack.pops) value(writing, type, 1);
  emit(writing, op, ...operands.map((kind) => (kind === 'int' ? -5n : 0)));
  for (const _ of stack.pushes) emit(writing, 'Pop');
}

const HOST_OPS = OP_NAMES.filter((op) => rowOf(op).host !== undefined);

/** `if` with, at depth, an `else`. */
function branch(writing: Writing, depth: number, then: () => void): void {
  value(writing, writing.draw(3) > 0 ? 'bool' : 'int', 2);
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
  const { quiet } = writing;
  writing.quiet = true;
  if (writing.draw(2) === 0) plainLoop(writing, depth, counter + 2);
  else steppingLoop(writing, depth, counter + 2);
  writing.quiet = quiet;
  writing.counters.push(counter);
}

function plainLoop(writing: Writing, depth: number, counter: number): void {
  emit(writing, 'LoopEnter', counter);
  const head = writing.code.length;
  const turns = writing.draw(5);
  emit(writing, 'LocalGet', counter);
  emit(writing, 'Push', BigInt(turns));
  emit(writing, 'LessThan');
  emit(writing, 'Not');
  const out = emit(writing, 'JumpIf', 0);
  statements(writing, 3, depth - 1);
  emit(writing, 'LoopBack', counter, writing.draw(8) === 0 ? writing.draw(5) : turns, head);
  patch(writing, out);
}

/** A loop with a local that grows by 1 in every turn, and sometimes almost so; that local is used. */
function steppingLoop(writing: Writing, depth: number, counter: number): void {
  const { draw } = writing;
  const step = counter + STEP;
  const turns = draw(5);
  const start = ([0n, 0n, 1n, -3n, 2n ** 63n - 3n, -(2n ** 63n)] as const)[draw(6)] ?? 0n;
  if (draw(5) === 0) emit(writing, 'LocalGet', 2);
  else emit(writing, 'Push', start);
  emit(writing, 'LocalSet', step);
  emit(writing, 'LoopEnter', counter);
  const head = writing.code.length;
  const kind = draw(6);
  if (kind === 0) grow(writing, step);
  emit(writing, 'LocalGet', step);
  const limit = draw(4);
  if (limit < 2) emit(writing, 'LocalGet', limit === 0 ? 0 : 2);
  else emit(writing, 'Push', BigInt.asIntN(64, start + BigInt(turns)));
  emit(writing, 'LessThan');
  emit(writing, 'Not');
  const out = emit(writing, 'JumpIf', 0);
  statements(writing, 2, depth - 1);
  emit(writing, 'LocalGet', step);
  // A large factor, so that only small steps have a product.
  if (draw(2) === 0) emit(writing, 'Push', INTERESTING[draw(INTERESTING.length)] ?? 0n);
  else value(writing, 'int', 1);
  emit(writing, (['Add', 'Sub', 'Mul', 'Mul', 'Div', 'Mod', 'Pop'] as const)[draw(7)] ?? 'Add');
  emit(writing, 'LocalSet', 2);
  if (kind === 1) branch(writing, 0, () => grow(writing, step));
  else if (kind > 1) grow(writing, step);
  if (draw(3) === 0) statements(writing, 1, depth - 1);
  emit(writing, 'LoopBack', counter, draw(3) === 0 ? draw(5) : turns, head);
  patch(writing, out);
}

function grow(writing: Writing, step: number): void {
  emit(writing, 'LocalGet', step);
  emit(writing, 'Push', 1n);
  emit(writing, 'Add');
  emit(writing, 'LocalSet', step);
}

/** Code that pushes one value of a type. `plain`: without locals. */
function value(writing: Writing, type: WordType, depth: number, plain = false): void {
  const local = LOCALS.findIndex((one, at) => one === type && at < 7);
  if (depth === 0 || writing.budget <= 0) {
    if (!plain && local >= 0 && writing.draw(2) === 0) emit(writing, 'LocalGet', local + 2);
    else leaf(writing, type);
    return;
  }
  writing.budget -= 0.25;
  compound(writing, type, depth - 1);
}

function leaf(writing: Writing, type: WordType): void {
  const { draw } = writing;
  if (type === 'int') leafInt(writing);
  else if (type === 'bool' && draw(3) > 0) emit(writing, 'PushBool', draw(2));
  else if (type === 'did' && draw(4) > 0)
    emit(writing, (['GetCaller', 'GetSelf', 'GetCreator'] as const)[draw(3)] ?? 'GetSelf');
  else if (type === 'text') emit(writing, 'PushConst', TEXTS[draw(TEXTS.length)] ?? 0);
  else
    emit(
      writing,
      'PushConst',
      CONSTANTS.findIndex((one) => one.type === type),
    );
}

function leafInt(writing: Writing): void {
  const { draw } = writing;
  const kind = draw(16);
  if (kind < 11) emit(writing, 'Push', SMALL[draw(SMALL.length)] ?? 0n);
  else if (kind < 13) emit(writing, 'Push', INTERESTING[draw(INTERESTING.length)] ?? 0n);
  else if (kind === 13) emit(writing, 'PushConst', 5);
  else emit(writing, kind === 14 ? 'GetTimestamp' : 'GetBlockNumber');
}

function compound(writing: Writing, type: WordType, depth: number): void {
  if (type === 'int') compoundInt(writing, depth);
  else if (type === 'bool') compoundBool(writing, depth);
  else if (type === 'text' && writing.draw(3) === 0) emit(writing, 'StateGet', 0, 1);
  else if (type === 'text') {
    value(writing, 'text', depth);
    value(writing, 'text', 0);
    emit(writing, 'Concat');
  } else if (type === 'bytes') {
    value(writing, 'bytes', depth);
    value(writing, 'bytes', 0);
    emit(writing, 'Concat');
  } else if (type === LIST) {
    if (writing.draw(4) === 0) emit(writing, 'StateGet', 0, 4);
    else {
      value(writing, LIST, depth);
      value(writing, 'int', depth);
      value(writing, 'text', 0);
      emit(writing, 'ListAdd');
    }
  } else if (type === 'hash') {
    const hashed = (['text', 'hash', 'bytes', LIST] as const)[writing.draw(4)] ?? 'text';
    value(writing, hashed, 1);
    emit(writing, 'Hash', hashed === LIST ? 1 : EMPTY_TEXT);
  } else if (type === 'did') {
    value(writing, 'did', 0);
    value(writing, 'int', depth);
    emit(writing, 'StateGet', 1, 1);
  } else leaf(writing, type);
}

function compoundInt(writing: Writing, depth: number): void {
  const { draw } = writing;
  const kind = draw(19);
  if (kind < 7)
    arithmetic(writing, depth, (['Add', 'Add', 'Sub', 'Mul', 'Mul', 'Div', 'Mod'] as const)[kind]);
  else if (kind === 7) {
    sequence(writing, depth);
  } else if (kind < 11) {
    const slot = draw(5);
    if (slot > 0) key(writing, slot);
    emit(writing, 'StateGet', slot, slot === 0 ? 3 * draw(2) : slot === 4 ? 1 : 0);
  } else if (kind < 13 && writing.callees.length > 0) {
    value(writing, 'int', depth);
    value(writing, 'did', 0);
    emit(writing, 'Call', writing.callees[writing.quiet ? 0 : draw(writing.callees.length)] ?? 0);
  } else if (kind === 13) {
    value(writing, 'int', depth);
    emit(writing, 'Dup');
    emit(writing, 'Add');
  } else if (kind === 14) {
    value(writing, 'int', depth);
    value(writing, 'int', depth);
    emit(writing, 'Swap');
    emit(writing, 'Sub');
  } else if (kind === 15 && draw(3) === 0) emit(writing, 'Load', draw(2) === 0 ? 9 : draw(2));
  else if (kind === 16 && !writing.quiet) {
    const op = (['GetReputation', 'Total', 'CalculateVotingWeight'] as const)[draw(3)] ?? 'Total';
    emit(writing, op, ...(op === 'Total' ? [0] : []));
  } else if (kind === 17 && !writing.quiet) {
    account(writing);
    value(writing, 'int', depth);
    value(writing, 'did', 0);
    value(writing, 'int', 0);
    emit(writing, 'CallContract', 0);
  } else {
    number(writing, depth);
  }
}

/** The length of something, or a number in it; the index is mostly within. */
function sequence(writing: Writing, depth: number): void {
  const { draw } = writing;
  const type = (['text', 'bytes', LIST, LIST] as const)[draw(4)] ?? LIST;
  value(writing, type, depth);
  if (type === 'text' || draw(3) === 0) emit(writing, 'Length');
  else {
    if (draw(4) > 0) emit(writing, 'Push', BigInt(draw(2)));
    else value(writing, 'int', depth);
    if (draw(4) === 0) {
      emit(writing, 'Push', 2n);
      emit(writing, 'CheckIndex');
    }
    emit(writing, 'At', 0);
  }
}

/** A built-in function of numbers; the divisor is mostly one that divides. */
function number(writing: Writing, depth: number): void {
  const { draw } = writing;
  const op = (['MulDiv', 'MulDivUp', 'Pow', 'Isqrt'] as const)[draw(4)] ?? 'MulDiv';
  value(writing, 'int', depth);
  if (op !== 'Isqrt') value(writing, 'int', depth);
  if (op === 'MulDiv' || op === 'MulDivUp') {
    if (draw(4) > 0) emit(writing, 'Push', 3n);
    else value(writing, 'int', depth);
  }
  emit(writing, op);
}

/** With a constant on either side or none: compiled code takes other ways there. */
function arithmetic(
  writing: Writing,
  depth: number,
  op: 'Add' | 'Sub' | 'Mul' | 'Div' | 'Mod' | undefined = 'Add',
): void {
  const shape = writing.draw(4);
  const divides = op === 'Div' || op === 'Mod';
  if (shape === 0 && !divides) leafInt(writing);
  else value(writing, 'int', depth);
  if (shape === 1) leafInt(writing);
  else if (divides && shape > 1) emit(writing, 'Push', SMALL[1 + writing.draw(SMALL.length - 1)] ?? 1n);
  else value(writing, 'int', depth);
  emit(writing, op);
}

function compoundBool(writing: Writing, depth: number): void {
  const { draw } = writing;
  const kind = draw(10);
  if (kind === 9) {
    emit(writing, 'StateGet', 0, 2);
    return;
  }
  if (kind === 8) {
    const slot = 1 + draw(4);
    key(writing, slot);
    emit(writing, 'StateHas', slot);
    return;
  }
  if (kind > 5) {
    value(writing, 'bool', depth);
    value(writing, 'bool', depth);
    emit(writing, kind === 6 ? 'And' : 'Or');
    return;
  }
  const type = (['int', 'did', 'text', 'int', 'int', 'int'] as const)[kind] ?? 'int';
  value(writing, type, depth);
  value(writing, type, depth);
  emit(
    writing,
    (['LessThan', 'Equal', 'NotEqual', 'GreaterThan', 'Equal', 'LessThan'] as const)[kind] ?? 'Equal',
  );
  if (draw(3) === 0) emit(writing, 'Not');
}
