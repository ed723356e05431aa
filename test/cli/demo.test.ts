/** The demonstration, as `npm run demo` runs it: every step, in order, and nothing left behind. */
import { spawn } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, folder, ROOT } from './shell.ts';

const STEPS = [
  /^imported .*\.ccl\.json to CCL source, with \d+ decisions/,
  /^verified \w+: the stranger check refutes `\w+` by itself/,
  /^proved and built InfrastructureCredit: \d+ obligations hold, no stranger can take anything/,
  /^proved and built TimeBank: \d+ obligations hold, no stranger can take anything/,
  /^started an embedded node for alice, bob, carol/,
  /^deployed TimeBank: recompiled, proved again by the validator, and callable as did:icn:contract:/,
  /^bob and carol joined; bob recorded 5\.00 hours of alice/,
  /^deployed InfrastructureCredit: /,
  /^carol paid 1\.50 hours into the treasury.*only the steward issues credits/,
  /^balances, which sum to zero: alice 2\.50 hours, bob -4\.00 hours, carol 1\.00 hours, the treasury 0\.50 hours$/,
  /^state root [0-9a-f]{64} after block \d+$/,
  /^stopped the node and started it from disk: the same balances and the same root/,
  /^verified the Merkle proof of bob's -4\.00 hours against the signed header of block \d+$/,
];

test('goes through every step and cleans up', async () => {
  const temporary = await folder();
  const { code, out, err } = await demo(temporary);
  expect(err).toBe('');
  const steps = out.split('\n').flatMap((line) => /^ *\d+\.\d s {2}(.*)$/.exec(line)?.[1] ?? []);
  expect(steps).toEqual(STEPS.map((step) => expect.stringMatching(step)));
  expect(out).toContain('`self` starts empty and its floor is zero');
  expect(out).toMatch(/1\. deploy \w+\(\) by alice/);
  expect(code).toBe(0);
  expect(await readdir(temporary)).toEqual([]);
});

test('ends with 1 and says so where it cannot work', async () => {
  const temporary = join(await folder(), 'a file');
  await writeFile(temporary, '');
  const { code, out } = await demo(temporary);
  expect(out).toMatch(/^FAILED {2}/);
  expect(code).toBe(1);
  await rm(temporary);
});

function demo(temporary: string) {
  const child = spawn(process.execPath, [join(ROOT, 'cli', 'demo.ts')], {
    env: { ...process.env, TMPDIR: temporary },
  });
  return ended(child);
}
