/** The commands that write and prove contracts, run as a newcomer would. */
import { spawn } from 'node:child_process';
import { lstat, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { format } from '../../compiler/format/format.ts';
import { CCL, ccl, ended, folder, ROOT } from './shell.ts';

const BANK = join(ROOT, 'examples', 'timebank', 'TimeBank.ccl');
const CREDIT = join(ROOT, 'examples', 'infrastructure-credit', 'InfrastructureCredit.ccl');
const SHIPPED = join(ROOT, 'examples', 'infrastructure-credit', 'original.ccl.json');

type Row = {
  readonly contract: string;
  readonly rule: string;
  readonly kind: string;
  readonly name: string;
  readonly answer: string;
  readonly confirmed: boolean;
  readonly trace: { readonly from: string; readonly steps: readonly { readonly text: string }[] } | null;
};

describe('a newcomer', () => {
  test('starts a contract, and everything about it goes through', async () => {
    const cwd = await folder();
    expect(await ccl(['new', 'Thanks'], { cwd })).toMatchObject({
      code: 0,
      out: 'Thanks/Thanks.ccl\nThanks/ccl.toml\n',
    });
    expect(await ccl(['check', 'Thanks/Thanks.ccl'], { cwd })).toMatchObject({ code: 0, err: '' });
    expect(await ccl(['fmt', '--check', 'Thanks/Thanks.ccl'], { cwd })).toEqual({
      code: 0,
      out: '',
      err: '',
    });
    expect((await ccl(['test', 'Thanks/Thanks.ccl'], { cwd })).out).toContain('1 passed, 0 failed');
    const verified = await ccl(['verify', 'Thanks/Thanks.ccl'], { cwd });
    expect(verified).toMatchObject({ code: 0, err: '' });
    expect(verified.out).toMatch(/^Thanks: \d+ proved$/m);
    const built = await ccl(['build', 'Thanks/Thanks.ccl'], { cwd });
    expect(built).toMatchObject({ code: 0, out: 'Thanks/Thanks.ccb\nThanks/Thanks.cert\n' });
  });

  test('gets the same bytes from a build, from building again, and from its own assembly text', async () => {
    const cwd = await folder();
    await ccl(['build', BANK, '-o', 'one.ccb'], { cwd });
    await ccl(['build', BANK, '-o', 'two.ccb'], { cwd });
    await ccl(['disasm', 'one.ccb', '-o', 'one.asm'], { cwd });
    expect(await ccl(['asm', 'one.asm', '-o', 'three.ccb'], { cwd })).toMatchObject({ code: 0, err: '' });
    const [one, two, three] = await Promise.all(
      ['one', 'two', 'three'].map((name) => readFile(join(cwd, `${name}.ccb`))),
    );
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(await readFile(join(cwd, 'two.cert'))).toEqual(await readFile(join(cwd, 'one.cert')));
  });

  test('sees what a call did line by line and opcode by opcode, and where its gas went', async () => {
    const cwd = await folder();
    const call = ['record', 'alice', '2.50 hours', '--by', 'bob', '--first', 'join() by bob'];
    const lines = await ccl(['trace', BANK, ...call]);
    expect(lines).toMatchObject({ code: 0, err: '' });
    expect(lines.out).toMatch(
      /^\d+ +\d+ +worked\[provider\] \+= amount;\n +writes worked\[alice\] = 2\.50 hours$/m,
    );
    const opcodes = await ccl(['trace', BANK, ...call, '--opcodes', '--limit', '4', '--json']);
    const { steps } = JSON.parse(opcodes.out) as { steps: { opcode: string; stack: string[] }[] };
    expect(steps.map(({ opcode }) => opcode)).toEqual([
      'LocalGet 1',
      'Push 0',
      'GreaterThan',
      expect.any(String),
    ]);
    expect(steps[2]?.stack).toEqual(['250', '0']);
    const profile = await ccl(['profile', BANK, ...call, '--flame', 'flame.json'], { cwd });
    expect(profile.code).toBe(0);
    expect(profile.out).toContain('worked[provider] += amount;');
    const flame = JSON.parse(await readFile(join(cwd, 'flame.json'), 'utf8')) as { exporter: string };
    expect(flame.exporter).toBe('ccl');
    const failed = await ccl(['trace', BANK, 'record', 'bob', '2.50 hours', '--by', 'carol']);
    expect(failed).toMatchObject({ code: 1 });
    expect(failed.out).toMatch(/TimeBank\.ccl:\d+: requires caller in members/);
  });

  test('sees where a call goes that comes to another contract of the file', async () => {
    const fund = join(ROOT, 'examples/common-fund/CommonFund.ccl');
    const beside = ['--contract', 'Stall', '--init', 'CommonFund', '--deploy', 'CommonFund()'];
    const lines = await ccl(['trace', fund, 'buy', '5.00 hours', '--by', 'bob', ...beside]);
    expect(lines).toMatchObject({ code: 0, err: '' });
    expect(lines.out).toMatch(/^\d+ +\d+ {6,}ledger\.transfer\(caller, self, amount\);$/m);
  });

  test('runs a rule in the test world and sees what it did', async () => {
    expect((await ccl(['run', BANK])).out).toContain('record(provider: Did, amount: Amount<hours>)\n');
    const joined = await ccl(['run', BANK, 'join', '--by', 'bob']);
    expect(joined.code).toBe(0);
    expect(joined.out).toContain('changed  ');
    const recorded = await ccl([
      'run',
      BANK,
      'record',
      'alice',
      '2.50 hours',
      '--by',
      'bob',
      '--creator',
      'alice',
      '--first',
      'join() by bob',
      '--json',
    ]);
    expect(JSON.parse(recorded.out)).toMatchObject({
      ok: true,
      moved: expect.arrayContaining([{ account: 'bob', amount: '-2.50 hours' }]),
    });
    const refused = await ccl(['run', BANK, 'record', 'alice', '2.50 hours', '--by', 'bob']);
    expect(refused).toMatchObject({ code: 1, out: 'failed  record by bob: both must be members\n' });
    const limited = await ccl([
      'run',
      BANK,
      'record',
      'alice',
      '2.50 hours',
      '--by',
      'bob',
      '--creator',
      'alice',
      '--first',
      'join() by bob',
      '--spending',
      '1.00 hours',
    ]);
    expect(limited.code).toBe(1);
    expect(limited.out).toContain('spending limit');
  });
});

describe('verification', () => {
  test.each([BANK, CREDIT])('%s is proved, and no stranger can take anything', async (path) => {
    const { code, out } = await ccl(['verify', path, '--json']);
    expect(code).toBe(0);
    const rows = JSON.parse(out) as readonly Row[];
    expect(rows.filter(({ kind, answer }) => kind !== 'may-revert' && answer !== 'proved')).toEqual([]);
    expect(rows.filter(({ kind }) => kind === 'stranger').length).toBeGreaterThan(0);
    for (const row of rows)
      expect(Object.keys(row)).toEqual(
        expect.arrayContaining(['contract', 'rule', 'kind', 'name', 'answer', 'confirmed', 'trace']),
      );
  });

  test('the shipped original is imported, and the stranger check finds that anyone can drain it', async () => {
    const cwd = await folder();
    const imported = await ccl(['import', SHIPPED, '-o', 'My Import.ccl'], { cwd });
    expect(imported).toMatchObject({ code: 0, out: '' });
    expect(imported.err).toContain('`self` starts empty and its floor is zero');
    const verified = await ccl(['verify', 'My Import.ccl', '--json', '--rule', 'grant_credits'], { cwd });
    expect(verified.code).toBe(1);
    const refuted = (JSON.parse(verified.out) as readonly Row[]).filter(({ answer }) => answer === 'refuted');
    expect(refuted).toMatchObject([
      { kind: 'stranger', rule: 'grant_credits', confirmed: true, trace: { from: 'deployment' } },
    ]);
    const built = await ccl(['build', 'My Import.ccl'], { cwd });
    expect(built).toMatchObject({ code: 1, out: '' });
    expect(built.err).toContain('error[E0502]');
  });

  test('the order of work does not show: the same rows with and without the cache', async () => {
    const cached = await ccl(['verify', BANK, '--json']);
    const fresh = await ccl(['verify', BANK, '--json', '--no-cache']);
    expect(fresh.out).toBe(cached.out);
  });

  test('a limit that is too small gives `unknown`, never `proved`', async () => {
    const { code, out } = await ccl(['verify', BANK, '--json', '--rule', 'record', '--rlimit', '1']);
    const answers = (JSON.parse(out) as readonly Row[])
      .filter(({ kind }) => kind === 'invariant')
      .map(({ name, answer }) => [name, answer]);
    expect(answers).toEqual([
      ['adds_up', 'unknown'],
      ['never_negative', 'unknown'],
      ['somebody', 'unknown'],
    ]);
    expect(code).toBe(1);
  });
});

describe('sources with mistakes', () => {
  const WRONG = 'contract A {\n  rule f() { return x; }\n  rule g( { }\n}\n';

  test.each([['check'], ['verify'], ['build'], ['test']])(
    '%s shows them with their place and ends with 1',
    async (command) => {
      const cwd = await folder();
      await writeFile(join(cwd, 'Wrong.ccl'), WRONG);
      const { code, err } = await ccl([command, 'Wrong.ccl'], { cwd });
      expect(code).toBe(1);
      expect(err).toMatch(/^error\[E\d{4}\]: /);
      expect(err).toContain('Wrong.ccl:');
      expect(err).not.toContain('    at ');
    },
  );

  test.each([['check'], ['verify'], ['build'], ['run'], ['test']])(
    '%s --json is one document with their diagnostics',
    async (command) => {
      const cwd = await folder();
      await writeFile(join(cwd, 'Wrong.ccl'), WRONG);
      const { code, out } = await ccl([command, 'Wrong.ccl', '--json'], { cwd });
      expect(code).toBe(1);
      const { diagnostics } = JSON.parse(out) as {
        readonly diagnostics: readonly { readonly file: string }[];
      };
      expect(diagnostics[0]).toMatchObject({ file: 'Wrong.ccl', severity: 'error' });
    },
  );

  test('test says that a file with mistakes is not run, and that a file has no tests', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'Wrong.ccl'), WRONG);
    await writeFile(join(cwd, 'none.ccl'), 'const a: Int = 1;\n');
    const { code, out } = await ccl(['test', 'Wrong.ccl', 'none.ccl'], { cwd });
    expect(code).toBe(1);
    expect(out).toContain('Wrong.ccl was not run: the file has mistakes\nno tests in none.ccl\n');
  });

  test('fmt leaves a file with a syntax error as it is', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'Wrong.ccl'), WRONG);
    expect(await ccl(['fmt', 'Wrong.ccl'], { cwd })).toMatchObject({ code: 1, out: '' });
    expect(await readFile(join(cwd, 'Wrong.ccl'), 'utf8')).toBe(WRONG);
  });

  test('fmt --check says what is not formatted and writes nothing; fmt mends it', async () => {
    const cwd = await folder();
    const text = 'const   a:Int=1;\n';
    await writeFile(join(cwd, 'a.ccl'), text);
    expect(await ccl(['fmt', '--check', 'a.ccl'], { cwd })).toEqual({
      code: 1,
      out: 'a.ccl is not formatted\n',
      err: '',
    });
    expect(await readFile(join(cwd, 'a.ccl'), 'utf8')).toBe(text);
    expect(await ccl(['fmt', 'a.ccl'], { cwd })).toEqual({ code: 0, out: 'a.ccl\n', err: '' });
    expect(await format(text, { file: 'a.ccl' })).toEqual({
      ok: true,
      text: await readFile(join(cwd, 'a.ccl'), 'utf8'),
    });
  });

  test('what is written keeps links and modes, and may be a stream', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'real.ccl'), 'const   a:Int=1;\n', { mode: 0o640 });
    await symlink('real.ccl', join(cwd, 'link.ccl'));
    expect(await ccl(['fmt', 'link.ccl'], { cwd })).toMatchObject({ code: 0, err: '' });
    expect((await lstat(join(cwd, 'link.ccl'))).isSymbolicLink()).toBe(true);
    expect((await stat(join(cwd, 'real.ccl'))).mode & 0o777).toBe(0o640);
    const piped = spawn('bash', ['-c', '"$0" import "$1" -o /dev/stdout | cat', CCL, SHIPPED]);
    const imported = await ended(piped);
    expect(imported.out).toContain('contract MeshNetworkCredit {');
    expect((await ccl(['import', SHIPPED, '-o', 'no/such/folder/a.ccl'], { cwd })).err).toMatch(
      /^error\[C0101\]: there is nothing at no\/such\/folder\n/,
    );
  });

  test('no command writes over what it did not make, unless it is told to', async () => {
    const cwd = await folder();
    await writeFile(join(cwd, 'mine.ccl'), '// mine\n');
    const refused = { code: 3, out: '', err: expect.stringMatching(/^error\[C0110\]: mine\.ccl exists/) };
    expect(await ccl(['import', SHIPPED, '-o', 'mine.ccl'], { cwd })).toEqual(refused);
    expect(await ccl(['build', BANK, '-o', 'mine.ccl'], { cwd })).toEqual(refused);
    expect(await readFile(join(cwd, 'mine.ccl'), 'utf8')).toBe('// mine\n');
    expect(await ccl(['import', SHIPPED, '-o', 'mine.ccl', '--force'], { cwd })).toMatchObject({ code: 0 });
    expect(await readFile(join(cwd, 'mine.ccl'), 'utf8')).toContain('contract MeshNetworkCredit {');
  });

  test('a failing test shows its line and what it read', async () => {
    const cwd = await folder();
    const test_ =
      'test "no hours" {\n  let bank = deploy TimeBank() by alice;\n  expect bank.hours_of(alice) == 1.00 hours;\n}\n';
    await writeFile(join(cwd, 'a.ccl'), (await readFile(BANK, 'utf8')).replace(/^test .*$/ms, test_));
    const { code, out } = await ccl(['test', 'a.ccl'], { cwd });
    expect(code).toBe(1);
    expect(out).toContain('FAILED  no hours\n');
    expect(out).toContain('bank.hours_of(alice) is 0.00 hours');
    expect(out).toContain('0 passed, 1 failed');
  });
});
