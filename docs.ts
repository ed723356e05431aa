/**
 * `npm run docs`: the pages of `docs/reference/` that derive from the tables of the compiler and the virtual machine. A
 * test holds that they are as the tables say.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandLinePage } from './cli/reference.ts';
import {
  BUILT_INS,
  type BuiltIn,
  DIAGNOSTICS,
  type DiagnosticCode,
  HOST_EVENTS,
  HOST_FUNCTIONS,
  titleOf,
  withoutHoles,
} from './compiler/index.ts';
import {
  GAS,
  GAS_DOCS,
  LIMIT_DOCS,
  LIMITS,
  OP_NAMES,
  OPCODES,
  type OpName,
  rowOf,
  TRAPS,
} from './vm/index.ts';
import type { DynamicOp } from './vm/opcodes.ts';

/** The pages by their paths from the root. */
export async function referencePages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/language.md', languagePage()],
    ['docs/reference/messages.md', messagesPage()],
    ['docs/reference/opcodes.md', opcodesPage()],
    ['docs/reference/gas.md', gasPage()],
    ['docs/reference/traps.md', trapsPage()],
    ['docs/reference/limits.md', limitsPage()],
    ['docs/reference/command-line.md', await commandLinePage()],
  ]);
}

/** What an opcode takes and gives where that depends on its operands or on the stack. */
const EFFECTS: { readonly [op in DynamicOp]: readonly [pops: string, pushes: string] } = {
  PushConst: ['', 'the constant'],
  Pop: ['any', ''],
  Dup: ['any', 'the same, twice'],
  Swap: ['two of any type', 'the same, the other way round'],
  LocalGet: ['', 'the local'],
  LocalSet: ['the local', ''],
  Equal: ['two of one type', 'bool'],
  NotEqual: ['two of one type', 'bool'],
  JumpIf: ['bool or int', ''],
  Call: ['the parameters', 'the results'],
  Return: ['the results', ''],
  Fail: ['the fields', ''],
  CallContract: ['did, arguments, amounts', 'the result'],
  StateGet: ['the key', 'the leaf'],
  StateSet: ['the key, the leaf', ''],
  StateHas: ['the key', 'bool'],
  StateAdd: ['the key', ''],
  StateRemove: ['the key', ''],
  Concat: ['two texts, or bytes', 'the same'],
  Length: ['text, bytes or list', 'int'],
  Hash: ['text, bytes, hash or list', 'hash'],
  At: ['list or bytes, int', 'a word of the element'],
  ListAdd: ['list, the element', 'list'],
  EmitEvent: ['the fields', ''],
};

/** What an opcode that the host does not answer may cost beyond its static gas; names are those of the gas schedule. */
const MORE_GAS: { readonly [op in OpName]?: string } = {
  StateGet: 'keyChunk, coldLoad, chunk of the leaf',
  StateHas: 'keyChunk, coldLoad',
  StateSet: 'keyChunk, coldLoad, firstWrite, chunk of the leaf',
  StateAdd: 'keyChunk, coldLoad, firstWrite',
  StateRemove: 'keyChunk, firstWrite of each leaf',
  Concat: 'chunk of the result',
  Length: 'chunk of the content',
  Hash: 'hashBlock of the content',
  ListAdd: 'listWords of the result',
  EmitEvent: 'eventWord of each word, eventChunk of the content',
  Log: 'chunk of the text',
  CallContract: 'what the callee uses, at most what its interface states',
};

const HEAD = 'This page is generated from the tables of the code by `npm run docs`.';

const KINDS: { readonly [kind in BuiltIn['kind']]: string } = {
  type: 'Types',
  environment: 'What is known of a call',
  function: 'Functions',
  method: 'Methods of collections',
  specification: 'In specifications',
  module: 'Modules',
};

function languagePage(): string {
  const kinds = Object.keys(KINDS) as BuiltIn['kind'][];
  const sections = kinds.flatMap((kind) => {
    const rows = BUILT_INS.filter((row) => row.kind === kind && row.built);
    if (rows.length === 0) return [];
    const lines = rows.map(({ signature, doc }) => [`\`${signature}\``, doc]);
    return ['', `## ${KINDS[kind]}`, '', ...table(['', ''], lines)];
  });
  const host = HOST_FUNCTIONS.map(({ name, params, result, capability, reverts, doc }) => [
    `\`${name}(${params.map((param) => `${param.name}: ${param.type}`).join(', ')})${result === 'Unit' ? '' : ` -> ${result}`}\``,
    `\`${capability}\``,
    reverts ?? 'never',
    doc,
  ]);
  const events = HOST_EVENTS.map(({ signature, module, built, doc }) => [
    `\`${signature}\``,
    `\`${module}\``,
    built ? 'yes' : 'not in this version',
    doc,
  ]);
  return page('Built-ins', [
    'The names that the language itself gives a meaning. [The book](../book/README.md) explains them in their places.',
    ...sections,
    '',
    '## What a contract asks of the world',
    '',
    'A contract declares the capability with `uses`; `.write` includes `.read`.',
    '',
    ...table(['function', 'capability', 'reverts when', ''], host),
    '',
    '## What a contract waits for',
    '',
    'Hooks wait for these events, with `on Event(…) gas n { … }`, or are run by the clock, with `on every 30d gas n { … }`.',
    '',
    ...table(['event', 'module', 'built', ''], events),
  ]);
}

/** From here on an example needs the prover, the importer or the code generator to show its message. */
const BEYOND_CHECKING = 'E05';

function messagesPage(): string {
  const codes = Object.keys(DIAGNOSTICS) as DiagnosticCode[];
  const byNumber = codes.sort((a, b) => (a.slice(1) < b.slice(1) ? -1 : 1));
  return page('Messages', [
    'Every message of the compiler, with an example that shows it. `ccl explain E0302` prints the same.',
    ...byNumber.flatMap(messageLines),
  ]);
}

function messageLines(code: DiagnosticCode): string[] {
  const row: { readonly help: string | null; readonly explanation: string; readonly example: string } =
    DIAGNOSTICS[code];
  // What another file says is not on the page.
  const alone = !row.example.startsWith('use ');
  const checked = alone && (code.slice(1) < BEYOND_CHECKING.slice(1) || code.startsWith('E09'));
  const example =
    row.example === '' ? [] : ['', checked ? `\`\`\`ccl ${code}` : '```', row.example.trimEnd(), '```'];
  const help = row.help === null ? [] : ['', `*What to do:* ${withoutHoles(row.help)}.`];
  return ['', `## ${code}: ${titleOf(code)}`, '', row.explanation, ...help, ...example];
}

function opcodesPage(): string {
  const rows = OP_NAMES.map((op) => {
    const row = rowOf(op);
    const [pops, pushes] =
      row.stack === 'dynamic'
        ? EFFECTS[op as DynamicOp]
        : [row.stack.pops.join(' '), row.stack.pushes.join(' ')];
    const more = row.host === undefined ? MORE_GAS[op] : `at most ${numberText(row.host.gasMax)} by the host`;
    const gas = more === undefined ? String(row.gas) : `${row.gas}, and ${more}`;
    const code = `\`${OPCODES[op].code.toString(16).padStart(2, '0')}\``;
    const effect = `${pops} → ${pushes}`.trim();
    return [`\`${op}\``, code, row.operands.join(' '), effect, gas, row.host?.capability ?? '', row.doc];
  });
  return page('Opcodes', [
    'Words on the stack have types: `int` (64 bits, signed), `bool`, and handles of longer values: `text`, `bytes`, `did`, `hash`, `id`, lists. The stack effect is what is popped, left to right as it was pushed, and what is pushed. Gas is charged with the basic block; what stands behind it is charged at the opcode ([gas](gas.md)). An opcode with a capability is answered by the host, and the artifact must declare that capability; `.write` includes `.read`.',
    '',
    ...table(['name', 'code', 'operands', 'stack', 'gas', 'capability', ''], rows),
  ]);
}

function gasPage(): string {
  const rows = (Object.keys(GAS) as (keyof typeof GAS)[])
    .filter((name) => name !== 'version')
    .map((name) => [`\`${name}\``, numberText(GAS[name]), GAS_DOCS[name]]);
  return page(`Gas, version ${GAS.version}`, [
    'One unit is about what a simple opcode takes on the interpreter. The static gas of all opcodes of a basic block is charged when the block is entered ([opcodes](opcodes.md)); the costs here are charged where their sizes are known. `npm run -s bench -- gas` measures how gas relates to time.',
    '',
    ...table(['cost', 'gas', 'for'], rows),
  ]);
}

function trapsPage(): string {
  const rows = Object.entries(TRAPS).map(([kind, text]) => [`\`${kind}\``, text]);
  return page('Traps', [
    'Every way an execution can fail. A trap undoes everything that the execution did; the gas is kept.',
    '',
    ...table(['trap', 'when'], rows),
  ]);
}

function limitsPage(): string {
  const rows = (Object.keys(LIMITS) as (keyof typeof LIMITS)[]).map((name) => [
    `\`${name}\``,
    numberText(LIMITS[name]),
    LIMIT_DOCS[name],
  ]);
  return page('Limits of the virtual machine', [
    'Counts, unless the name says bytes, seconds or gas. Decoding, validation and execution each refuse what passes one.',
    '',
    ...table(['limit', 'most', 'of'], rows),
  ]);
}

function page(title: string, lines: readonly string[]): string {
  return `${[`# ${title}`, '', HEAD, '', ...lines].join('\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

/** Digits in groups of three. */
function numberText(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

if (import.meta.main)
  for (const [path, text] of await referencePages()) {
    const file = join(import.meta.dirname, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(path);
  }
