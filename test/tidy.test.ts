/**
 * Holds what `docs/architecture.md` says of the code: who may import whom, who owns which package, what the pure
 * folders must not reach, how long a function may be. Reads imports and functions with a parser, not with patterns.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';
import { sourceFiles } from './sources.ts';

const ROOT = join(import.meta.dirname, '..');

/** Top folder -> the top folders it may import. Tests, benchmarks and the files in the root may import anything. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  vm: [],
  host: ['vm'],
  compiler: ['vm'],
  solver: [],
  testing: ['compiler', 'vm', 'host'],
  debug: ['vm', 'testing'],
  runtime: ['vm', 'host'],
  clientgen: ['vm'],
  lsp: ['compiler', 'vm', 'host', 'testing', 'solver'],
  'vscode-extension': [],
  cli: ['compiler', 'vm', 'host', 'solver', 'testing', 'debug', 'runtime', 'clientgen', 'lsp'],
};

/** Package -> the one folder that may import it; type-only imports of `vscode` belong to the extension. */
const OWNER: Readonly<Record<string, string>> = {
  '@noble/hashes': 'vm',
  '@noble/curves': 'runtime/keys',
  cborg: 'runtime/codec',
  chevrotain: 'compiler/syntax',
  prettier: 'compiler/format',
  'z3-solver': 'solver',
  'fast-check': 'testing',
  lmdb: 'runtime/store',
  fastify: 'runtime/api',
  '@fastify/swagger': 'runtime/api',
  'vscode-languageserver': 'lsp',
  'vscode-languageserver-textdocument': 'lsp',
  'vscode-languageclient': 'vscode-extension',
  vscode: 'vscode-extension',
  esbuild: 'vscode-extension',
  commander: 'cli',
  'smol-toml': 'cli',
};

/** Folders that have no ambient authority: time, randomness, storage and calls come in through an interface. */
const PURE = ['compiler', 'vm', 'host', 'runtime/app', 'runtime/codec', 'runtime/mempool'];
const AMBIENT = ['Date', 'process', 'performance', 'setTimeout', 'setInterval', 'fetch', 'console', 'crypto'];
const AMBIENT_CALLS = [
  'Math.random',
  'localeCompare',
  'toLocaleString',
  'toLocaleLowerCase',
  'toLocaleUpperCase',
];

/** Longest function allowed, in lines; the interpreter loop and the like are listed with their reason. */
const FUNCTION_LINES_MAX = 90;
const LONG_FUNCTIONS: Readonly<Record<string, string>> = {
  'vm/interpreter.ts:runOn': 'the interpreter: one switch, one case an opcode',
};

type Import = { readonly target: string; readonly typeOnly: boolean };
type Source = {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly program: unknown;
};

const SOURCES = sourceFiles(ROOT, '.ts').map(readSource);
const OURS = SOURCES.filter((source) => topFolder(source.path) in MAY_IMPORT);

describe('imports', () => {
  test('a folder imports only the folders that the table allows, through their index', () => {
    const wrong: string[] = [];
    for (const source of OURS)
      for (const { target } of source.imports) wrong.push(...checkFolder(source.path, target));
    expect(wrong).toEqual([]);
  });

  test('a package is imported only by its owner', () => {
    const wrong: string[] = [];
    for (const source of OURS) {
      for (const { target } of source.imports) {
        if (target.startsWith('.') || target.startsWith('node:')) continue;
        const name = packageName(target);
        const owner = OWNER[name];
        if (owner === undefined) wrong.push(`${source.path} imports ${name}, which has no owner`);
        else if (!isInside(source.path, owner))
          wrong.push(`${source.path} imports ${name}, which belongs to ${owner}/`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('every dependency of the product has an owner', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(Object.keys(manifest.dependencies).filter((name) => OWNER[name] === undefined)).toEqual([]);
  });

  test('versions are exact', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const all = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.entries(manifest[kind] ?? {}),
    );
    expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe('purity', () => {
  test('pure folders import no Node module', () => {
    const wrong = pureSources().flatMap((source) =>
      source.imports
        .filter(({ target }) => target.startsWith('node:'))
        .map(({ target }) => `${source.path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  test('pure folders reach no clock, randomness, locale or process', () => {
    const wrong: string[] = [];
    for (const source of pureSources())
      for (const name of ambientUses(source.program)) wrong.push(`${source.path} uses ${name}`);
    expect(wrong).toEqual([]);
  });
});

describe('shape', () => {
  test(`a function has at most ${FUNCTION_LINES_MAX} lines`, () => {
    const wrong: string[] = [];
    for (const source of OURS) {
      for (const { name, lines } of functionsOf(source)) {
        if (lines > FUNCTION_LINES_MAX && !(`${source.path}:${name}` in LONG_FUNCTIONS))
          wrong.push(`${source.path}: ${name} has ${lines} lines`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('no class inherits from a class of ours', () => {
    const wrong = OURS.flatMap((source) =>
      nodesOf(source.program, 'ClassDeclaration')
        .filter((node) => node['superClass'] !== null)
        .map((node) => `${source.path}: ${JSON.stringify(node['superClass'])}`),
    );
    // The parser generator asks for a subclass: the cursor, and the grammar on it; Error for its own.
    expect(wrong.filter((line) => !/EmbeddedActionsParser|"Cursor"|"Error"/.test(line))).toEqual([]);
  });

  test('file names are lowercase nouns', () => {
    const wrong = SOURCES.map((source) => source.path).filter(
      (path) =>
        /[A-Z_]/.test(path.replace(/README|LICENSE/, '')) ||
        /(^|\/)(utils?|helpers?|common|manager)\b/.test(path),
    );
    expect(wrong).toEqual([]);
  });

  test('every source begins by saying what it is', () => {
    const wrong = OURS.filter((source) => !/^(#!.*\n)?\/(\*\*|\/)/.test(source.text)).map(
      (source) => source.path,
    );
    expect(wrong).toEqual([]);
  });

  test('nothing is left to do or skipped', () => {
    const left = ['TO', 'FIX', 'XX'].map((word, index) => word + ['DO', 'ME', 'X'][index]);
    const wrong = SOURCES.filter(
      (source) =>
        left.some((word) => new RegExp(`\\b${word}\\b`).test(source.text)) ||
        /\b(test|it|describe)\.(skip|todo|only)\b/.test(source.text),
    );
    expect(wrong.map((source) => source.path).filter((path) => path !== 'test/tidy.test.ts')).toEqual([]);
  });
});

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const parsed = parseSync(path, text);
  if (parsed.errors.length > 0) throw new Error(`${path} does not parse: ${parsed.errors[0]?.message}`);
  return { path, text, imports: importsOf(parsed.program), program: parsed.program };
}

type JsNode = {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
};

/** All nodes below `root`, depth first. */
function* walk(root: unknown): Generator<JsNode> {
  if (Array.isArray(root)) {
    for (const item of root) yield* walk(item);
  } else if (root !== null && typeof root === 'object') {
    if (typeof (root as JsNode).type === 'string') yield root as JsNode;
    for (const value of Object.values(root))
      if (value !== null && typeof value === 'object') yield* walk(value);
  }
}

function nodesOf(program: unknown, ...types: string[]): JsNode[] {
  return [...walk(program)].filter((node) => types.includes(node.type));
}

function importsOf(program: unknown): Import[] {
  const found: Import[] = [];
  for (const node of nodesOf(
    program,
    'ImportDeclaration',
    'ExportNamedDeclaration',
    'ExportAllDeclaration',
    'ImportExpression',
  )) {
    const source = node['source'] as { value?: unknown } | null;
    if (typeof source?.value !== 'string') continue;
    found.push({
      target: source.value,
      typeOnly: node['importKind'] === 'type' || node['exportKind'] === 'type',
    });
  }
  return found;
}

function checkFolder(path: string, target: string): string[] {
  if (!target.startsWith('.')) return [];
  const reached = relative(ROOT, resolve(ROOT, dirname(path), target));
  const [from, to] = [topFolder(path), topFolder(reached)];
  if (from === to) return [];
  if (!(MAY_IMPORT[from] ?? []).includes(to))
    return [`${path} imports ${reached}: ${from}/ may not import ${to}/`];
  return reached === `${to}/index.ts`
    ? []
    : [`${path} imports ${reached}: only ${to}/index.ts is importable from outside`];
}

function ambientUses(program: unknown): string[] {
  const found = new Set<string>();
  const properties = new Set<unknown>();
  for (const node of walk(program)) {
    if (node.type === 'MemberExpression') {
      const name = (node['property'] as { name?: string }).name ?? '';
      const object = (node['object'] as { name?: string }).name ?? '';
      if (AMBIENT_CALLS.includes(`${object}.${name}`) || AMBIENT_CALLS.includes(name))
        found.add(`${object}.${name}`);
      if (node['computed'] !== true) properties.add(node['property']);
    }
    if (node.type === 'Property' && node['computed'] !== true && node['shorthand'] !== true)
      properties.add(node['key']);
    if (node.type === 'Identifier' && AMBIENT.includes(String(node['name'])) && !properties.has(node))
      found.add(String(node['name']));
  }
  return [...found];
}

function functionsOf(source: Source): { name: string; lines: number }[] {
  const found: { name: string; lines: number }[] = [];
  for (const node of nodesOf(
    source.program,
    'FunctionDeclaration',
    'FunctionExpression',
    'ArrowFunctionExpression',
  )) {
    const name = (node['id'] as { name?: string } | null)?.name ?? '(anonymous)';
    found.push({ name, lines: source.text.slice(node.start, node.end).split('\n').length });
  }
  return found;
}

function pureSources(): Source[] {
  return OURS.filter((source) => PURE.some((folder) => isInside(source.path, folder)));
}

function topFolder(path: string): string {
  return path.split('/')[0] ?? '';
}

function isInside(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`);
}

function packageName(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}
