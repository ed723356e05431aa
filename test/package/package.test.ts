/** The built package as a user gets it: packed, installed into an empty folder, and used there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { URI } from '../lsp/client.ts';
import { startProving } from '../lsp/proving.ts';

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

test('its language server answers over stdio, and proves', async () => {
  const client = await startProving({
    program: main(),
    arguments: ['lsp', '--stdio'],
    environment: { CCL_CACHE: join(folder, 'cache') },
  });
  const text = readFileSync(join(folder, 'user', 'TimeBank.ccl'), 'utf8');
  expect(await client.open(URI, text)).toEqual([]);
  const codes = (await client.verdict(URI, 1)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['W0506']));
  expect(await client.stop()).toBe(0);
});
