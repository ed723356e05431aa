/**
 * An artifact in, a program or all its errors out. What passes can neither underflow nor mistype nor jump astray, ends
 * within the gas that its entries state, and touches only what it declares. The interpreter relies on that.
 */
import { formatType, wordError, wordsOf, wordsOfFields } from './abi.ts';
import type {
  Artifact,
  Entry,
  EventShape,
  FunctionCode,
  Instruction,
  Interface,
  Method,
  OutgoingCall,
  StorageSlot,
} from './artifact.ts';
import {
  calleesOf,
  callOrder,
  entryGasMax,
  longBytes,
  type Measure,
  measureBounds,
  spread,
  valuesIn,
} from './bounds.ts';
import { compareBytes, compareText, utf8 } from './codec.ts';
import { methodOf, sameType } from './interface.ts';
import { LIMITS } from './limits.ts';
import { isListWord, isWordType, wordBytesMax } from './list.ts';
import type { OpRow } from './opcodes.ts';
import { buildProgram, type Program } from './program.ts';
import { type CodeError, type Structure, structureOf, type ValidationCode } from './structure.ts';
import { type Typing, typingOf } from './typing.ts';
import type { AbiField, AbiType, WordType } from './value.ts';

/** `function` and `instruction` are indices, -1 where the error is not in code. */
export type ValidationError = {
  readonly code: ValidationCode;
  readonly message: string;
  readonly function: number;
  readonly instruction: number;
};

export type Validated =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly errors: readonly ValidationError[] };

type Report = (code: ValidationCode, message: string, fn?: number) => void;

/** Validates an artifact, which may be any data of that type: decoded, assembled or generated. */
export function validate(artifact: Artifact): Validated {
  const errors: ValidationError[] = [];
  const report: Report = (code, message, fn = -1) =>
    errors.push({ code, message, function: fn, instruction: -1 });
  checkDeclarations(artifact, report);
  if (errors.length > 0) return { ok: false, errors };
  const structures = inFunctions(artifact, errors, (fn) => {
    const { structure, errors: found } = structureOf(artifact, fn);
    return { value: structure, errors: found };
  });
  const order = callOrder(artifact.functions);
  if (errors.length === 0 && order === null) report('CallCycle', 'functions call each other in a cycle');
  if (errors.length > 0 || order === null) return { ok: false, errors };
  const typings = inFunctions(artifact, errors, (fn, index) => {
    const { typing, errors: found } = typingOf(artifact, fn, structures[index]!);
    return { value: typing, errors: found };
  });
  if (errors.length > 0) return { ok: false, errors };
  checkUses(artifact, structures, order, report);
  const sizes = checkSizes(artifact, typings, order, report);
  checkBounds(artifact, structures, order, report);
  return errors.length > 0
    ? { ok: false, errors }
    : { ok: true, program: buildProgram(artifact, structures, typings, sizes) };
}

function inFunctions<T>(
  artifact: Artifact,
  errors: ValidationError[],
  judge: (fn: FunctionCode, index: number) => { readonly value: T; readonly errors: readonly CodeError[] },
): T[] {
  return artifact.functions.map((fn, index) => {
    const judged = judge(fn, index);
    errors.push(...judged.errors.map((error) => ({ ...error, function: index })));
    return judged.value;
  });
}

// ---- declarations

function checkDeclarations(artifact: Artifact, report: Report): void {
  checkMeta(artifact, report);
  checkCounts(artifact, report);
  checkConstants(artifact, report);
  checkNames('currency', artifact.currencies, report);
  for (const { name, decimals } of artifact.currencies)
    if (decimals > 18) report('BadList', `currency ${name} has more than 18 decimals`);
  checkNames('slot', artifact.storage, report);
  for (const slot of artifact.storage) checkSlot(artifact, slot, report);
  checkNames('event', artifact.events, report);
  for (const event of artifact.events) checkEvent(artifact, 'event', event, report);
  checkNames('error', artifact.errors, report);
  for (const error of artifact.errors) checkEvent(artifact, 'error', error, report);
  checkNames('function', artifact.functions, report);
  artifact.functions.forEach((fn, index) => {
    checkFunction(fn, index, report);
  });
  checkNames('entry point', artifact.entries, report);
  for (const once of ['init', 'upgrade'] as const)
    if (artifact.entries.filter(({ kind }) => kind === once).length > 1)
      report('BadEntry', `more than one ${once}`);
  checkLineage(artifact, report);
  for (const entry of artifact.entries) checkEntry(artifact, entry, report);
  checkNames('interface', artifact.interfaces, report);
  for (const one of artifact.interfaces) checkInterface(artifact, one, report);
  if (!ascends(artifact.offers, (a, b) => a - b)) report('BadList', 'the offered interfaces are not sorted');
  for (const index of artifact.offers) checkOffer(artifact, index, report);
  for (const call of artifact.calls) checkCall(artifact, call, report);
}

/** What a version gives up is told apart from what it has, and there is an entry that may read it. */
function checkLineage({ lineage, entries, storage }: Artifact, report: Report): void {
  const { upgradable, predecessor } = lineage;
  const hashes = [upgradable, predecessor?.source ?? null];
  if (hashes.some((hash) => hash !== null && hash.length !== 32))
    report('BadList', 'the hash of a source has 32 bytes');
  if ((predecessor !== null) !== entries.some(({ kind }) => kind === 'upgrade'))
    report('BadEntry', 'an upgrade and what it comes from are there together');
  if (predecessor === null) return;
  if (!isText(predecessor.version, LIMITS.nameBytes)) report('BadName', 'the version before is no name');
  const { gone } = predecessor;
  if (!ascends(gone, (a, b) => a - b) || gone.some((index) => storage[index] === undefined))
    report('BadList', 'the slots that are given up are not there or not sorted');
}

function checkMeta({ name, meta, capabilities, claims, marks }: Artifact, report: Report): void {
  const short = [name, meta.version, meta.cooperative, ...meta.dependencies, ...capabilities];
  for (const text of short)
    if (!isText(text, LIMITS.nameBytes)) report('BadName', `${JSON.stringify(text)} is no name`);
  const long = [meta.purpose, meta.doc, ...marks.map(({ clause }) => clause)];
  if (!long.every((text) => isText(text, LIMITS.docBytes)))
    report('Limit', `a text has more than ${LIMITS.docBytes} bytes`);
  if (name === '') report('BadName', 'the contract has no name');
  const { cpu, memory, network, storage, bandwidth } = meta.impact;
  if (
    ![cpu, memory, network, storage, bandwidth].every(
      (value) => Number.isInteger(value) && value >= 0 && value <= 255,
    )
  )
    report('BadList', 'an impact is not within 0 to 255');
  if (!ascends(capabilities, compareText)) report('BadList', 'the capabilities are not sorted');
  if (!ascends(claims, compareBytes) || claims.some((claim) => claim.length !== 32))
    report('BadList', 'the claims are not sorted hashes');
}

function checkCounts(artifact: Artifact, report: Report): void {
  const counts = [
    ['constants', artifact.constants.length, LIMITS.constants],
    ['currencies', artifact.currencies.length, LIMITS.currencies],
    ['slots', artifact.storage.length, LIMITS.slots],
    ['events', artifact.events.length, LIMITS.events],
    ['errors', artifact.errors.length, LIMITS.events],
    ['functions', artifact.functions.length, LIMITS.functions],
    ['entry points', artifact.entries.length, LIMITS.entries],
    ['interfaces', artifact.interfaces.length, LIMITS.interfaces],
    ['outgoing calls', artifact.calls.length, LIMITS.outgoingCalls],
  ] as const;
  for (const [what, count, most] of counts)
    if (count > most) report('Limit', `${count} ${what}; at most ${most}`);
}

function checkConstants({ constants }: Artifact, report: Report): void {
  constants.forEach(({ type, value }, index) => {
    const wrong = isWordType(type) ? wordError(type, value) : `has no type of words: ${type}`;
    if (wrong !== null) report('BadConstant', `constant ${index} ${wrong}`);
  });
}

function checkNames(what: string, named: readonly { readonly name: string }[], report: Report): void {
  const seen = new Set<string>();
  for (const { name } of named) {
    if (name === '' || !isText(name, LIMITS.nameBytes))
      report('BadName', `${JSON.stringify(name)} is not allowed as a name (${what})`);
    if (seen.has(name)) report('Duplicate', `two ${what}s are called ${name}`);
    seen.add(name);
  }
}

function checkSlot(artifact: Artifact, slot: StorageSlot, report: Report): void {
  const bad = (message: string) => report('BadStorage', `slot ${slot.name} ${message}`);
  if (slot.keys.length + slot.fields.length > LIMITS.signatureWords)
    bad(`has more than ${LIMITS.signatureWords} words`);
  if (slot.keys.length + slot.fields.length === 0) bad('holds nothing');
  if (![...slot.keys, ...slot.fields].every((type) => isWordType(type)) || slot.keys.some(isListWord)) {
    bad('has a word that it cannot hold');
    return;
  }
  const keyBytes = slot.keys.reduce((sum, type) => sum + keyBytesMax(type), 0);
  if (keyBytes > LIMITS.keyBytes) bad(`has keys of more than ${LIMITS.keyBytes} bytes`);
  if (slot.type !== null && !fitsSlot(artifact, slot, slot.type))
    bad(`has other words than ${formatType(slot.type, artifact.currencies)}`);
}

/** Largest content of a key word; texts and bytes are measured when they come. */
function keyBytesMax(type: WordType): number {
  if (type === 'int') return 8;
  return type === 'text' || type === 'bytes' ? 0 : wordBytesMax(type);
}

function fitsSlot(artifact: Artifact, slot: StorageSlot, type: AbiType): boolean {
  const fits = (part: AbiType, words: readonly WordType[]) =>
    isValueType(artifact, part, LIMITS.typeDepth) && sameWords(wordsOf(part), words);
  // What a set keeps beside its elements is the compiler's own.
  if (type.kind === 'Set') return fits(type.item, slot.keys);
  // A list grows: its elements lie under their indices.
  if (type.kind === 'List' && slot.keys.length > 0)
    return sameWords(slot.keys, ['int']) && type.capacity > 0 && fits(type.item, slot.fields);
  if (type.kind === 'Map') return fits(type.key, slot.keys) && fits(type.value, slot.fields);
  return slot.keys.length === 0 && fits(type, slot.fields);
}

function checkEvent(
  artifact: Artifact,
  what: 'event' | 'error',
  { name, fields }: EventShape,
  report: Report,
): void {
  if (!checkFields(artifact, fields)) {
    report('BadEvent', `${what} ${name} has a field that no value fits, or two of one name`);
    return;
  }
  const words = wordsOfFields(fields);
  if (words.length > LIMITS.signatureWords)
    report('BadEvent', `${what} ${name} has more than ${LIMITS.signatureWords} words`);
  const bytes = words.reduce((sum, type) => sum + wordBytesMax(type), 0);
  if (bytes > LIMITS.eventBytes)
    report('BadEvent', `${what} ${name} may have more than ${LIMITS.eventBytes} bytes`);
}

function checkFunction(fn: FunctionCode, index: number, report: Report): void {
  const bad = (message: string) => report('BadFunction', `function ${fn.name} ${message}`, index);
  if (fn.params.length > LIMITS.signatureWords || fn.results.length > LIMITS.signatureWords)
    bad(`has more than ${LIMITS.signatureWords} parameters or results`);
  if (![...fn.results, ...fn.locals].every((type) => isWordType(type))) bad('has a word of no type');
  if (fn.locals.length > LIMITS.locals) bad(`has more than ${LIMITS.locals} locals`);
  if (!sameWords(fn.locals.slice(0, fn.params.length), fn.params))
    bad('does not begin its locals with its parameters');
  if (fn.code.length === 0) bad('has no code');
  if (fn.code.length > LIMITS.instructions) bad(`has more than ${LIMITS.instructions} instructions`);
  if (fn.positions.length !== 0 && fn.positions.length !== fn.code.length)
    bad('has a source map of another length');
}

function checkEntry(artifact: Artifact, entry: Entry, report: Report): void {
  const bad = (message: string) => {
    report('BadEntry', `entry point ${entry.name} ${message}`, entry.function);
  };
  const fn = artifact.functions[entry.function];
  if (fn === undefined) {
    bad(`has no function ${entry.function}`);
    return;
  }
  if (!checkFields(artifact, entry.params) || !isValueType(artifact, entry.result, LIMITS.typeDepth)) {
    bad('has a parameter or result that no value fits, or two parameters of one name');
    return;
  }
  if (!sameWords(wordsOfFields(entry.params), fn.params)) bad('has other parameters than its function');
  if (!sameWords(wordsOf(entry.result), fn.results)) bad('has another result than its function');
  if (entry.kind === 'init' && entry.name !== 'init') bad('is an init of another name');
  if (entry.kind === 'upgrade' && (entry.params.length > 0 || entry.result.kind !== 'Unit'))
    bad('is an upgrade that takes or gives something');
  checkSchedule(entry, bad);
  if (
    entry.takes.some((currency) => artifact.currencies[currency] === undefined) ||
    !ascends(entry.takes, (a, b) => a - b)
  )
    bad('takes currencies that are not declared or not sorted');
  const texts = [...entry.access.permissions, ...entry.access.reputation.map(({ context }) => context)];
  if (!texts.every((text) => text !== '' && isText(text, LIMITS.nameBytes)))
    bad('names a permission or context badly');
  if (!Number.isSafeInteger(entry.gasMax) || entry.gasMax < 0) bad('states no gas bound');
}

function checkInterface(artifact: Artifact, { name, methods }: Interface, report: Report): void {
  const bad = (message: string) => report('BadInterface', `interface ${name} ${message}`);
  checkNames(`method of ${name}`, methods, report);
  if (methods.length > LIMITS.entries) bad(`has more than ${LIMITS.entries} methods`);
  for (const method of methods) {
    if (!checkFields(artifact, method.params) || !isValueType(artifact, method.result, LIMITS.typeDepth))
      bad(`has in ${method.name} a parameter or result that no value fits, or two parameters of one name`);
    else if (
      Math.max(wordsOfFields(method.params).length, wordsOf(method.result).length) > LIMITS.signatureWords
    )
      bad(`has in ${method.name} more than ${LIMITS.signatureWords} words`);
    if (!Number.isSafeInteger(method.gasMax) || method.gasMax <= 0 || method.gasMax > LIMITS.gasBound)
      bad(`states no gas for ${method.name}`);
    if (!method.clauses.every((clause) => isText(clause, LIMITS.docBytes)))
      bad(`has in ${method.name} a clause of more than ${LIMITS.docBytes} bytes`);
  }
}

/** What is offered is there: an entry point for each method, of its types, within its gas, open to contracts. */
function checkOffer(artifact: Artifact, index: number, report: Report): void {
  const offered = artifact.interfaces[index];
  if (offered === undefined) {
    report('BadInterface', `there is no interface ${index} to implement`);
    return;
  }
  for (const method of offered.methods) {
    const entry = artifact.entries.find(({ name }) => name === method.name);
    const wrong = entry === undefined ? 'is missing' : misfit(method, entry);
    if (wrong !== null) report('BadInterface', `${method.name} of the interface ${offered.name} ${wrong}`);
  }
}

function misfit(method: Method, entry: Entry): string | null {
  const sameParams =
    method.params.length === entry.params.length &&
    method.params.every(({ type }, at) => sameType(type, entry.params[at]!.type));
  if (entry.kind !== method.kind) return `is a ${method.kind}, not a ${entry.kind}`;
  if (!sameParams || !sameType(method.result, entry.result)) return 'has other parameters or another result';
  if (entry.gasMax > method.gasMax)
    return `states at most ${method.gasMax} gas; the contract's may use ${entry.gasMax}`;
  return entry.kind === 'rule' && !entry.access.contracts ? 'does not admit contracts' : null;
}

function checkCall(artifact: Artifact, call: OutgoingCall, report: Report): void {
  const method = artifact.interfaces[call.interface]?.methods[call.method];
  const bad = (message: string) => report('BadInterface', message);
  if (method === undefined) {
    bad(`there is no method ${call.method} of interface ${call.interface} to call`);
    return;
  }
  if (
    !ascends(call.spends, (a, b) => a - b) ||
    call.spends.some((at) => artifact.currencies[at] === undefined)
  )
    bad(`a call of ${method.name} spends currencies that are not declared or not sorted`);
  if (method.kind === 'view' && call.spends.length > 0) bad(`a call of the view ${method.name} spends`);
}

/** A hook runs every so often and is told how many periods went by; nobody calls it, and it gives nothing back. */
function checkSchedule(entry: Entry, bad: (message: string) => void): void {
  const { kind, everySeconds, params, result } = entry;
  if (kind !== 'hook') {
    if (everySeconds !== 0) bad('has a schedule, and is no hook');
    return;
  }
  if (everySeconds < LIMITS.hookSecondsMin || everySeconds > LIMITS.hookSecondsMax)
    bad(`runs every ${everySeconds} seconds, not every ${LIMITS.hookSecondsMin} to ${LIMITS.hookSecondsMax}`);
  if (params.length !== 1 || params[0]?.type.kind !== 'Int' || result.kind !== 'Unit')
    bad('takes anything but how many periods went by, or gives something back');
  if (entry.takes.length > 0) bad('takes from a caller, and has none');
  if (entry.gasMax > LIMITS.hookGas) bad(`may use ${entry.gasMax} gas, more than ${LIMITS.hookGas}`);
}

function checkFields(artifact: Artifact, fields: readonly AbiField[]): boolean {
  const names = new Set(fields.map(({ name }) => name));
  return (
    names.size === fields.length && fields.every(({ type }) => isValueType(artifact, type, LIMITS.typeDepth))
  );
}

function isValueType(artifact: Artifact, type: AbiType, depth: number): boolean {
  if (depth === 0) return false;
  if (type.kind === 'Map' || type.kind === 'Set') return false;
  if (type.kind === 'Amount') return artifact.currencies[type.currency] !== undefined;
  if (type.kind === 'Tuple') return type.items.every((item) => isValueType(artifact, item, depth - 1));
  if (type.kind === 'Option') return isValueType(artifact, type.item, depth - 1);
  if (type.kind === 'List')
    return isValueType(artifact, type.item, depth - 1) && wordsOf(type).every((word) => isWordType(word));
  if (type.kind === 'Struct') return areFields(artifact, type.fields, depth);
  if (type.kind !== 'Enum') return true;
  const names = new Set(type.variants.map(({ name }) => name));
  return (
    names.size > 0 &&
    names.size === type.variants.length &&
    type.variants.every(({ fields }) => areFields(artifact, fields, depth))
  );
}

function areFields(artifact: Artifact, fields: readonly AbiField[], depth: number): boolean {
  const names = new Set(fields.map(({ name }) => name));
  return (
    names.size === fields.length && fields.every((field) => isValueType(artifact, field.type, depth - 1))
  );
}

// ---- uses and bounds

/** Capabilities cover the host opcodes, views do not write, `Halt` stands only under entry points without result. */
function checkUses(
  artifact: Artifact,
  structures: readonly Structure[],
  order: readonly number[],
  report: Report,
): void {
  const declared = new Set(artifact.capabilities.flatMap(impliedBy));
  artifact.functions.forEach((fn, index) => {
    const asked = structures[index]!.rows.filter(({ host }) => host !== undefined);
    const needed = new Set(asked.map(({ host }) => host?.capability ?? null));
    for (const capability of needed)
      if (capability !== null && !declared.has(capability))
        report(
          'MissingCapability',
          `${fn.name} needs the capability ${capability}, which is not declared`,
          index,
        );
  });
  const writes = spread(artifact, order, (instruction, at, index) =>
    changesState(artifact, instruction, structures[index]!.rows[at]!),
  );
  const halts = spread(artifact, order, ({ op }) => op === 'Halt');
  for (const { kind, name, function: fn, result } of artifact.entries) {
    if (kind === 'view' && writes[fn]) report('ViewWrites', `the view ${name} writes`, fn);
    if (wordsOf(result).length > 0 && halts[fn])
      report('HaltWithResult', `${name} has a result and reaches Halt`, fn);
  }
}

function changesState(artifact: Artifact, { op, operands }: Instruction, { writes }: OpRow): boolean {
  if (op === 'CallContract') return methodOf(artifact, Number(operands[0]))?.kind === 'rule';
  return writes === true;
}

/** To write includes to read. */
function impliedBy(capability: string): readonly string[] {
  return capability.endsWith('.write')
    ? [capability, `${capability.slice(0, -'.write'.length)}.read`]
    : [capability];
}

function checkSizes(
  artifact: Artifact,
  typings: readonly Typing[],
  order: readonly number[],
  report: Report,
) {
  const words: number[] = [];
  const depths: number[] = [];
  for (const index of order) {
    const fn = artifact.functions[index] as FunctionCode;
    const callees = calleesOf(fn);
    const most = (sizes: readonly number[]) =>
      callees.reduce((max, callee) => Math.max(max, sizes[callee] ?? 0), 0);
    words[index] = fn.locals.length + (typings[index]?.heightMax ?? 0) + most(words);
    depths[index] = 1 + most(depths);
  }
  const sizes = { stackWords: Math.max(0, ...words), callDepth: Math.max(0, ...depths) };
  if (sizes.stackWords > LIMITS.stackWords)
    report('Limit', `an execution may need ${sizes.stackWords} words of stack; at most ${LIMITS.stackWords}`);
  if (sizes.callDepth > LIMITS.callDepth)
    report('Limit', `calls may nest ${sizes.callDepth} deep; at most ${LIMITS.callDepth}`);
  return sizes;
}

function checkBounds(
  artifact: Artifact,
  structures: readonly Structure[],
  order: readonly number[],
  report: Report,
): void {
  const boundsOf = (measure: Measure) => measureBounds(artifact, structures, order, measure);
  const gas = boundsOf('gas');
  const interned = boundsOf('interned');
  const internedBytes = boundsOf('internedBytes');
  const limits = [
    ['events', boundsOf('events'), LIMITS.eventsEmitted],
    ['logs', boundsOf('logs'), LIMITS.logs],
  ] as const;
  for (const entry of artifact.entries) {
    const bound = entryGasMax(entry) + (gas[entry.function] ?? 0);
    const over = (what: string) => report('Limit', `${entry.name} ${what}`, entry.function);
    if (bound > LIMITS.gasBound) over(`may use more than ${LIMITS.gasBound} gas`);
    else if (entry.gasMax < bound)
      report(
        'GasBound',
        `${entry.name} states at most ${entry.gasMax} gas and may use ${bound}`,
        entry.function,
      );
    const values =
      ENVIRONMENT_VALUES +
      artifact.constants.length +
      wordsOfFields(entry.params).reduce((sum, type) => sum + valuesIn(type), 0) +
      (interned[entry.function] ?? 0);
    if (values > LIMITS.internedValues)
      over(`may hold ${values} longer values; at most ${LIMITS.internedValues}`);
    const bytes =
      wordsOfFields(entry.params).reduce((sum, type) => sum + longBytes(type), 0) +
      (internedBytes[entry.function] ?? 0);
    if (bytes > LIMITS.internedBytes)
      over(`may hold longer values of ${bytes} bytes; at most ${LIMITS.internedBytes}`);
    for (const [what, bounds, most] of limits) {
      const count = bounds[entry.function] ?? 0;
      if (count > most) over(`may make ${count} ${what}; at most ${most}`);
    }
  }
}

/** Caller, creator, self. */
const ENVIRONMENT_VALUES = 3;

function isText(text: string, most: number): boolean {
  // A character of a string has at most three bytes.
  return text.isWellFormed() && (3 * text.length <= most || utf8(text).length <= most);
}

function sameWords(a: readonly WordType[], b: readonly WordType[]): boolean {
  return a.length === b.length && a.every((type, index) => type === b[index]);
}

function ascends<T>(items: readonly T[], compare: (a: T, b: T) => number): boolean {
  return items.every((item, index) => index === 0 || compare(items[index - 1] as T, item) < 0);
}
