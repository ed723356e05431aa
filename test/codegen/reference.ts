/**
 * A reference interpreter of core statements, for tests only: as plain as possible, no bytecode, no stack, nothing
 * shared with the code generator. `Run` is what a caller can observe.
 */
import { createHash } from 'node:crypto';
import { HOST_FUNCTIONS } from '../../compiler/builtins.ts';
import type * as core from '../../compiler/core/core.ts';

export type Word = core.Constant;
export type Observed = {
  readonly results: readonly Word[];
  readonly events: readonly { readonly name: string; readonly args: readonly Word[] }[];
};
export type Run = ({ readonly ok: true } & Observed) | { readonly ok: false; readonly why: string };

/** State words by slot, key and field; absent is zero. Sets keep their elements in storage order. */
export type Store = {
  readonly leaves: Map<string, Word>;
  readonly present: Set<string>;
  readonly sets: Map<number, Word[][]>;
};

/** Answers a host function; `null` is a refusal. */
export type HostFunction = (name: string, currency: number, args: readonly Word[]) => Word[] | null;

export type World = {
  readonly contract: core.Contract;
  readonly env: Readonly<Record<core.EnvName, Word>>;
  readonly host: HostFunction;
  readonly store: Store;
  readonly events: { name: string; args: readonly Word[] }[];
};

export function emptyStore(): Store {
  return { leaves: new Map(), present: new Set(), sets: new Map() };
}

/** Runs one function; on a failure the store and the events are to be thrown away by the caller. */
export function runReference(world: World, index: number, args: readonly Word[]): Run {
  try {
    const results = callFunction(world, index, args);
    return { ok: true, results, events: world.events };
  } catch (error) {
    if (error instanceof Failure) return { ok: false, why: error.message };
    throw error;
  }
}

class Failure extends Error {}

const INT_MAX = 2n ** 63n - 1n;

function callFunction(world: World, index: number, args: readonly Word[]): Word[] {
  const fn = world.contract.functions[index]!;
  const locals: (Word | undefined)[] = fn.locals.map((_, id) => args[id]);
  return runBlock(world, fn.body, locals) ?? [];
}

/** The values returned, or null when the block ran to its end. */
function runBlock(world: World, stmts: readonly core.Stmt[], locals: (Word | undefined)[]): Word[] | null {
  for (const stmt of stmts) {
    const returned = runStmt(world, stmt, locals);
    if (returned !== null) return returned;
  }
  return null;
}

function runStmt(world: World, stmt: core.Stmt, locals: (Word | undefined)[]): Word[] | null {
  const read = (atom: core.Atom): Word => readAtom(world, atom, locals);
  const { store } = world;
  switch (stmt.kind) {
    case 'op':
      locals[stmt.target] = applyOp(stmt.op, stmt.args.map(read));
      return null;
    case 'copy':
      locals[stmt.target] = read(stmt.value);
      return null;
    case 'load': {
      const { slot, keys, field } = stmt.place;
      if (isList(world, slot)) {
        locals[stmt.target] = elementsOf(store, slot)[Number(read(keys[0]!))]![field];
        return null;
      }
      locals[stmt.target] =
        store.leaves.get(leafKey(slot, keys.map(read), field)) ?? zeroOf(world, slot, field);
      return null;
    }
    case 'store': {
      const { slot, keys, field } = stmt.place;
      const words = keys.map(read);
      if (isList(world, slot)) {
        elementsOf(store, slot)[Number(words[0])]![field] = read(stmt.value);
        return null;
      }
      store.leaves.set(leafKey(slot, words, field), read(stmt.value));
      store.present.add(entryKey(slot, words));
      return null;
    }
    case 'find':
    case 'outgoing':
      throw new Error('the reference knows no other contracts');
    case 'has':
      locals[stmt.target] = hasEntry(world, stmt.slot, stmt.keys.map(read));
      return null;
    case 'size':
      locals[stmt.target] = BigInt(elementsOf(store, stmt.slot).length);
      return null;
    case 'add':
      addElement(world, stmt.slot, stmt.keys.map(read));
      return null;
    case 'remove':
      removeEntry(world, stmt.slot, stmt.keys.map(read));
      return null;
    case 'clear':
      elementsOf(store, stmt.slot).length = 0;
      return null;
    case 'fail':
      throw new Failure('Failed');
    case 'host': {
      const answer = world.host(stmt.name, stmt.currency, stmt.args.map(read));
      if (answer === null)
        throw new Failure(`refused ${HOST_FUNCTIONS.find((row) => row.name === stmt.name)!.opcode}`);
      for (const [at, target] of stmt.targets.entries()) locals[target] = answer[at];
      return null;
    }
    case 'call': {
      const results = callFunction(world, stmt.callee, stmt.args.map(read));
      for (const [at, target] of stmt.targets.entries()) locals[target] = results[at];
      return null;
    }
    case 'emit':
      world.events.push({ name: world.contract.events[stmt.event]!.name, args: stmt.args.map(read) });
      return null;
    case 'require':
      if (read(stmt.condition) !== true) throw new Failure(`Requirement: ${stmt.message}`);
      return null;
    case 'assert':
    case 'ghost':
      return null;
    case 'if':
      return runBlock(world, read(stmt.condition) === true ? stmt.then : stmt.otherwise, locals);
    case 'element': {
      const element = elementsOf(store, stmt.slot)[Number(read(stmt.index))] ?? zeroElement(world, stmt.slot);
      for (const [at, target] of stmt.targets.entries()) locals[target] = element[at];
      return null;
    }
    case 'loop':
      return runLoop(world, stmt, locals, read(stmt.from) as bigint, read(stmt.to) as bigint);
    case 'return':
      return stmt.values.map(read);
  }
}

function runLoop(
  world: World,
  loop: Extract<core.Stmt, { kind: 'loop' }>,
  locals: (Word | undefined)[],
  from: bigint,
  to: bigint,
): Word[] | null {
  for (let at = from; at < to; at += 1n) {
    locals[loop.index] = at;
    const returned = runBlock(world, loop.body, locals);
    if (returned !== null) return returned;
    if (at - from >= BigInt(loop.bound)) throw new Failure('LoopBound');
  }
  return null;
}

function readAtom(world: World, atom: core.Atom, locals: readonly (Word | undefined)[]): Word {
  if (atom.kind === 'const') return atom.value;
  if (atom.kind === 'env') return world.env[atom.name];
  const value = locals[atom.id];
  if (value === undefined) throw new Error(`local ${atom.id} is read before it is assigned`);
  return value;
}

function applyOp(op: core.OpName, args: readonly Word[]): Word {
  const [left, right] = args as readonly [Word, Word];
  switch (op) {
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
    case 'mod':
    case 'neg':
      return arithmetic(op, left as bigint, right as bigint);
    case 'mulDiv':
    case 'mulDivUp':
    case 'isqrt':
    case 'pow':
      return inRange(exactNumber(op, args as readonly bigint[]));
    case 'eq':
      return sameWord(left, right);
    case 'ne':
      return !sameWord(left, right);
    case 'concat':
      return joined(left, right);
    case 'length':
      return lengthOf(left);
    case 'checkIndex':
      if ((left as bigint) < 0n || left >= right) throw new Failure('IndexOutOfRange');
      return left;
    case 'at':
      return left instanceof Uint8Array
        ? BigInt(left[Number(right)]!)
        : elements(left)[Number(right)]![Number(args[2])]!;
    case 'append':
      return [...elements(left), args.slice(1)];
    case 'hash':
      return hashed(left as string, right);
    case 'lt':
      return left < right;
    case 'le':
      return left <= right;
    case 'gt':
      return left > right;
    case 'ge':
      return left >= right;
    case 'not':
      return !left;
    case 'and':
      return left === true && right === true;
    case 'or':
      return left === true || right === true;
  }
}

/** A list here is an array of its elements, each an array of words. */
function elements(list: Word): Word[][] {
  return list as Word[][];
}

function sameWord(left: Word, right: Word): boolean {
  return wordText(left) === wordText(right);
}

function wordText(word: Word): string {
  if (typeof word !== 'object') return `${typeof word} ${word}`;
  return word instanceof Uint8Array ? `0x${word.join('.')}` : `[${word.map(wordText).join(',')}]`;
}

const LONGEST = 1024n;

function joined(left: Word, right: Word): Word {
  const both =
    typeof left === 'string'
      ? `${left}${right as string}`
      : Uint8Array.from([...(left as Uint8Array), ...(right as Uint8Array)]);
  if (lengthOf(both) > LONGEST) throw new Failure('LimitReached');
  return both;
}

function lengthOf(word: Word): bigint {
  return BigInt(typeof word === 'string' ? Buffer.byteLength(word) : (word as Uint8Array).length);
}

/** Words by what they are at run time, which tells all types but a hash from bytes: the programs have no bytes in lists. */
function hashed(tag: string, word: Word): Word {
  const digest = createHash('sha256');
  if (tag === '') return new Uint8Array(digest.update(word as string | Uint8Array).digest());
  digest.update(`${tag}\0`);
  for (const part of elements(word).flat()) digest.update(encoded(part));
  return new Uint8Array(digest.digest());
}

function encoded(word: Word): Buffer {
  if (typeof word === 'boolean') return Buffer.from([word ? 1 : 0]);
  if (word instanceof Uint8Array) return Buffer.from(word);
  const head = Buffer.alloc(typeof word === 'bigint' ? 8 : 2);
  if (typeof word === 'bigint') {
    head.writeBigInt64BE(word);
    return head;
  }
  if (typeof word === 'string') {
    head.writeUInt16BE(Buffer.byteLength(word));
    return Buffer.concat([head, Buffer.from(word)]);
  }
  head.writeUInt16BE(word.length);
  return Buffer.concat([head, ...elements(word).flat().map(encoded)]);
}

function arithmetic(op: 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'neg', left: bigint, right: bigint): bigint {
  if ((op === 'div' || op === 'mod') && right === 0n) throw new Failure('DivisionByZero');
  return inRange(exactResult(op, left, right));
}

function inRange(result: bigint): bigint {
  if (result > INT_MAX || result < -INT_MAX - 1n) throw new Failure('Overflow');
  return result;
}

/** What cannot be computed is out of range. */
const NONE = INT_MAX + 1n;

export function exactNumber(
  op: 'mulDiv' | 'mulDivUp' | 'isqrt' | 'pow',
  [a = 0n, b = 0n, c = 0n]: readonly bigint[],
): bigint {
  switch (op) {
    case 'mulDiv':
      if (c <= 0n) throw new Failure('DivisionByZero');
      return floor(a * b, c);
    case 'mulDivUp':
      if (c <= 0n) throw new Failure('DivisionByZero');
      return -floor(-a * b, c);
    case 'isqrt':
      return a < 0n ? NONE : rootBelow(a, 0n, 2n ** 32n);
    case 'pow':
      return b < 0n ? NONE : repeated(a, b);
  }
}

function floor(a: bigint, by: bigint): bigint {
  const rest = ((a % by) + by) % by;
  return (a - rest) / by;
}

/** By halving: the root lies from `low` on and below `high`. */
function rootBelow(a: bigint, low: bigint, high: bigint): bigint {
  if (high - low === 1n) return low;
  const middle = (low + high) / 2n;
  return middle * middle <= a ? rootBelow(a, middle, high) : rootBelow(a, low, middle);
}

/** By multiplying, until it is out of range or does not change any more. */
function repeated(a: bigint, times: bigint): bigint {
  if (a === -1n) return times % 2n === 0n ? 1n : -1n;
  let result = 1n;
  for (let left = times; left > 0n && result <= INT_MAX && result >= -INT_MAX - 1n; left -= 1n) {
    if (result * a === result) return result;
    result *= a;
  }
  return result;
}

function exactResult(op: 'add' | 'sub' | 'mul' | 'div' | 'mod' | 'neg', left: bigint, right: bigint): bigint {
  switch (op) {
    case 'add':
      return left + right;
    case 'sub':
      return left - right;
    case 'mul':
      return left * right;
    case 'div':
      return left / right;
    case 'mod':
      return left % right;
    case 'neg':
      return -left;
  }
}

// ---- state -------------------------------------------------------------------------------------

function entryKey(slot: number, keys: readonly Word[]): string {
  return `${slot}|${keys.join('|')}`;
}

function leafKey(slot: number, keys: readonly Word[], field: number): string {
  return `${entryKey(slot, keys)}#${field}`;
}

function zeroOf(world: World, slot: number, field: number): Word {
  const type = world.contract.slots[slot]!.fields[field]!.type;
  if (type.kind === 'Bool') return false;
  return type.kind === 'Did' || type.kind === 'Text' ? '' : 0n;
}

function zeroElement(world: World, slot: number): Word[] {
  return world.contract.slots[slot]!.keys.map((key) => (key.kind === 'Did' ? '' : 0n));
}

function isList(world: World, slot: number): boolean {
  return world.contract.slots[slot]!.kind === 'list';
}

function elementsOf(store: Store, slot: number): Word[][] {
  const known = store.sets.get(slot);
  if (known !== undefined) return known;
  const made: Word[][] = [];
  store.sets.set(slot, made);
  return made;
}

function positionOf(elements: readonly Word[][], words: readonly Word[]): number {
  return elements.findIndex((element) => element.every((word, at) => word === words[at]));
}

function hasEntry(world: World, slot: number, words: readonly Word[]): boolean {
  if (world.contract.slots[slot]!.kind === 'set')
    return positionOf(elementsOf(world.store, slot), words) >= 0;
  return world.store.present.has(entryKey(slot, words));
}

function addElement(world: World, slot: number, words: Word[]): void {
  const { name, capacity, kind } = world.contract.slots[slot]!;
  const elements = elementsOf(world.store, slot);
  if (kind === 'set' && positionOf(elements, words) >= 0) return;
  if (elements.length >= capacity)
    throw new Failure(`Requirement: ${name} is full: it holds at most ${capacity} elements`);
  elements.push(words);
}

function removeEntry(world: World, slot: number, words: readonly Word[]): void {
  const { kind, fields } = world.contract.slots[slot]!;
  if (kind === 'list') {
    elementsOf(world.store, slot).pop();
    return;
  }
  if (kind !== 'set') {
    for (const field of fields.keys()) world.store.leaves.delete(leafKey(slot, words, field));
    world.store.present.delete(entryKey(slot, words));
    return;
  }
  const elements = elementsOf(world.store, slot);
  const at = positionOf(elements, words);
  if (at < 0) return;
  const last = elements.pop()!;
  if (at < elements.length) elements[at] = last;
}
