/** An artifact in, its assembly text out. `assemble` makes the same artifact of it, whatever the artifact holds. */
import type {
  Artifact,
  Constant,
  Entry,
  FunctionCode,
  Instruction,
  Interface,
  Operand,
  OutgoingCall,
} from './artifact.ts';
import { encodeValue, hexOf } from './codec.ts';
import { isListWord } from './list.ts';
import { type OperandKind, rowOf } from './opcodes.ts';
import { targetOf } from './structure.ts';
import { isPlainName } from './tokens.ts';
import type { AbiField, AbiType, Value, WordType } from './value.ts';
import { valueCodec } from './words.ts';

export function disassemble(artifact: Artifact): string {
  const parts = [
    headLines(artifact),
    artifact.constants.map((constant) => `.const ${constantText(constant)}`),
    storageLines(artifact),
    artifact.events.map(({ name, fields }) => `.event ${nameText(name)}${fieldsText(artifact, fields)}`),
    artifact.errors.map(({ name, fields }) => `.error ${nameText(name)}${fieldsText(artifact, fields)}`),
    ...artifact.interfaces.map((one) => interfaceLines(artifact, one)),
    offersLines(artifact),
    artifact.calls.map((call) => callLine(artifact, call)),
    artifact.claims.map((claim) => `.claim 0x${hexOf(claim)}`),
    artifact.marks.map(({ kind, clause }) => `.mark ${kind} ${quote(clause)}`),
    lineageLines(artifact),
    ...artifact.entries.map((entry) => entryLines(artifact, entry)),
    ...artifact.functions.map((fn) => functionLines(artifact, fn)),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

/** One instruction as it stands in the text, without label and position. */
export function instructionText(artifact: Artifact, fn: FunctionCode, { op, operands }: Instruction): string {
  const kinds = rowOf(op).operands;
  return [
    op,
    ...operands.map((operand, at) => operandText(artifact, fn, kinds[at] ?? 'local', operand)),
  ].join(' ');
}

function headLines({ name, meta, capabilities, currencies }: Artifact): string[] {
  const { cpu, memory, network, storage, bandwidth } = meta.impact;
  const impact = [cpu, memory, network, storage, bandwidth];
  const lines = [`.contract ${nameText(name)}`];
  for (const key of ['version', 'purpose', 'doc', 'cooperative'] as const)
    if (meta[key] !== '') lines.push(`.${key} ${quote(meta[key])}`);
  if (meta.dependencies.length > 0) lines.push(`.depends ${meta.dependencies.map(quote).join(' ')}`);
  if (impact.some((value) => value !== 0)) lines.push(`.impact ${impact.join(' ')}`);
  if (capabilities.length > 0) lines.push(`.uses ${capabilities.map(nameText).join(' ')}`);
  return [
    ...lines,
    ...currencies.map((one) => `.currency ${nameText(one.name)} ${one.decimals} ${one.kind}`),
  ];
}

function storageLines(artifact: Artifact): string[] {
  return artifact.storage.map(({ name, keys, fields, type }) => {
    const shape = `.slot ${nameText(name)} (${keys.join(' ')}) (${fields.join(' ')})`;
    return type === null ? shape : `${shape} ${typeText(artifact, type)}`;
  });
}

function interfaceLines(artifact: Artifact, { name, methods }: Interface): string[] {
  const lines = [`.interface ${nameText(name)}`];
  for (const method of methods) {
    const head = `${method.kind} ${nameText(method.name)}${fieldsText(artifact, method.params)}`;
    lines.push(`  .method ${head} -> ${typeText(artifact, method.result)} gas ${method.gasMax}`);
    for (const clause of method.clauses) lines.push(`    .clause ${quote(clause)}`);
  }
  return lines;
}

function offersLines(artifact: Artifact): string[] {
  const names = artifact.offers.map((index) => refText(artifact.interfaces, index));
  return names.length === 0 ? [] : [`.offers ${names.join(' ')}`];
}

function lineageLines(artifact: Artifact): string[] {
  const { upgradable, predecessor } = artifact.lineage;
  const own = upgradable === null ? [] : [`.upgradable 0x${hexOf(upgradable)}`];
  if (predecessor === null) return own;
  const { version, source, gone } = predecessor;
  const slots = gone.map((index) => refText(artifact.storage, index));
  return [...own, ['.follows', quote(version), `0x${hexOf(source)}`, ...slots].join(' ')];
}

/** Calls are numbered, as nothing names them. */
function callLine(artifact: Artifact, { interface: at, method, spends }: OutgoingCall): string {
  const methods = artifact.interfaces[at]?.methods ?? [];
  const what = `${refText(artifact.interfaces, at)} ${refText(methods, method)}`;
  return [`.call ${what}`, ...spends.map((currency) => refText(artifact.currencies, currency))].join(' ');
}

function entryLines(artifact: Artifact, entry: Entry): string[] {
  const { access } = entry;
  const head = `.${entry.kind} ${nameText(entry.name)}${fieldsText(artifact, entry.params)}`;
  const lines = [
    `${head} -> ${typeText(artifact, entry.result)} = ${refText(artifact.functions, entry.function)}`,
  ];
  if (entry.doc !== '') lines.push(`  .doc ${quote(entry.doc)}`);
  for (const { context, score } of access.reputation)
    lines.push(`  .reputation ${nameText(context)} ${score}`);
  if (entry.everySeconds > 0) lines.push(`  .every ${entry.everySeconds}`);
  for (const permission of access.permissions) lines.push(`  .permission ${nameText(permission)}`);
  if (access.contracts) lines.push('  .contracts');
  if (entry.open) lines.push('  .open');
  if (entry.takes.length > 0)
    lines.push(`  .takes ${entry.takes.map((index) => refText(artifact.currencies, index)).join(' ')}`);
  for (const spec of entry.specs) lines.push(`  .spec ${quote(spec)}`);
  return [...lines, `  .gas ${entry.gasMax}`];
}

function functionLines(artifact: Artifact, fn: FunctionCode): string[] {
  const own = fn.locals.slice(fn.params.length);
  const head = `.function ${nameText(fn.name)} (${fn.params.join(' ')}) -> (${fn.results.join(' ')})`;
  const targets = new Set(fn.code.map(targetOf));
  const lines = fn.code.map((instruction, at) => {
    const position = fn.positions[at];
    const source = position === undefined ? '' : ` @${position.start}-${position.end}`;
    const label = targets.has(at) ? `L${at}:\n` : '';
    return `${label}  ${instructionText(artifact, fn, instruction)}${source}`;
  });
  return [own.length === 0 ? head : `${head} locals (${own.join(' ')})`, ...lines];
}

function operandText(artifact: Artifact, fn: FunctionCode, kind: OperandKind, operand: Operand): string {
  const index = Number(operand);
  switch (kind) {
    case 'bit':
      return index === 1 ? 'true' : index === 0 ? 'false' : String(operand);
    case 'constant':
    case 'text':
      return constantRef(artifact, index);
    case 'target':
      return index < fn.code.length ? `L${index}` : `#${index}`;
    case 'function':
      return refText(artifact.functions, index);
    case 'slot':
      return refText(artifact.storage, index);
    case 'event':
      return refText(artifact.events, index);
    case 'error':
      return refText(artifact.errors, index);
    case 'currency':
      return refText(artifact.currencies, index);
    case 'interface':
      return refText(artifact.interfaces, index);
    case 'call':
      return `#${index}`;
    default:
      return String(operand);
  }
}

/** The constant itself where it is the first of its kind, else its index. */
function constantRef({ constants }: Artifact, index: number): string {
  const text = constants[index] === undefined ? null : constantText(constants[index]);
  return text !== null && constants.findIndex((one) => constantText(one) === text) === index
    ? text
    : `#${index}`;
}

/** `"text"`, or the type in front of the quotes: `did"…"`, `hash"00ff…"`, `int"42"`. */
export function constantText({ type, value }: Constant): string {
  return type === 'text' ? quote(value as string) : `${type}${quote(contentText(type, value))}`;
}

/** Lists in their binary form. */
function contentText(type: WordType, value: Value): string {
  if (isListWord(type)) return hexOf(encodeValue(valueCodec(type), value));
  return value instanceof Uint8Array ? hexOf(value) : String(value);
}

/** The name where it leads to this index, else the index. */
function refText(named: readonly { readonly name: string }[], index: number): string {
  const name = named[index]?.name;
  return name !== undefined && named.findIndex((one) => one.name === name) === index
    ? nameText(name)
    : `#${index}`;
}

function fieldsText(artifact: Artifact, fields: readonly AbiField[]): string {
  return `(${fields.map(({ name, type }) => `${nameText(name)}: ${typeText(artifact, type)}`).join(', ')})`;
}

function typeText(artifact: Artifact, type: AbiType): string {
  switch (type.kind) {
    case 'Amount':
      return `Amount<${refText(artifact.currencies, type.currency)}>`;
    case 'Struct': {
      const fields = type.fields.map((field) => `${nameText(field.name)}: ${typeText(artifact, field.type)}`);
      return `Struct ${nameText(type.name)} {${fields.join(', ')}}`;
    }
    case 'Tuple':
      return `(${type.items.map((item) => typeText(artifact, item)).join(', ')})`;
    case 'Enum': {
      const variants = type.variants.map(
        ({ name, fields }) => `${nameText(name)} ${fieldsText(artifact, fields)}`,
      );
      return `Enum ${nameText(type.name)} {${variants.join(', ')}}`;
    }
    case 'Option':
      return `Option<${typeText(artifact, type.item)}>`;
    case 'Map':
      return `Map<${typeText(artifact, type.key)}, ${typeText(artifact, type.value)}>`;
    case 'List':
    case 'Set':
      return `${type.kind}<${typeText(artifact, type.item)}, ${type.capacity}>`;
    default:
      return type.kind;
  }
}

function nameText(name: string): string {
  return isPlainName(name) ? name : quote(name);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
