/** The program `prettier` with the plugin gives what `ccl fmt` gives, whatever it is set to. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { format } from '../../compiler/format/format.ts';
import { fixtures } from '../harness.ts';

const ROOT = join(import.meta.dirname, '../..');
const PRETTIER = join(ROOT, 'node_modules/prettier/bin/prettier.cjs');
const PLUGIN = join(ROOT, 'compiler/format/prettier.ts');

async function prettier(folder: string, ...words: string[]) {
  return promisify(execFile)(process.execPath, [PRETTIER, '--plugin', PLUGIN, ...words], { cwd: folder });
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'ccl prettier '));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

test('prettier and ccl fmt write the same', async () => {
  const at = await folder();
  const texts = fixtures('format', '.ccl');
  for (const { name, text } of texts) await writeFile(join(at, name), text);
  await writeFile(join(at, '.prettierrc'), '{ "printWidth": 40, "tabWidth": 8, "useTabs": true }');
  await prettier(at, '--write', '.');
  for (const { name, text } of texts)
    expect(await format(text, { file: name })).toEqual({
      ok: true,
      text: await readFile(join(at, name), 'utf8'),
    });
  await prettier(at, '--check', '*.ccl');
}, 60_000);

test('what is not CCL is said with its place, and left as it is', async () => {
  const at = await folder();
  const text = 'contract C {\n  state { n Int; }\n}\n';
  await writeFile(join(at, 'a.ccl'), text);
  await expect(prettier(at, '--write', 'a.ccl')).rejects.toMatchObject({
    stderr: expect.stringMatching(/E0104: I expected `:` and a type[\s\S]*> 2 \| {3}state \{ n Int; \}/),
  });
  expect(await readFile(join(at, 'a.ccl'), 'utf8')).toBe(text);
}, 60_000);
