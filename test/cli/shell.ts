/** Runs the real `./ccl` as a person does: words, a folder, perhaps input; exit code and both streams come back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const ROOT = join(import.meta.dirname, '..', '..');
export const CCL = join(ROOT, 'ccl');

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };
export type Setting = {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly program?: string;
};

/** `code` is null when a signal ended it. */
export function ccl(words: readonly string[], setting: Setting = {}): Promise<Ran> {
  const child = spawn(setting.program ?? CCL, [...words], {
    cwd: setting.cwd ?? ROOT,
    env: { ...plainEnvironment(), CCL_CACHE: join(tmpdir(), 'ccl-test-cache'), ...setting.env },
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(setting.input ?? '');
  return ended(child);
}

/** Ours, without what the test runner's own says of colours: Node warns where two of them disagree. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...plain } = process.env;
  return plain;
}

export function ended(child: ChildProcess): Promise<Ran> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (data: Buffer) => {
    out += data.toString();
  });
  child.stderr?.on('data', (data: Buffer) => {
    err += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

/** Waits until a process has written a text, on either stream, from now on. */
export function heard(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout!, child.stderr!]) {
      let all = '';
      stream.on('data', (data: Buffer) => {
        all += data.toString();
        if (all.includes(text)) resolve();
      });
    }
  });
}

/** A folder with a blank in its name, which goes when the test is over. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'ccl test '));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A running node: where it listens, and how to end it. */
export type Running = { readonly url: string; readonly stop: (signal: NodeJS.Signals) => Promise<Ran> };

export async function startNode(directory: string, words: readonly string[] = ['--dev']): Promise<Running> {
  const child = spawn(CCL, ['node', 'start', directory, '--port', '0', '--json', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const end = ended(child);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const line = await firstLine(child);
  const { url } = JSON.parse(line) as { readonly url: string };
  return {
    url,
    stop: (signal) => {
      child.kill(signal);
      return end;
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (data: Buffer) => {
      text += data.toString();
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) => reject(new Error(`ended with ${code} and said ${JSON.stringify(text)}`)));
  });
}
