/**
 * Assembly text in, an artifact or all errors out. One directive or instruction a line; `;` begins a comment. A short
 * program is `.contract name`, `.main` and instructions; `disassemble.ts` shows every directive. What the text
 * leaves out is empty, and the gas bound of an entry point without `.gas` is computed.
 */
import {
  type Artifact,
  type Constant,
  type Entry,
  type FunctionCode,
  type Instruction,
  type Lineage,
  type Method,
  NO_LINEAGE,
  type Operand,
  type OutgoingCall,
} from './artifact.ts';
import { withGasBounds } from './bounds.ts';
import { bytesOfHex, compareBytes, compareText, decodeValue } from './codec.ts';
import { constantText } from './disassemble.ts';
import { isListWord, isWordType } from './list.ts';
import { isOpName, type OperandKind, type OpName, rowOf } from './opcodes.ts';
import { type Token, tokensOf } from './tokens.ts';
import type { AbiField, AbiType, AbiVariant, Value, WordType } from './value.ts';
import { valueCodec } from './words.ts';

export type AssemblyError = { readonly line: number; readonly column: number; readonly message: string };

export type Assembled =
  | { readonly ok: true; readonly artifact: Artifact }
  | { readonly ok: false; readonly errors: readonly AssemblyError[] };

/** Assembles a text; whether the code is sound is for `validate.ts` to say. */
export function assemble(source: string): Assembled {
  const errors: AssemblyError[] = [];
  const lines = source.split('\n').flatMap((line, index) => lineOf(line, index + 1, errors));
  const draft = newDraft();
  const badLines = errors.length;
  const isName = (line: Line) => line.tokens[0]?.kind === 'directive' && line.tokens[0].text in NAMES;
  for (const line of lines.filter(isName)) attempt(errors, line, () => collectName(draft, line));
  if (errors.length > badLines) return refusal(errors);
  for (const line of lines) attempt(errors, line, () => readLine(draft, line));
  if (draft.name === null) errors.push({ line: 1, column: 1, message: '.contract is missing' });
  const functions = draft.functions.map((fn) => finishFunction(draft, fn, errors));
  if (errors.length > 0) return refusal(errors);
  return { ok: true, artifact: finish(draft, functions) };
}

function refusal(errors: readonly AssemblyError[]): Assembled {
  return { ok: false, errors: errors.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** A line under way. */
type Line = {
  readonly tokens: readonly Token[];
  readonly number: number;
  readonly width: number;
  at: number;
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type Draft = {
  name: string | null;
  readonly meta: Mutable<Artifact['meta']>;
  readonly constants: Constant[];
  readonly constantAt: Map<string, number>;
  readonly currencies: Mutable<Artifact['currencies'][number]>[];
  readonly capabilities: string[];
  readonly storage: Mutable<Artifact['storage'][number]>[];
  readonly events: Mutable<Artifact['events'][number]>[];
  readonly errors: Mutable<Artifact['errors'][number]>[];
  readonly interfaces: { readonly name: string; readonly methods: Mutable<Method>[] }[];
  readonly offers: number[];
  readonly calls: OutgoingCall[];
  readonly functions: FunctionDraft[];
  readonly entries: EntryDraft[];
  readonly claims: Uint8Array[];
  readonly marks: Artifact['marks'][number][];
  readonly lineage: Mutable<Lineage>;
  /** How far the second pass has come in those lists that the first one filled with names. */
  readonly seen: {
    currencies: number;
    storage: number;
    events: number;
    errors: number;
    interfaces: number;
    functions: number;
  };
};

type EntryDraft = Mutable<Entry> & { gasStated: boolean };

type FunctionDraft = Mutable<Omit<FunctionCode, 'code' | 'positions'>> & {
  readonly code: { readonly op: OpName; readonly line: Line; readonly at: number }[];
  readonly labels: Map<string, number>;
};

function newDraft(): Draft {
  const impact = { cpu: 0, memory: 0, network: 0, storage: 0, bandwidth: 0 };
  return {
    name: null,
    meta: { version: '', purpose: '', doc: '', cooperative: '', dependencies: [], impact },
    constants: [],
    constantAt: new Map(),
    currencies: [],
    capabilities: [],
    storage: [],
    events: [],
    errors: [],
    interfaces: [],
    offers: [],
    calls: [],
    functions: [],
    entries: [],
    claims: [],
    marks: [],
    lineage: { ...NO_LINEAGE },
    seen: { currencies: 0, storage: 0, events: 0, errors: 0, interfaces: 0, functions: 0 },
  };
}

function finish(draft: Draft, functions: readonly FunctionCode[]): Artifact {
  const { name, meta, constants, currencies, storage, events, errors, interfaces, calls, marks } = draft;
  const artifact: Artifact = {
    name: name ?? '',
    meta,
    constants,
    currencies,
    capabilities: [...new Set(draft.capabilities)].sort(compareText),
    storage,
    events,
    errors,
    interfaces,
    offers: [...new Set(draft.offers)].sort((a, b) => a - b),
    calls,
    functions,
    entries: draft.entries.map(({ gasStated: _, ...entry }) => entry),
    claims: draft.claims.sort(compareBytes),
    marks,
    lineage: draft.lineage,
  };
  const bounded = withGasBounds(artifact).entries;
  const entries = artifact.entries.map((entry, index) =>
    draft.entries[index]?.gasStated === true ? entry : (bounded[index] ?? entry),
  );
  return { ...artifact, entries };
}

// ---- first pass: names and constants, so that everything may name what stands below it

const NAMES: { readonly [directive: string]: (draft: Draft, line: Line) => void } = {
  '.currency': (draft, line) =>
    void draft.currencies.push({ name: readName(line), decimals: 0, kind: 'mutual' }),
  '.slot': (draft, line) =>
    void draft.storage.push({ name: readName(line), keys: [], fields: [], type: null }),
  '.event': (draft, line) => void draft.events.push({ name: readName(line), fields: [] }),
  '.error': (draft, line) => void draft.errors.push({ name: readName(line), fields: [] }),
  '.interface': (draft, line) => void draft.interfaces.push({ name: readName(line), methods: [] }),
  '.function': (draft, line) => void draft.functions.push(newFunction(readName(line))),
  '.main': (draft) => void draft.functions.push(newFunction('main')),
  '.const': (draft, line) => {
    const constant = readConstant(line);
    const text = constantText(constant);
    if (!draft.constantAt.has(text)) draft.constantAt.set(text, draft.constants.length);
    draft.constants.push(constant);
  },
};

function collectName(draft: Draft, line: Line): void {
  const directive = next(line);
  NAMES[directive.text]?.(draft, line);
}

function newFunction(name: string): FunctionDraft {
  return { name, params: [], results: [], locals: [], code: [], labels: new Map() };
}

// ---- second pass

function readLine(draft: Draft, line: Line): void {
  const first = next(line);
  if (first.kind === 'directive') {
    const directive = DIRECTIVES[first.text];
    if (directive === undefined) complain(line, first, `there is no directive ${first.text}`);
    directive(draft, line);
    readEnd(line);
    return;
  }
  const fn = draft.functions[draft.seen.functions - 1];
  if (fn === undefined) complain(line, first, 'code stands before the first .function or .main');
  readCode(fn, line, first);
}

function readCode(fn: FunctionDraft, line: Line, first: Token): void {
  const after = line.tokens[line.at];
  if (after?.text === ':' && first.kind === 'word') {
    if (fn.labels.has(first.text))
      complain(line, first, `the label ${first.text} stands in ${fn.name} already`);
    fn.labels.set(first.text, fn.code.length);
    line.at += 1;
    if (line.at < line.tokens.length) readCode(fn, line, next(line));
    return;
  }
  const op = first.text;
  if (!isOpName(op)) complain(line, first, `there is no opcode ${op}`);
  fn.code.push({ op, line, at: line.at });
}

const DIRECTIVES: { readonly [directive: string]: (draft: Draft, line: Line) => void } = {
  '.contract': (draft, line) => {
    draft.name = readName(line);
  },
  '.version': (draft, line) => {
    draft.meta.version = readText(line);
  },
  '.purpose': (draft, line) => {
    draft.meta.purpose = readText(line);
  },
  '.cooperative': (draft, line) => {
    draft.meta.cooperative = readText(line);
  },
  '.doc': (draft, line) => {
    (draft.entries.at(-1) ?? draft.meta).doc = readText(line);
  },
  '.depends': (draft, line) => {
    draft.meta.dependencies = readRest(line, readText);
  },
  '.impact': (draft, line) => {
    const [cpu, memory, network, storage, bandwidth] = [1, 2, 3, 4, 5].map(() => readCount(line));
    draft.meta.impact = {
      cpu: cpu!,
      memory: memory!,
      network: network!,
      storage: storage!,
      bandwidth: bandwidth!,
    };
  },
  '.uses': (draft, line) => {
    draft.capabilities.push(...readRest(line, readName));
  },
  '.currency': (draft, line) => {
    const currency = draft.currencies[draft.seen.currencies++]!;
    currency.name = readName(line);
    currency.decimals = readCount(line);
    currency.kind = readOneOf(line, ['mutual', 'issued']);
  },
  '.const': (_draft, line) => {
    readConstant(line);
  },
  '.slot': (draft, line) => {
    const slot = draft.storage[draft.seen.storage++]!;
    slot.name = readName(line);
    slot.keys = readWords(line);
    slot.fields = readWords(line);
    slot.type = line.at < line.tokens.length ? readType(draft, line) : null;
  },
  '.event': (draft, line) => {
    const event = draft.events[draft.seen.events++]!;
    event.name = readName(line);
    event.fields = readFields(draft, line, '(', ')');
  },
  '.error': (draft, line) => {
    const error = draft.errors[draft.seen.errors++]!;
    error.name = readName(line);
    error.fields = readFields(draft, line, '(', ')');
  },
  '.interface': (draft, line) => {
    draft.seen.interfaces += 1;
    readName(line);
  },
  '.method': (draft, line) => {
    const kind = readOneOf(line, ['rule', 'view']);
    const name = readName(line);
    const params = readFields(draft, line, '(', ')');
    readSign(line, '->');
    const result = readType(draft, line);
    readSign(line, 'gas');
    openInterface(draft, line).methods.push({
      kind,
      name,
      params,
      result,
      gasMax: readCount(line),
      clauses: [],
    });
  },
  '.clause': (draft, line) => {
    const method =
      openInterface(draft, line).methods.at(-1) ??
      complain(line, line.tokens[0] ?? null, 'no .method stands before this');
    method.clauses = [...method.clauses, readText(line)];
  },
  '.offers': (draft, line) => {
    draft.offers.push(...readRest(line, () => readRef(line, draft.interfaces, 'interface')));
  },
  '.call': (draft, line) => {
    const at = readRef(line, draft.interfaces, 'interface');
    const method = readRef(line, draft.interfaces[at]?.methods ?? [], 'method');
    const spends = readRest(line, () => readRef(line, draft.currencies, 'currency'));
    draft.calls.push({ interface: at, method, spends });
  },
  '.claim': (draft, line) => {
    draft.claims.push(readHash(line, 'a claim'));
  },
  '.upgradable': (draft, line) => {
    draft.lineage.upgradable = readHash(line, 'the hash of a source');
  },
  '.follows': (draft, line) => {
    const version = readText(line);
    const source = readHash(line, 'the hash of a source');
    const gone = readRest(line, () => readRef(line, draft.storage, 'slot')).sort((a, b) => a - b);
    draft.lineage.predecessor = { version, source, gone };
  },
  '.mark': (draft, line) => {
    draft.marks.push({ kind: readOneOf(line, ['guard', 'unproved']), clause: readText(line) });
  },
  '.function': (draft, line) => {
    const fn = draft.functions[draft.seen.functions++]!;
    fn.name = readName(line);
    fn.params = readWords(line);
    readSign(line, '->');
    fn.results = readWords(line);
    fn.locals = line.tokens[line.at]?.text === 'locals' ? [...fn.params, ...readLocals(line)] : fn.params;
  },
  '.main': (draft) => {
    const index = draft.seen.functions++;
    draft.entries.push(
      newEntry({ kind: 'rule', name: 'main', function: index, params: [], result: { kind: 'Unit' } }),
    );
  },
  '.init': (draft, line) => readEntry(draft, line, 'init'),
  '.rule': (draft, line) => readEntry(draft, line, 'rule'),
  '.view': (draft, line) => readEntry(draft, line, 'view'),
  '.hook': (draft, line) => readEntry(draft, line, 'hook'),
  '.upgrade': (draft, line) => readEntry(draft, line, 'upgrade'),
  '.every': (draft, line) => {
    openEntry(draft, line).everySeconds = readCount(line);
  },
  '.reputation': (draft, line) => {
    const entry = openEntry(draft, line);
    const requirement = { context: readName(line), score: readInt(line) };
    entry.access = { ...entry.access, reputation: [...entry.access.reputation, requirement] };
  },
  '.permission': (draft, line) => {
    const entry = openEntry(draft, line);
    entry.access = { ...entry.access, permissions: [...entry.access.permissions, readName(line)] };
  },
  '.contracts': (draft, line) => {
    const entry = openEntry(draft, line);
    entry.access = { ...entry.access, contracts: true };
  },
  '.open': (draft, line) => {
    openEntry(draft, line).open = true;
  },
  '.takes': (draft, line) => {
    openEntry(draft, line).takes = readRest(line, () => readRef(line, draft.currencies, 'currency'));
  },
  '.spec': (draft, line) => {
    const entry = openEntry(draft, line);
    entry.specs = [...entry.specs, readText(line)];
  },
  '.gas': (draft, line) => {
    const entry = openEntry(draft, line);
    entry.gasMax = readCount(line);
    entry.gasStated = true;
  },
};

function readHash(line: Line, what: string): Uint8Array {
  const token = next(line);
  const hash = token.kind === 'hex' ? bytesOfHex(token.text.slice(2)) : undefined;
  if (hash?.length !== 32) complain(line, token, `${what} is 0x and 64 hexadecimal digits`);
  return hash;
}

function readEntry(draft: Draft, line: Line, kind: Entry['kind']): void {
  const name = readName(line);
  const params = readFields(draft, line, '(', ')');
  readSign(line, '->');
  const result = readType(draft, line);
  readSign(line, '=');
  draft.entries.push(
    newEntry({ kind, name, params, result, function: readRef(line, draft.functions, 'function') }),
  );
}

function newEntry(head: Pick<Entry, 'kind' | 'name' | 'function' | 'params' | 'result'>): EntryDraft {
  const access = { reputation: [], permissions: [], contracts: false };
  return {
    ...head,
    access,
    open: false,
    everySeconds: 0,
    gasMax: 0,
    takes: [],
    doc: '',
    specs: [],
    gasStated: false,
  };
}

/** The entry point that a line such as `.permission` belongs to: the last one. */
function openEntry(draft: Draft, line: Line): EntryDraft {
  return draft.entries.at(-1) ?? complain(line, line.tokens[0] ?? null, 'no entry point stands before this');
}

/** The interface that a method belongs to: the last one. */
function openInterface(draft: Draft, line: Line): Draft['interfaces'][number] {
  return (
    draft.interfaces[draft.seen.interfaces - 1] ??
    complain(line, line.tokens[0] ?? null, 'no interface stands before this')
  );
}

// ---- code

function finishFunction(draft: Draft, fn: FunctionDraft, errors: AssemblyError[]): FunctionCode {
  const code: Instruction[] = [];
  const positions: { start: number; end: number }[] = [];
  for (const { op, line, at } of fn.code)
    attempt(errors, line, () => {
      line.at = at;
      const operands = rowOf(op).operands.map((kind) => readOperand(draft, fn, line, kind));
      const position = line.tokens[line.at];
      if (position?.kind === 'position') positions.push(readPosition(line));
      readEnd(line);
      code.push({ op, operands });
    });
  if (positions.length > 0 && positions.length < code.length)
    errors.push({
      line: fn.code[0]?.line.number ?? 1,
      column: 1,
      message: `some instructions of ${fn.name} have no position`,
    });
  return { name: fn.name, params: fn.params, results: fn.results, locals: fn.locals, code, positions };
}

function readOperand(draft: Draft, fn: FunctionDraft, line: Line, kind: OperandKind): Operand {
  switch (kind) {
    case 'int':
      return readInt(line);
    case 'bit':
      return readOneOf(line, ['false', 'true']) === 'true' ? 1 : 0;
    case 'constant':
    case 'text':
      return readConstantRef(draft, line);
    case 'target':
      return readTarget(fn, line);
    case 'function':
      return readRef(line, draft.functions, 'function');
    case 'slot':
      return readRef(line, draft.storage, 'slot');
    case 'event':
      return readRef(line, draft.events, 'event');
    case 'error':
      return readRef(line, draft.errors, 'error');
    case 'currency':
      return readRef(line, draft.currencies, 'currency');
    case 'interface':
      return readRef(line, draft.interfaces, 'interface');
    case 'call':
      return readIndex(line);
    default:
      return readCount(line);
  }
}

/** `#` and an index. */
function readIndex(line: Line): number {
  const token = next(line);
  return token.kind === 'ref' ? indexOf(token) : complain(line, token, '# and a number expected');
}

/** A constant written in place joins the constants unless it is there already. */
function readConstantRef(draft: Draft, line: Line): number {
  if (line.tokens[line.at]?.kind === 'ref') return indexOf(next(line));
  const constant = readConstant(line);
  const text = constantText(constant);
  const known = draft.constantAt.get(text);
  if (known !== undefined) return known;
  draft.constantAt.set(text, draft.constants.length);
  return draft.constants.push(constant) - 1;
}

function readTarget(fn: FunctionDraft, line: Line): number {
  const token = next(line);
  if (token.kind === 'ref') return indexOf(token);
  return fn.labels.get(token.text) ?? complain(line, token, `there is no label ${token.text} in ${fn.name}`);
}

function readPosition(line: Line): { start: number; end: number } {
  const [start, end] = next(line).text.slice(1).split('-').map(Number);
  return { start: start!, end: end! };
}

// ---- parts of a line

function readName(line: Line): string {
  const token = next(line);
  if (token.kind === 'word') return token.text;
  return token.kind === 'text' ? unquote(line, token, token.text) : complain(line, token, 'a name expected');
}

function readText(line: Line): string {
  const token = next(line);
  return token.kind === 'text'
    ? unquote(line, token, token.text)
    : complain(line, token, 'a text in quotes expected');
}

function readInt(line: Line): bigint {
  const token = next(line);
  const value = token.kind === 'number' ? BigInt(token.text) : complain(line, token, 'an integer expected');
  return BigInt.asIntN(64, value) === value
    ? value
    : complain(line, token, 'the integer does not fit in 64 bits');
}

function readCount(line: Line): number {
  const token = next(line);
  const value = token.kind === 'number' ? Number(token.text) : -1;
  return Number.isSafeInteger(value) && value >= 0
    ? value
    : complain(line, token, 'a number from 0 expected');
}

function readOneOf<const T extends string>(line: Line, choices: readonly T[]): T {
  const token = next(line);
  return (
    choices.find((one) => one === token.text) ??
    complain(line, token, `one of ${choices.join(', ')} expected`)
  );
}

function readSign(line: Line, sign: string): void {
  const token = next(line);
  if (token.text !== sign) complain(line, token, `${sign} expected`);
}

function readRest<T>(line: Line, read: (line: Line) => T): T[] {
  const out: T[] = [];
  while (line.at < line.tokens.length) out.push(read(line));
  return out;
}

/** A name, or `#` and an index. */
function readRef(line: Line, named: readonly { readonly name: string }[], what: string): number {
  const token = line.tokens[line.at];
  if (token?.kind === 'ref') return indexOf(next(line));
  const name = readName(line);
  const index = named.findIndex((one) => one.name === name);
  return index >= 0 ? index : complain(line, token ?? null, `there is no ${what} ${name}`);
}

function readWords(line: Line): WordType[] {
  readSign(line, '(');
  const out: WordType[] = [];
  while (line.tokens[line.at]?.text !== ')') {
    const token = next(line);
    if (!isWordType(token.text))
      complain(line, token, 'a type of words such as int or list<20:did> expected');
    out.push(token.text);
  }
  line.at += 1;
  return out;
}

function readLocals(line: Line): WordType[] {
  line.at += 1;
  return readWords(line);
}

function readConstant(line: Line): Constant {
  const token = next(line);
  if (token.kind === 'text') return { type: 'text', value: unquote(line, token, token.text) };
  if (token.kind !== 'literal')
    return complain(line, token, 'a constant such as "text" or did"did:icn:…" expected');
  const quoteAt = token.text.indexOf('"');
  const type = token.text.slice(0, quoteAt) as WordType;
  if (!isWordType(type)) complain(line, token, 'there is no such type of words');
  const value = contentOf(type, unquote(line, token, token.text.slice(quoteAt)));
  return value === undefined ? complain(line, token, `this is no constant of type ${type}`) : { type, value };
}

function contentOf(type: WordType, content: string): Value | undefined {
  if (type === 'int') return /^-?[0-9]{1,40}$/.test(content) ? BigInt(content) : undefined;
  if (type === 'bool') return content === 'true' ? true : content === 'false' ? false : undefined;
  if (type !== 'hash' && type !== 'bytes' && !isListWord(type)) return content;
  const bytes = bytesOfHex(content);
  if (bytes === undefined || !isListWord(type)) return bytes;
  const decoded = decodeValue<Value>(valueCodec(type), bytes);
  return decoded.ok ? decoded.value : undefined;
}

const SCALARS = ['Unit', 'Int', 'Bool', 'Ratio', 'Time', 'Duration', 'Did', 'Text', 'Bytes', 'Hash'] as const;
const TYPE_DEPTH_MAX = 32;

function readType(draft: Draft, line: Line, depth = 0): AbiType {
  const token = next(line);
  if (depth > TYPE_DEPTH_MAX) return complain(line, token, 'the type is nested too deeply');
  const scalar = SCALARS.find((kind) => kind === token.text);
  if (scalar !== undefined) return { kind: scalar };
  switch (token.text) {
    case 'Amount':
      readSign(line, '<');
      return closed(line, '>', { kind: 'Amount', currency: readRef(line, draft.currencies, 'currency') });
    case 'Struct': {
      const name = readName(line);
      return { kind: 'Struct', name, fields: readFields(draft, line, '{', '}', depth) };
    }
    case 'Enum': {
      const name = readName(line);
      readSign(line, '{');
      return { kind: 'Enum', name, variants: readList(line, '}', () => readVariant(draft, line, depth)) };
    }
    case 'Option':
      readSign(line, '<');
      return closed(line, '>', { kind: 'Option', item: readType(draft, line, depth + 1) });
    case 'Map': {
      readSign(line, '<');
      const key = readType(draft, line, depth + 1);
      readSign(line, ',');
      return closed(line, '>', { kind: 'Map', key, value: readType(draft, line, depth + 1) });
    }
    case 'List':
    case 'Set': {
      readSign(line, '<');
      const item = readType(draft, line, depth + 1);
      readSign(line, ',');
      return closed(line, '>', { kind: token.text, item, capacity: readCount(line) });
    }
    case '(':
      return { kind: 'Tuple', items: readList(line, ')', () => readType(draft, line, depth + 1)) };
    default:
      return complain(line, token, `there is no type ${token.text}`);
  }
}

function readVariant(draft: Draft, line: Line, depth: number): AbiVariant {
  return { name: readName(line), fields: readFields(draft, line, '(', ')', depth) };
}

function closed(line: Line, sign: string, type: AbiType): AbiType {
  readSign(line, sign);
  return type;
}

function readFields(draft: Draft, line: Line, open: string, close: string, depth = 0): AbiField[] {
  readSign(line, open);
  return readList(line, close, () => {
    const name = readName(line);
    readSign(line, ':');
    return { name, type: readType(draft, line, depth + 1) };
  });
}

/** Items between commas, up to and with the closing sign. */
function readList<T>(line: Line, close: string, read: () => T): T[] {
  const out: T[] = [];
  while (line.tokens[line.at]?.text !== close) {
    if (out.length > 0) readSign(line, ',');
    out.push(read());
  }
  line.at += 1;
  return out;
}

function readEnd(line: Line): void {
  const token = line.tokens[line.at];
  if (token !== undefined) complain(line, token, `${token.text} is one word too many`);
}

// ---- lines and errors

function lineOf(text: string, number: number, errors: AssemblyError[]): Line[] {
  const { tokens, badColumn } = tokensOf(text);
  if (badColumn !== null) {
    errors.push({
      line: number,
      column: badColumn,
      message: `unexpected character ${JSON.stringify(text.charAt(badColumn - 1))}`,
    });
    return [];
  }
  return tokens.length === 0 ? [] : [{ tokens, number, width: text.length, at: 0 }];
}

function next(line: Line): Token {
  return line.tokens[line.at++] ?? complain(line, null, 'the line ends too early');
}

function indexOf(token: Token): number {
  return Number(token.text.slice(1));
}

function unquote(line: Line, token: Token, quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return complain(line, token, 'a wrong escape in a text');
  }
}

type Complaint = { readonly complaint: AssemblyError };

/** Gives the line up; at its end where no token is to blame. */
function complain(line: Line, token: Token | null, message: string): never {
  const column = token?.column ?? line.width + 1;
  throw { complaint: { line: line.number, column, message } } satisfies Complaint;
}

function attempt(errors: AssemblyError[], line: Line, work: () => void): void {
  line.at = 0;
  try {
    work();
  } catch (thrown) {
    if (typeof thrown !== 'object' || thrown === null || !('complaint' in thrown)) throw thrown;
    const { complaint } = thrown as Complaint;
    const known = errors.some((error) => error.line === complaint.line && error.column === complaint.column);
    if (!known) errors.push(complaint);
  }
}
