/**
 * Is a state sound? Recomputes the root from the leaves, compares every node of the tree with the stored one, and
 * decodes what stands beside the state. It runs in a process of its own, because a damaged LMDB file can kill the
 * process that reads it: a child that dies is an answer too.
 */
import { fork } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { EMPTY, type Reader } from '../../host/index.ts';
import { updateTree } from '../app/merkle.ts';
import { equalBytes } from '../codec/schema.ts';
import { decodeOutcome, decodeTxRecord } from './record.ts';
import { copyState, type StateView, viewState } from './state.ts';

/** What a sound state says of itself, as hex and decimal. */
export type Tipped = {
  readonly chainId: string;
  readonly height: number;
  readonly appHash: string;
  readonly headerHash: string;
};

export type Inspection =
  | { readonly kind: 'Sound'; readonly tip: Tipped }
  /** No state yet. */
  | { readonly kind: 'Empty' }
  | { readonly kind: 'Damaged'; readonly reason: string };

/** `Hindered`: the system did not let the child look, which says nothing about the state. */
export type Answer = Inspection | { readonly kind: 'Hindered'; readonly reason: string };

/** Asks a child process. `path` is the state's folder; it is not changed, nor made when it is missing. */
export async function inspectState(path: string): Promise<Inspection> {
  return (await hasState(path)) ? await askChild([path]) : { kind: 'Empty' };
}

/**
 * The same for a copy that the child makes in `fresh`, an empty folder. A state can hold damage that no reading finds,
 * in LMDB's list of free pages, and that would spoil it when it is next written; a copy has no such list.
 */
export async function renewState(path: string, fresh: string): Promise<Inspection> {
  return (await hasState(path)) ? await askChild([path, fresh]) : { kind: 'Empty' };
}

/** In this process, for the child. */
export async function inspectHere(path: string, fresh: string | undefined): Promise<Answer> {
  if (fresh === undefined) return await inspectFolder(path);
  try {
    await copyState(path, fresh);
  } catch (error) {
    return judgeCopying(error);
  }
  return await inspectFolder(fresh);
}

/** What the system says when it is short of something, and not the state damaged. LMDB gives its words, and no code. */
const SHORTAGES = [
  'No space left on device',
  'Disk quota exceeded',
  'Permission denied',
  'Operation not permitted',
  'Read-only file system',
  'No such file or directory',
  'File exists',
  'Too many open files',
  'Cannot allocate memory',
];

function judgeCopying(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const short = SHORTAGES.some((words) => message.includes(words));
  return { kind: short ? 'Hindered' : 'Damaged', reason: `it cannot be copied: ${message}` };
}

async function inspectFolder(path: string): Promise<Inspection> {
  const state = viewState(path);
  try {
    return state === null ? { kind: 'Empty' } : inspectTables(state);
  } finally {
    await state?.close();
  }
}

async function hasState(path: string): Promise<boolean> {
  const names = await readdir(path).catch((): string[] => []);
  return names.includes('data.mdb');
}

function askChild(folders: readonly string[]): Promise<Inspection> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const child = fork(new URL(`./inspector.${extension}`, import.meta.url), [...folders], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    let answer: Answer | null = null;
    child.on('message', (message) => {
      answer = message as Answer;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const found = answer ?? judgeEnd(code, signal);
      if (found.kind === 'Hindered') reject(new Error(found.reason));
      else resolve(found);
    });
  });
}

/** What damage does to the process that reads it; any other signal came from outside. */
const DEADLY = ['SIGBUS', 'SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGTRAP'];

function judgeEnd(code: number | null, signal: NodeJS.Signals | null): Answer {
  const reason = `reading it ended the process (${signal ?? `exit code ${code}`})`;
  const fromOutside = signal !== null && !DEADLY.includes(signal);
  return { kind: fromOutside ? 'Hindered' : 'Damaged', reason };
}

function inspectTables(state: StateView): Inspection {
  const tip = state.tip();
  if (tip === null) return { kind: 'Empty' };
  const tree = updateTree(EMPTY, [...changesOf(state.leaves)]);
  if (!equalBytes(tree.root, tip.last.appHash))
    return { kind: 'Damaged', reason: 'its values do not have the root that it was written with' };
  const stored = new Map([...changesOf(state.nodes)].map(({ key, value }) => [key, value]));
  const same =
    stored.size === tree.nodes.length &&
    tree.nodes.every(({ key, value }) => equalBytes(stored.get(key) ?? new Uint8Array(0), value!));
  if (!same) return { kind: 'Damaged', reason: 'its Merkle tree is not that of its values' };
  if (
    countSound(state.results, decodeTxRecord) !== tip.resultCount ||
    countSound(state.outcomes, decodeOutcome) !== tip.outcomeCount
  ) {
    return { kind: 'Damaged', reason: 'the results beside it are not those that were written' };
  }
  return {
    kind: 'Sound',
    tip: {
      chainId: tip.chainId,
      height: Number(tip.last.height),
      appHash: Buffer.from(tip.last.appHash).toString('hex'),
      headerHash: Buffer.from(tip.headerHash).toString('hex'),
    },
  };
}

/** -1 when a record is damaged. */
function countSound(
  records: Reader,
  decodeRecord: (key: string, data: Uint8Array) => { readonly ok: boolean },
): bigint {
  let count = 0n;
  for (const { key, value } of changesOf(records)) {
    if (!decodeRecord(key, value).ok) return -1n;
    count += 1n;
  }
  return count;
}

function* changesOf(reader: Reader): Generator<{ key: string; value: Uint8Array }> {
  for (const key of reader.keys?.('') ?? []) {
    const value = reader.get(key);
    if (value === undefined) throw new Error(`the key ${key} is listed and has no value`);
    yield { key, value };
  }
}
