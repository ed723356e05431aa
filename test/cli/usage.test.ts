/** The command line itself: help, exit codes, streams, and every way a file can fail to be what is needed. */
import { spawn } from 'node:child_process';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../cli/failure.ts';
import { DIAGNOSTICS } from '../../compiler/diagnostics.ts';
import { CCL, ccl, ended, folder, ROOT } from './shell.ts';

const COMMANDS = [
  'new',
  'check',
  'verify',
  'build',
  'run',
  'test',
  'fmt',
  'doc',
  'doctor',
  'completions',
  'import',
  'keys',
  'node',
  'deploy',
  'call',
  'query',
  'explain',
  'asm',
  'disasm',
  'lsp',
];
/** Commands that have commands of their own. */
const GROUPS = ['keys', 'node', 'query'];
const BANK = join(ROOT, 'examples', 'timebank', 'TimeBank.ccl');

describe('help', () => {
  test('without a command lists all of them and the exit codes', async () => {
    const { code, out, err } = await ccl([]);
    expect(code).toBe(0);
    for (const name of COMMANDS) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(out).toContain('130  stopped by Ctrl-C');
    expect(err).toBe('');
  });

  test.concurrent.each(COMMANDS.filter((name) => !GROUPS.includes(name)))(
    'of %s has an example',
    async (name) => {
      const { code, out } = await ccl([name, '--help']);
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^Examples?:\n  ccl ${name}`, 'm'));
    },
  );

  test.concurrent.each([
    'keys new',
    'keys show',
    'node init',
    'node start',
    'node check',
    'query balance',
    'query view',
  ])('of %s has an example', async (name) => {
    const { code, out } = await ccl([...name.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Examples?:\n  ccl ${name}`, 'm'));
  });

  test('the version is that of the package', async () => {
    expect((await ccl(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a wrong command line ends with 2', () => {
  const wrong: readonly (readonly [string, readonly string[], string])[] = [
    ['an unknown command', ['chekc'], "unknown command 'chekc' (Did you mean check?)"],
    ['an unknown command with --help', ['chekc', '--help'], "unknown command 'chekc'"],
    ['a missing argument', ['disasm'], "missing required argument 'file'"],
    ['an unknown option', ['check', '--bogus', BANK], "unknown option '--bogus'"],
    ['an unknown code', ['explain', 'E9999'], '`E9999` is no code'],
    ['an unknown rule', ['run', BANK, 'jion'], '`TimeBank` has no rule or view named `jion`'],
    ['too few arguments', ['run', BANK, 'record', 'bob'], '`record` takes 2 arguments, and 1 are given'],
    ['a name that is none', ['new', 'time bank'], '`time bank` is no name for a contract'],
    ['an unknown rule to verify', ['verify', BANK, '--rule', 'nope'], 'no rule, view or init named `nope`'],
    ['a member that none can be', ['run', BANK, 'join', '--by', 'self'], '`self` cannot be the name'],
    ['an argument that is none', ['run', BANK, 'record', 'bob', 'x'], 'record: amount: an amount such as'],
    [
      'a deployment of nothing',
      ['run', BANK, 'join', '--deploy', 'Jar()'],
      'has no other contract named `Jar`',
    ],
    ['a deployment without arguments', ['run', BANK, 'join', '--deploy', 'Jar'], '`Jar` is no deployment'],
    ['arguments that init does not take', ['run', BANK, 'join', '--init', '3'], '`init` takes 0 arguments'],
    ['a hash that is none', ['query', 'tx', '00'], '`00` is no hash of a transaction: it has 64 digits'],
    ['a height that is none', ['query', 'header', 'abc'], '`abc` is no height of a block'],
    [
      'an address that is none',
      ['query', 'header', 'latest', '--node', 'nowhere'],
      '`nowhere` is no address of a node',
    ],
    ['no way to ask for a passphrase', ['keys', 'new', '/nowhere/k'], 'there is no terminal to ask'],
    ['the language server without a stream', ['lsp'], 'give --stdio'],
  ];
  test.concurrent.each(wrong)('%s', async (_, words, message) => {
    const { code, out, err } = await ccl(words);
    expect(err).toMatch(/^error\[C02\d\d\]|^error\[C0[36]02\]/);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('a file that is not as needed ends with 3 or 1, and one clear message', () => {
  test('missing, a folder, not text, not allowed, in the way', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'bytes.ccl'), new Uint8Array([0xff, 0xfe, 0x00]));
    await writeFile(join(dir, 'closed.ccl'), 'contract A {}');
    await chmod(join(dir, 'closed.ccl'), 0);
    const said = async (words: readonly string[]) => {
      const { code, err } = await ccl(words, { cwd: dir });
      return `${code} ${err.split('\n')[0]}`;
    };
    expect(await said(['check', 'missing.ccl'])).toBe('3 error[C0101]: there is nothing at missing.ccl');
    expect(await said(['check', '.'])).toBe('3 error[C0102]: . is a folder, and a file is needed');
    expect(await said(['check', 'bytes.ccl'])).toBe('3 error[C0104]: bytes.ccl is not UTF-8 text');
    // Whoever is root may read it all the same.
    if (process.getuid?.() !== 0)
      expect(await said(['check', 'closed.ccl'])).toBe(
        '3 error[C0103]: closed.ccl cannot be used: you are not allowed to',
      );
    expect(await said(['new', 'Twice'])).toBe('0 Next: cd Twice, then ccl verify, ccl test, ccl build');
    expect(await said(['new', 'Twice'])).toBe('3 error[C0106]: Twice/Twice.ccl exists already');
    expect(await said(['import', 'bytes.ccl'])).toBe('3 error[C0104]: bytes.ccl is not UTF-8 text');
    expect(await said(['fmt', 'missing.ccl'])).toBe('3 error[C0101]: there is nothing at missing.ccl');
  });

  test('bytes that are no artifact, a text that is no program, a file without a contract', async () => {
    const dir = await folder();
    await writeFile(join(dir, 'a.ccb'), 'not an artifact');
    await writeFile(join(dir, 'a.asm'), 'Frobnicate 5\n');
    await writeFile(join(dir, 'a.ccl'), 'const a: Int = 1;\n');
    const artifact = await ccl(['disasm', 'a.ccb'], { cwd: dir });
    expect(artifact).toMatchObject({ code: 1, out: '' });
    expect(artifact.err).toMatch(/^error\[C0107\]: a\.ccb is not a contract artifact: /);
    const program = await ccl(['asm', 'a.asm'], { cwd: dir });
    expect(program).toMatchObject({ code: 1, out: '' });
    expect(program.err).toMatch(/^error\[C0108\]: a\.asm is not an assembly text: 1:/);
    const library = await ccl(['build', 'a.ccl'], { cwd: dir });
    expect(library).toMatchObject({ code: 1, out: '' });
    expect(library.err).toMatch(/^error\[C0202\]: a\.ccl holds no contract/);
  });

  test('with --json the failure is an object on standard output, too', async () => {
    const { code, out } = await ccl(['verify', 'missing.ccl', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(out)).toEqual({
      error: {
        code: 'C0101',
        message: 'there is nothing at missing.ccl',
        help: 'check the path; `ls` shows what is there',
      },
    });
  });
});

describe('the program', () => {
  test('works from any folder and through links with blanks in their names', async () => {
    const dir = await folder();
    await mkdir(join(dir, 'my tools'));
    await symlink(CCL, join(dir, 'my tools', 'ccl'));
    await symlink(join('my tools', 'ccl'), join(dir, 'linked'));
    expect(await ccl(['--version'], { cwd: dir, program: join(dir, 'linked') })).toMatchObject({
      code: 0,
      err: '',
    });
  });

  test('writes no colours into a pipe, and keeps quiet on standard error', async () => {
    const { out, err } = await ccl(['check', BANK], { env: { FORCE_COLOR: '1' } });
    expect(out + err).not.toContain('\u001b');
    expect(err).toBe('');
  });

  test('ends with 141 and without noise when its reader goes away', async () => {
    const child = spawn('bash', ['-c', `"$0" explain | head -c 10 >&2; exit "\${PIPESTATUS[0]}"`, CCL]);
    const { code, err } = await ended(child);
    expect(err).toBe('E0101  I d');
    expect([0, 141]).toContain(code);
  });

  test('speaks the language server protocol on its streams', async () => {
    const message = (fields: object) => {
      const body = JSON.stringify({ jsonrpc: '2.0', ...fields });
      return `Content-Length: ${body.length}\r\n\r\n${body}`;
    };
    const input = [
      message({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } }),
      message({ id: 2, method: 'shutdown' }),
      message({ method: 'exit' }),
    ].join('');
    const child = spawn(CCL, ['lsp', '--stdio']);
    child.stdin.write(input);
    const { code, out, err } = await ended(child);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('"hoverProvider":true');
  });

  test('explains every code that it prints', async () => {
    const { out } = await ccl(['explain', '--json']);
    const { codes } = JSON.parse(out) as {
      readonly codes: readonly { readonly code: string; readonly message: string }[];
    };
    const listed = codes.map(({ code }) => code);
    expect(listed).toEqual(expect.arrayContaining([...Object.keys(FAILURES), ...Object.keys(DIAGNOSTICS)]));
    expect((await ccl(['explain', 'C0101'])).out).toMatch(/^# C0101: there is nothing at /);
    expect((await ccl(['explain', 'e0104'])).out).toMatch(/^# E0104: /);
    for (const { message } of codes) expect(message).not.toMatch(/^…$|\{[a-z]+\}/i);
  });
});
