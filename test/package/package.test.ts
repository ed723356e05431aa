/** The built package as a user gets it: packed, installed into an empty folder, and used there. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMessageConnection, type InitializeResult } from 'vscode-languageserver-protocol/node';

const ROOT = join(import.meta.dirname, '..', '..');
const NPM = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ccl package '));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, join(ROOT, 'dist')], {
    cwd: folder,
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  mkdirSync(join(folder, 'user'));
  writeFileSync(join(folder, 'user', 'package.json'), '{"private":true}');
  execFileSync('npm', ['install', ...NPM, join(folder, tarball ?? 'no tarball')], {
    cwd: join(folder, 'user'),
  });
  cpSync(join(ROOT, 'examples', 'timebank', 'TimeBank.ccl'), join(folder, 'user', 'TimeBank.ccl'));
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function main(): string {
  return join(folder, 'user', 'node_modules', 'ccl', 'cli', 'main.js');
}

function ccl(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main(), ...args], {
    cwd: join(folder, 'user'),
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('it installs its command', () => {
  expect(readdirSync(join(folder, 'user', 'node_modules', '.bin'))).toContain('ccl');
});

test('it verifies with the solver in its worker threads, and builds', () => {
  const verified = ccl(['verify', 'TimeBank.ccl', '--json']);
  expect(verified.stderr).toBe('');
  const rows = JSON.parse(verified.stdout) as { answer: string; kind: string }[];
  expect(rows.filter((row) => row.kind === 'invariant').map((row) => row.answer)).toContain('proved');
  expect(ccl(['build', 'TimeBank.ccl', '-o', 'TimeBank.ccb'])).toMatchObject({ status: 0 });
  expect(ccl(['disasm', 'TimeBank.ccb']).stdout).toContain('Transfer');
});

test('its language server answers over stdio', async () => {
  const child = spawn(process.execPath, [main(), 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createMessageConnection(child.stdout, child.stdin);
  connection.listen();
  const answer = await connection.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: {},
  });
  expect(answer.capabilities).toMatchObject({ hoverProvider: true });
  await connection.sendRequest('shutdown');
  const ended = once(child, 'exit');
  await connection.sendNotification('exit');
  expect(await ended).toEqual([0, null]);
  connection.dispose();
});
