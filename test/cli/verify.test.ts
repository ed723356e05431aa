/** `ccl verify --watch` as a person runs it; what else is proved stands in `work.test.ts` and `inquiry.test.ts`. */
import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CCL, ccl, ended, folder, heard } from './shell.ts';

const LIMIT = 'const LIMIT: Int = 1_000;\n';
const POT = `use "./limit.ccl".{ LIMIT };
contract Pot {
  state { total: Int; }
  invariant small: total <= LIMIT;
  rule add(n: Int) requires n >= 0 && n <= 1_000 && total <= LIMIT - n { total += n; }
}
`;

test('--watch proves again when the file changes, or one that it uses, and Ctrl-C ends it', async () => {
  const cwd = await folder();
  const write = (name: string, text: string) => writeFile(join(cwd, name), text);
  await write('limit.ccl', LIMIT);
  await write('Pot.ccl', POT);
  const child = spawn(CCL, ['verify', 'Pot.ccl', '--watch'], { cwd });
  const done = ended(child);
  const after = async (change: () => Promise<void>) => {
    const waits = heard(child, 'waiting for changes');
    await change();
    await waits;
  };
  await after(async () => {});
  await after(() => write('Pot.ccl', POT.replace('total <= LIMIT - n', 'total <= LIMIT')));
  await after(() => write('Pot.ccl', POT.replace('total += n', 'total += m')));
  await after(() => write('Pot.ccl', POT));
  await after(() => rm(join(cwd, 'Pot.ccl')));
  await after(() => write('Pot.ccl', 'const A: Int = 1;\n'));
  await after(() => write('Pot.ccl', POT));
  await after(() => write('limit.ccl', LIMIT.replace('1_000', '-1')));
  child.kill('SIGINT');
  const { code, out, err } = await done;
  expect(code).toBe(130);
  const sums = out.match(/^Pot: .*$/gm);
  expect(sums).toHaveLength(5);
  expect(sums![0]).toMatch(/^Pot: \d+ proved$/);
  expect(sums![1]).toContain('1 refuted');
  expect(err).toContain('`m` is not defined');
  expect(sums![2]).toBe(sums![0]);
  expect(err).toContain('there is nothing at Pot.ccl');
  expect(err).toContain('Pot.ccl holds no contract');
  expect(sums![3]).toBe(sums![0]);
  expect(sums![4]).toContain('refuted');
}, 120_000);

test.each([
  ['--json'],
  ['--emit-test', 'found.ccl'],
  ['--emit-smt2', 'texts'],
  ['--certificate', 'Pot.cert'],
])('--watch does not go together with %s', async (...words) => {
  const { code, err } = await ccl(['verify', 'Pot.ccl', '--watch', ...words], { cwd: await folder() });
  expect(code).toBe(2);
  expect(err).toContain(`--watch and ${words[0]} do not go together`);
});
