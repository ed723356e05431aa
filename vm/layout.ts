/**
 * The binary form of an artifact as codecs, for `encode.ts` and `decode.ts`: seventeen sections in fixed order, each with
 * its number and its length, so that a tool can find one without reading the others.
 */
import type {
  Access,
  Artifact,
  Constant,
  CurrencyDecl,
  Entry,
  EventShape,
  FunctionCode,
  Instruction,
  Interface,
  Lineage,
  Mark,
  Meta,
  Method,
  Operand,
  OutgoingCall,
  StorageSlot,
} from './artifact.ts';
import {
  bool,
  byte,
  type Codec,
  choice,
  compareBytes,
  compareText,
  fixedBytes,
  int64,
  list,
  mapped,
  option,
  type Reader,
  record,
  recursive,
  refuse,
  sized,
  sortedList,
  text,
  tuple,
  uint,
  union,
  type Writer,
} from './codec.ts';
import { LIMITS } from './limits.ts';
import { isListWord, isWordType, type ListShape, listShape, listWord } from './list.ts';
import { OPCODES, type OperandKind, opOfCode, rowOf } from './opcodes.ts';
import type { AbiField, AbiType, AbiVariant, PlainWord, Value, WordType } from './value.ts';
import { valueCodec } from './words.ts';

export const MAGIC = new Uint8Array([0x00, 0x63, 0x63, 0x62]);
export const FORMAT_VERSION = 3;
export const HASH_BYTES = 32;

const WORD_TYPES = [
  'int',
  'bool',
  'text',
  'bytes',
  'did',
  'hash',
  'id',
] as const satisfies readonly PlainWord[];
const LIST_TAG = 0x20;
const SCALAR_KINDS = [
  'Unit',
  'Int',
  'Bool',
  'Ratio',
  'Time',
  'Duration',
  'Did',
  'Text',
  'Bytes',
  'Hash',
] as const;
const INDEX_MAX = 0xffff_ffff;

const name = text(LIMITS.nameBytes);
const doc = text(LIMITS.docBytes);
const index = uint(INDEX_MAX);
const plainWord = choice(WORD_TYPES);
const wordType: Codec<WordType> = recursive(LIMITS.typeDepth, (self) => {
  const shape: Codec<ListShape> = record({
    capacity: uint(LIMITS.listBytes),
    words: list(self, LIMITS.signatureWords),
  });
  return {
    write: (writer, type) => {
      const found = isListWord(type) ? listShape(type) : null;
      if (found === null) return plainWord.write(writer, type as PlainWord);
      byte.write(writer, LIST_TAG);
      shape.write(writer, found);
    },
    read: (reader) => {
      if (reader.bytes[reader.offset] !== LIST_TAG) return plainWord.read(reader);
      byte.read(reader);
      const type = listWord(shape.read(reader));
      return isWordType(type) ? type : refuse(reader, 'OutOfRange', 'no such type of lists');
    },
  };
});
const words = list(wordType, LIMITS.locals);

const meta: Codec<Meta & { readonly name: string }> = record({
  name,
  version: name,
  purpose: doc,
  doc,
  cooperative: name,
  dependencies: list(name, LIMITS.constants),
  impact: record({ cpu: byte, memory: byte, network: byte, storage: byte, bandwidth: byte }),
});

const constant: Codec<Constant> = {
  write: (writer, { type, value }) => {
    wordType.write(writer, type);
    valueCodec(type).write(writer, value as never);
  },
  read: (reader) => {
    const type = wordType.read(reader);
    return { type, value: valueCodec(type).read(reader) as Value };
  },
};

const abiType: Codec<AbiType> = recursive(LIMITS.typeDepth, (self) => {
  const rest = compound(self, record({ name, type: self }));
  return {
    write: (writer, type) => {
      const scalar = (SCALAR_KINDS as readonly string[]).indexOf(type.kind);
      if (scalar >= 0) byte.write(writer, scalar);
      else rest.write(writer, type as Compound);
    },
    read: (reader) => {
      const kind = SCALAR_KINDS[reader.bytes[reader.offset] ?? SCALAR_KINDS.length];
      if (kind === undefined) return rest.read(reader);
      reader.offset += 1;
      return { kind };
    },
  };
});

type Compound = Extract<
  AbiType,
  { readonly kind: 'Amount' | 'Struct' | 'Tuple' | 'Enum' | 'Option' | 'List' | 'Map' | 'Set' }
>;
const COMPOUND_TAG = 0x20;

/** The kinds that hold more than their name; their tags begin at `COMPOUND_TAG`. */
function compound(self: Codec<AbiType>, field: Codec<AbiField>): Codec<Compound> {
  const variant: Codec<AbiVariant> = record({ name, fields: list(field, LIMITS.signatureWords) });
  const variants: Codec<Compound> = union({
    Amount: record({ currency: index }),
    Struct: record({ name, fields: list(field, LIMITS.signatureWords) }),
    Tuple: record({ items: list(self, LIMITS.signatureWords) }),
    Map: record({ key: self, value: self }),
    Set: record({ item: self, capacity: index }),
    Enum: record({ name, variants: list(variant, LIMITS.variants) }),
    Option: record({ item: self }),
    List: record({ item: self, capacity: index }),
  });
  return {
    write: (writer, type) => {
      byte.write(writer, COMPOUND_TAG);
      variants.write(writer, type);
    },
    read: (reader) => {
      if (byte.read(reader) !== COMPOUND_TAG) refuse(reader, 'BadTag', 'a type expected');
      return variants.read(reader);
    },
  };
}

const abiField: Codec<AbiField> = record({ name, type: abiType });

const currency: Codec<CurrencyDecl> = record({ name, decimals: byte, kind: choice(['mutual', 'issued']) });
const slot: Codec<StorageSlot> = record({ name, keys: words, fields: words, type: option(abiType) });
const event: Codec<EventShape> = record({ name, fields: list(abiField, LIMITS.signatureWords) });
const access: Codec<Access> = record({
  reputation: list(record({ context: name, score: int64 }), LIMITS.signatureWords),
  permissions: list(name, LIMITS.signatureWords),
  contracts: bool,
});
const entry: Codec<Entry> = record({
  kind: choice(['init', 'rule', 'view', 'hook', 'upgrade']),
  name,
  function: index,
  params: list(abiField, LIMITS.signatureWords),
  result: abiType,
  access,
  open: bool,
  everySeconds: uint(),
  gasMax: uint(),
  takes: sortedList(index, LIMITS.currencies, (a, b) => a - b),
  doc,
  specs: list(doc, LIMITS.constants),
});
const method: Codec<Method> = record({
  kind: choice(['rule', 'view']),
  name,
  params: list(abiField, LIMITS.signatureWords),
  result: abiType,
  gasMax: uint(),
  clauses: list(doc, LIMITS.constants),
});
const interfaceShape: Codec<Interface> = record({ name, methods: list(method, LIMITS.entries) });
const currencies: Codec<readonly number[]> = sortedList(index, LIMITS.currencies, (a, b) => a - b);
const outgoing: Codec<OutgoingCall> = record({ interface: index, method: index, spends: currencies });

/** What the identity of an interface is the hash of; `currencies` in the order in which its types name them. */
export const INTERFACE_FORM: Codec<Interface & { readonly currencies: readonly CurrencyDecl[] }> = record({
  name,
  methods: list(method, LIMITS.entries),
  currencies: list(currency, LIMITS.currencies),
});

const mark: Codec<Mark> = record({ kind: choice(['guard', 'unproved']), clause: doc });

const sourceHash = fixedBytes(HASH_BYTES);
const lineage: Codec<Lineage> = record({
  upgradable: option(sourceHash),
  predecessor: option(
    record({ version: name, source: sourceHash, gone: sortedList(index, LIMITS.slots, (a, b) => a - b) }),
  ),
});

type Signature = Omit<FunctionCode, 'code' | 'positions'>;
const signature: Codec<Signature> = record({ name, params: words, results: words, locals: words });

const OPERANDS: { readonly [K in OperandKind]: Codec<bigint> | Codec<number> } = {
  int: int64,
  bit: uint(1),
  constant: index,
  text: index,
  local: index,
  target: index,
  function: index,
  slot: index,
  field: index,
  word: index,
  event: index,
  error: index,
  currency: index,
  interface: index,
  call: index,
  bound: index,
};

const instruction: Codec<Instruction> = {
  write: (writer, { op, operands }) => {
    byte.write(writer, OPCODES[op].code);
    const kinds = rowOf(op).operands;
    if (operands.length !== kinds.length) throw new Error(`${op} takes ${kinds.length} operands`);
    for (const [at, kind] of kinds.entries()) writeOperand(writer, kind, operands[at] as Operand);
  },
  read: (reader) => {
    const op = opOfCode(byte.read(reader)) ?? refuse(reader, 'BadTag', 'no such opcode');
    return { op, operands: rowOf(op).operands.map((kind) => readOperand(reader, kind)) };
  },
};

type Position = FunctionCode['positions'][number];
const positions: Codec<readonly Position[]> = list(record({ start: index, end: index }), LIMITS.instructions);

export type Sections = {
  readonly meta: Meta & { readonly name: string };
  readonly constants: readonly Constant[];
  readonly currencies: readonly CurrencyDecl[];
  readonly capabilities: readonly string[];
  readonly storage: readonly StorageSlot[];
  readonly events: readonly EventShape[];
  readonly signatures: readonly Signature[];
  readonly code: readonly (readonly Instruction[])[];
  readonly entries: readonly Entry[];
  readonly sourceMap: readonly (readonly Position[])[];
  readonly claims: readonly Uint8Array[];
  readonly marks: readonly Mark[];
  readonly errors: readonly EventShape[];
  readonly interfaces: readonly Interface[];
  readonly offers: readonly number[];
  readonly calls: readonly OutgoingCall[];
  readonly lineage: Lineage;
};

/** Everything between the header and the hash. */
export const SECTIONS: Codec<Sections> = record({
  meta: section(1, meta),
  constants: section(2, list(constant, LIMITS.constants)),
  currencies: section(3, list(currency, LIMITS.currencies)),
  capabilities: section(4, sortedList(name, LIMITS.signatureWords, compareText)),
  storage: section(5, list(slot, LIMITS.slots)),
  events: section(6, list(event, LIMITS.events)),
  signatures: section(7, list(signature, LIMITS.functions)),
  code: section(8, list(list(instruction, LIMITS.instructions), LIMITS.functions)),
  entries: section(9, list(entry, LIMITS.entries)),
  sourceMap: section(10, list(positions, LIMITS.functions)),
  claims: section(11, sortedList(fixedBytes(HASH_BYTES), LIMITS.artifactBytes, compareBytes)),
  marks: section(12, list(mark, LIMITS.constants)),
  errors: section(13, list(event, LIMITS.events)),
  interfaces: section(14, list(interfaceShape, LIMITS.interfaces)),
  offers: section(
    15,
    sortedList(index, LIMITS.interfaces, (a, b) => a - b),
  ),
  calls: section(16, list(outgoing, LIMITS.outgoingCalls)),
  lineage: section(17, lineage),
});

/** The sections of an artifact. */
export function sectionsOf(artifact: Artifact): Sections {
  const { functions, meta: about, name: title, ...rest } = artifact;
  return {
    ...rest,
    meta: { name: title, ...about },
    signatures: functions,
    code: functions.map((one) => one.code),
    sourceMap: functions.map((one) => one.positions),
  };
}

/** The artifact of some sections; null when they disagree on the number of functions or positions. */
export function artifactOf(sections: Sections): Artifact | null {
  const { meta: named, signatures, code, sourceMap, ...rest } = sections;
  const { name: title, ...about } = named;
  if (code.length !== signatures.length || sourceMap.length !== signatures.length) return null;
  const functions = signatures.map((one, at) => ({
    ...one,
    code: code[at] ?? [],
    positions: sourceMap[at] ?? [],
  }));
  const fits = functions.every(
    (one) => one.positions.length === 0 || one.positions.length === one.code.length,
  );
  return fits ? { ...rest, name: title, meta: about, functions } : null;
}

function section<T>(number: number, content: Codec<T>): Codec<T> {
  const marker: Codec<number> = mapped(
    byte,
    (value) => value,
    (value) => (value === number ? value : undefined),
  );
  const both = tuple(marker, sized(content, LIMITS.artifactBytes));
  return {
    write: (writer, value) => both.write(writer, [number, value]),
    read: (reader) => both.read(reader)[1],
  };
}

function writeOperand(writer: Writer, kind: OperandKind, value: Operand): void {
  if ((kind === 'int') !== (typeof value === 'bigint'))
    throw new Error(`an operand of kind ${kind} is ${typeof value}`);
  (OPERANDS[kind] as Codec<Operand>).write(writer, value);
}

function readOperand(reader: Reader, kind: OperandKind): Operand {
  return OPERANDS[kind].read(reader);
}
