/** `ccl doctor`: what CCL needs and what it can use, what of it is there, and what to do about the rest. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { cacheFolder, openSolver, VERSION } from '../solver/index.ts';
import { failureOf } from './failure.ts';
import { STANDARD_LIBRARY } from './modules.ts';
import { PROJECT_FILE, projectAround } from './project.ts';
import { command, type Shell } from './shell.ts';
import { columns, jsonText, type Style } from './terminal.ts';

type Finding = {
  readonly what: string;
  /** `missing` is of something that CCL does without; `broken` of something that it needs. */
  readonly state: 'ok' | 'missing' | 'broken';
  readonly detail: string;
  readonly help: string | null;
};

type Options = { readonly node?: string; readonly json?: true };

const NODE_MAJOR = 24;
const DISK_BYTES_MIN = 1 << 30;

export function declare(shell: Shell): Command {
  return command('doctor', 'Says what is installed, what is missing, and what to do about it.', [
    'ccl doctor',
    'ccl doctor --node chain --json',
  ])
    .option('--node <directory>', "look at a node's directory, too")
    .option('--json', 'print JSON')
    .action((options: Options) => examine(shell, options));
}

async function examine({ terminal, finish }: Shell, options: Options): Promise<void> {
  const findings = [
    { what: 'ccl', state: 'ok', detail: VERSION, help: null } as const,
    nodeVersion(),
    await solver(),
    standardLibrary(),
    cache(),
    project(),
    native('z3'),
    native('cvc5'),
    extension(),
    ...(options.node === undefined ? [] : [nodeFolder(options.node)]),
  ];
  const broken = findings.some(({ state }) => state === 'broken');
  if (options.json) terminal.out(jsonText({ ok: !broken, findings }));
  else {
    const rows = findings.map(({ what, state, detail, help }) => [
      state,
      what,
      help === null ? detail : `${detail}; ${help}`,
    ]);
    const lines = columns(rows).trimEnd().split('\n');
    terminal.out(lines.map((line, at) => `${terminal.paint(STYLES[findings[at]!.state], line)}\n`).join(''));
  }
  finish(broken ? 'environment' : 'fine');
}

const STYLES: Readonly<Record<Finding['state'], Style>> = { ok: 'green', missing: 'yellow', broken: 'red' };

function nodeVersion(): Finding {
  const { node } = process.versions;
  const ok = Number(node.split('.')[0]) >= NODE_MAJOR;
  const help = ok ? null : `install Node ${NODE_MAJOR} or newer: https://nodejs.org`;
  return { what: 'Node', state: ok ? 'ok' : 'broken', detail: node, help };
}

/** Nothing is greater than itself. */
const QUESTION = { text: '(declare-const x Int)\n(assert (> x x))\n', rlimit: 1_000_000, wants: [] };

/** Asked one question that has an answer. */
async function solver(): Promise<Finding> {
  try {
    const opened = await openSolver({ workers: 1 });
    const answer = await opened.solve(QUESTION);
    await opened.close();
    const ok = answer.status === 'unsat';
    return {
      what: 'solver',
      state: ok ? 'ok' : 'broken',
      detail: ok ? opened.build : `answers ${answer.status}`,
      help: ok ? null : 'install ccl again',
    };
  } catch (error) {
    return {
      what: 'solver',
      state: 'broken',
      detail: error instanceof Error ? error.message : String(error),
      help: 'install ccl again',
    };
  }
}

function standardLibrary(): Finding {
  const what = 'standard library';
  if (!existsSync(STANDARD_LIBRARY))
    return { what, state: 'broken', detail: `not at ${STANDARD_LIBRARY}`, help: 'install ccl again' };
  const modules = readdirSync(STANDARD_LIBRARY).filter((name) => name.endsWith('.ccl'));
  return {
    what,
    state: 'ok',
    detail: modules.map((name) => `std.${name.slice(0, -'.ccl'.length)}`).join(', '),
    help: null,
  };
}

function cache(): Finding {
  const folder = cacheFolder();
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return { what: 'cache', state: 'ok', detail: folder, help: null };
  } catch {
    return {
      what: 'cache',
      state: 'missing',
      detail: `${folder} cannot be written`,
      help: 'name another folder with CCL_CACHE; without one every proof is made again',
    };
  }
}

function project(): Finding {
  const what = 'project';
  try {
    const found = projectAround('.');
    if (found !== null) return { what, state: 'ok', detail: `${found.name} in ${found.root}`, help: null };
    return {
      what,
      state: 'missing',
      detail: `no ${PROJECT_FILE} here or above`,
      help: 'ccl new NAME starts one',
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { what, state: 'broken', detail: failure.message, help: failure.help };
  }
}

/** A second opinion for `ccl verify --cross-check`. */
function native(name: 'z3' | 'cvc5'): Finding {
  const { status, stdout } = spawnSync(name, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const [first = ''] = (stdout ?? '').split('\n');
  if (status === 0) return { what: name, state: 'ok', detail: first.trim(), help: null };
  return {
    what: name,
    state: 'missing',
    detail: 'not installed',
    help: `for second opinions on proofs; on Debian: apt-get install ${name}`,
  };
}

function extension(): Finding {
  const what = 'editor extension';
  const folders = ['.vscode', '.vscode-server', '.vscode-oss', '.local/share/code-server'].map((name) =>
    join(homedir(), name, 'extensions'),
  );
  const found = folders
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).filter((name) => /(^|\.)ccl-\d/.test(name)));
  if (found.length > 0) return { what, state: 'ok', detail: found.join(', '), help: null };
  return {
    what,
    state: 'missing',
    detail: 'not found for VS Code or code-server',
    help: 'code --install-extension ccl.vsix',
  };
}

function nodeFolder(folder: string): Finding {
  const what = 'node data';
  const help = '`ccl node init DIRECTORY` makes one';
  if (!existsSync(join(folder, 'genesis.json')))
    return { what, state: 'broken', detail: `${folder} holds no chain`, help };
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    return { what, state: 'broken', detail: `${folder} cannot be written`, help: 'check who owns it' };
  }
  const { bavail, bsize } = statfsSync(folder);
  const free = `${Math.floor((bavail * bsize) / (1 << 20))} MB free`;
  if (bavail * bsize < DISK_BYTES_MIN)
    return {
      what,
      state: 'broken',
      detail: `${folder}: ${free}`,
      help: 'make room: a node stops when the disk is full',
    };
  return { what, state: 'ok', detail: `${folder}, ${free}`, help: '`ccl node check` reads all of it' };
}
