/** Keys, nodes and transactions from the command line, against a real node process. */
import { spawn } from 'node:child_process';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CCL, ccl, ended, folder, ROOT, startNode } from './shell.ts';

const BANK = join(ROOT, 'examples', 'timebank', 'TimeBank.ccl');

describe('keys', () => {
  test('are sealed with a passphrase from a private file, and shown without it', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'secret'), 'correct horse\n', { mode: 0o600 });
    const made = await ccl(['keys', 'new', 'alice.key', '--passphrase-file', 'secret'], { cwd });
    expect(made).toMatchObject({ code: 0, err: '' });
    expect(made.out).toMatch(/^did:icn:z6Mk\w+\n$/);
    expect((await ccl(['keys', 'show', 'alice.key'], { cwd })).out).toBe(made.out);
    expect((await stat(join(cwd, 'alice.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(cwd, 'alice.key'), 'utf8')).not.toContain('correct');
    expect((await ccl(['keys', 'new', 'alice.key', '--passphrase-file', 'secret'], { cwd })).err).toMatch(
      /^error\[C0301\].*FileExists/,
    );
  });

  test('refuse a passphrase file that others may read, an empty passphrase, and a file that is no key', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'open'), 'secret\n');
    await chmod(join(cwd, 'open'), 0o644);
    await writeFile(join(cwd, 'empty'), '\n', { mode: 0o600 });
    const said = async (words: readonly string[]) => (await ccl(words, { cwd })).err.split('\n')[0];
    expect(await said(['keys', 'new', 'k', '--passphrase-file', 'open'])).toMatch(
      /C0301.*chmod 600.*WrongMode/,
    );
    expect(await said(['keys', 'new', 'k', '--passphrase-file', 'empty'])).toMatch(/C0304/);
    expect(await said(['keys', 'show', 'empty'])).toMatch(/C0301.*NotAKeystore/);
  });

  test('take the passphrase from a file descriptor', async () => {
    const cwd = await folder();
    const child = spawn('bash', ['-c', `"$0" keys new k --passphrase-fd 3 3<<<"a passphrase"`, CCL], { cwd });
    expect(await ended(child)).toMatchObject({ code: 0 });
    expect((await ccl(['keys', 'new', 'l', '--passphrase-fd', '9'], { cwd })).err).toMatch(/^error\[C0306\]/);
  });
});

describe('a node', () => {
  test('stops at a whole block on Ctrl-C with 130, on SIGTERM with 0, and is whole after kill -9', async () => {
    const cwd = await folder();
    const chain = join(cwd, 'my chain');
    expect((await ccl(['node', 'init', chain, '--dev'])).code).toBe(0);
    const first = await startNode(chain);
    expect((await ccl(['node', 'start', chain, '--dev', '--port', '0'])).err).toMatch(
      /^error\[C0401\].*DirectoryTaken/,
    );
    expect(await first.stop('SIGINT')).toMatchObject({ code: 130 });
    expect(await (await startNode(chain)).stop('SIGTERM')).toMatchObject({ code: 0 });
    await (await startNode(chain)).stop('SIGKILL');
    expect(await ccl(['node', 'check', chain])).toMatchObject({ code: 0 });
    expect(await (await startNode(chain)).stop('SIGINT')).toMatchObject({ code: 130 });
  });

  test('says clearly what is wrong with a port, a directory, a genesis or a key', async () => {
    const cwd = await folder();
    const chain = join(cwd, 'chain');
    await ccl(['node', 'init', chain, '--dev']);
    const { url } = await startNode(chain);
    const other = join(cwd, 'other');
    await ccl(['node', 'init', other, '--dev']);
    const said = async (words: readonly string[]) => {
      const { code, err } = await ccl(words, { cwd });
      return `${code} ${err.split('\n')[0]}`;
    };
    expect(await said(['node', 'start', other, '--dev', '--port', new URL(url).port])).toMatch(
      /^3 error\[C0401\].*in use.*PortTaken/,
    );
    expect(await said(['node', 'start', 'nowhere', '--dev'])).toMatch(/^3 error\[C0101\]/);
    expect(await said(['node', 'start', other])).toMatch(/^2 error\[C0201\].*key/);
    expect(await said(['node', 'start', other, '--key', join(chain, 'keys', 'alice.key')])).toMatch(
      /^3 error\[C0401\].*NotAValidatorKey/,
    );
    expect(await said(['node', 'start', other, '--dev', '--port', '99999'])).toMatch(/^2 error\[C0208\]/);
    expect(await said(['node', 'init', other, '--dev'])).toMatch(/^3 error\[C0401\].*DirectoryNotEmpty/);
    expect(await said(['node', 'init', 'fresh'])).toMatch(/^2 error\[C0201\].*validator/);
    await writeFile(join(cwd, 'genesis.json'), '{}');
    expect(await said(['node', 'init', 'fresh', '--genesis', 'genesis.json'])).toMatch(
      /^3 error\[C0401\].*BadGenesis/,
    );
    expect(await said(['node', 'check', cwd])).toMatch(/^3 error\[C0401\].*NotANodeDirectory/);
  });

  test('refuses a throw-away key for a chain that was not made for such', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'secret'), 'a passphrase\n', { mode: 0o600 });
    await ccl(['keys', 'new', 'alice.key', '--passphrase-file', 'secret'], { cwd });
    await ccl(['keys', 'new', 'throwaway.key', '--dev'], { cwd });
    const made = await ccl(
      [
        'node',
        'init',
        'chain',
        '--validator',
        '@alice.key',
        '--member',
        '@throwaway.key',
        '--currency',
        'hours:2',
        '--limit',
        '5.00 hours',
      ],
      { cwd },
    );
    expect(made.code).toBe(0);
    expect((await ccl(['node', 'start', 'chain', '--key', 'throwaway.key'], { cwd })).err).toMatch(
      /^error\[C0305\]/,
    );
    const { url } = await startNode(join(cwd, 'chain'), [
      '--key',
      join(cwd, 'alice.key'),
      '--passphrase-file',
      join(cwd, 'secret'),
    ]);
    const called = await ccl(
      ['deploy', BANK, '--key', 'throwaway.key', '--cooperative', 'chain', '--node', url],
      { cwd },
    );
    expect(called).toMatchObject({ code: 3, out: '' });
    expect(called.err).toMatch(/error\[C0305\]/);
  });
});

test('a contract is deployed, called and asked, and the balances are proved', async () => {
  const cwd = await folder();
  await ccl(['node', 'init', 'chain', '--dev'], { cwd });
  const { url } = await startNode(join(cwd, 'chain'));
  const at = ['--node', url];
  const as = (name: string) => ['--key', `chain/keys/${name}.key`, ...at];
  const run = (words: readonly string[]) => ccl(words, { cwd });
  const deployed = await run(['deploy', BANK, '--cooperative', 'chain', ...as('alice')]);
  expect(deployed.code).toBe(0);
  const contract = deployed.out.trim();
  expect(contract).toMatch(/^did:icn:contract:[0-9a-f]{64}$/);
  expect(await run(['call', contract, 'join', ...as('bob')])).toMatchObject({ code: 0, err: '' });

  const record = ['call', contract, 'record', '@chain/keys/alice.key', '2.50 hours'];
  const unconfirmed = await run([...record, ...as('bob')]);
  expect(unconfirmed).toMatchObject({ code: 2, out: '' });
  expect(unconfirmed.err).toContain('This call takes at most 2.50 hours from you.');
  const tooLittle = await run([...record, '--spend', '1.00 hours', ...as('bob')]);
  expect(tooLittle.code).toBe(1);
  expect(tooLittle.err).toMatch(/^error\[C0407\]: .*takes 2\.50 hours, and --spend allows 1\.00 hours/);
  const recorded = await run([...record, '--yes', ...as('bob')]);
  expect(recorded.code).toBe(0);
  expect(recorded.out).toContain('amount: 2.50 hours)');
  const again = await run(['call', contract, 'join', ...as('bob')]);
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toMatch(/^error\[C0407\]: the call would fail: already a member/);

  expect((await run(['query', 'view', contract, 'hours_of', '@chain/keys/alice.key', ...at])).out).toBe(
    '2.50 hours\n',
  );
  const proved = await run([
    'query',
    'balance',
    '@chain/keys/bob.key',
    'hours',
    '--genesis',
    'chain/genesis.json',
    ...at,
  ]);
  expect(proved).toMatchObject({ code: 0, out: '-2.50 hours\n' });
  expect(proved.err).toMatch(/^proved against the signed root after block \d+\n$/);
  await run(['node', 'init', 'elsewhere', '--dev']);
  const distrusted = await run([
    'query',
    'balance',
    '@chain/keys/bob.key',
    'hours',
    '--genesis',
    'elsewhere/genesis.json',
    ...at,
  ]);
  expect(distrusted).toMatchObject({ code: 1, out: '' });
  expect(distrusted.err).toMatch(/^error\[C0410\]/);
  expect(JSON.parse((await run(['query', 'contract', contract, ...at])).out)).toMatchObject({
    name: 'TimeBank',
  });
});

test('a version takes the place of another one, once', async () => {
  const cwd = await folder();
  const circle = (file: string) => join(ROOT, 'examples', 'savings-circle', file);
  await ccl(['node', 'init', 'chain', '--dev'], { cwd });
  const { url } = await startNode(join(cwd, 'chain'));
  const run = (words: readonly string[], name: string) =>
    ccl([...words, '--key', `chain/keys/${name}.key`, '--node', url], { cwd });
  const ask = (words: readonly string[]) => ccl(['query', ...words, '--node', url], { cwd });
  const deployed = await run(['deploy', circle('Circle@1.0.0.ccl'), '--cooperative', 'chain'], 'alice');
  const contract = deployed.out.trim();
  await run(['call', contract, 'join'], 'bob');
  await run(['call', contract, 'save', '2.50 hours', '--yes'], 'bob');
  const upgrade = ['upgrade', circle('Circle.ccl'), '--contract', contract];
  const refused = await run(upgrade, 'bob');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('contract.upgrade of chain (MayNotUpgrade)');
  const upgraded = await run([...upgrade, '--json'], 'alice');
  expect(upgraded.code).toBe(0);
  expect(JSON.parse(upgraded.out)).toMatchObject({ contract, version: '1.1.0' });
  expect((await ask(['view', contract, 'saved_by', '@chain/keys/bob.key'])).out).toBe('2.50 hours\n');
  expect((await ask(['view', contract, 'role_of', '@chain/keys/bob.key'])).out).toBe('Member\n');
  const { versions } = JSON.parse((await ask(['contract', contract])).out) as {
    readonly versions: readonly { readonly version: string }[];
  };
  expect(versions.map(({ version }) => version)).toEqual(['1.1.0', '1.0.0']);
  const again = await run(upgrade, 'alice');
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toMatch(/error\[C0414\]: .*comes from 1\.0\.0, and Circle 1\.1\.0 is deployed/);
});

test('a node that does not answer, or is none, is named', async () => {
  const nobody = await ccl(['query', 'header', 'latest', '--node', 'http://127.0.0.1:1']);
  expect(nobody).toMatchObject({ code: 3, out: '' });
  expect(nobody.err).toMatch(/^error\[C0402\]: no node answers at http:\/\/127\.0\.0\.1:1: /);
});
