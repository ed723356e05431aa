/**
 * Native revm, as the node `anvil` runs it: code and data in, result out, over its JSON interface on this machine. Every
 * call pays for that, so only differences between calls say anything about revm.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Evm } from './evm.ts';

export type Anvil = { readonly run: Evm; readonly stop: () => void };

const PROGRAM = join(
  import.meta.dirname,
  '..',
  'node_modules',
  '@foundry-rs',
  `anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`,
  'bin',
  'anvil',
);
const GAS = '0xffffffffffff';

/** Starts a node, or gives null where the package is not installed. */
export async function startAnvil(): Promise<Anvil | null> {
  if (!existsSync(PROGRAM)) return null;
  const child = spawn(
    PROGRAM,
    ['--host', '127.0.0.1', '--port', '0', '--gas-limit', String(2 ** 48), '--accounts', '1'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const url = await addressOf(child);
  const places = new Map<string, string>();
  const run: Evm = async (code, data) => {
    const key = Buffer.from(code).toString('hex');
    let to = places.get(key);
    if (to === undefined) {
      to = `0x${(places.size + 0x10_000).toString(16).padStart(40, '0')}`;
      places.set(key, to);
      await ask(url, 'anvil_setCode', [to, `0x${key}`]);
    }
    const call = { to, data: `0x${Buffer.from(data ?? []).toString('hex')}`, gas: GAS, gasPrice: '0x0' };
    return BigInt((await ask(url, 'eth_call', [call, 'latest'])) as string);
  };
  return { run, stop: () => void child.kill() };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`anvil ended: ${text}`)));
    child.stdout?.on('data', (data: Buffer) => {
      text += data.toString();
      const found = /Listening on (127\.0\.0\.1:[0-9]+)/.exec(text);
      if (found !== null) resolve(`http://${found[1]}`);
    });
  });
}

async function ask(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (error !== undefined) throw new Error(`anvil: ${method}: ${error.message}`);
  return result;
}
