/**
 * What is written about the command line: examples, completions, and the schema of `--json` against what the commands
 * really print.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { allCommands, helpOf } from '../../cli/reference.ts';
import { ccl, folder, ROOT } from './shell.ts';

const REFERENCE = join(ROOT, 'docs', 'reference');

test('every command without commands of its own has an example', async () => {
  for (const { words, made } of await allCommands())
    if (made.commands.length === 0)
      expect(helpOf(made), words).toMatch(new RegExp(`^Examples?:\n {2}${words}`, 'm'));
});

describe('completions', () => {
  const complete = (script: string, words: readonly string[]) => {
    const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _ccl; echo "\${COMPREPLY[@]}"`;
    return spawnSync('bash', ['-c', `${script}\n${ask}`], { encoding: 'utf8' })
      .stdout.trim()
      .split(' ');
  };

  test('bash completes commands, those below them, and options', async () => {
    const { out, code } = await ccl(['completions', 'bash']);
    expect(code).toBe(0);
    expect(complete(out, ['ccl', 'ver'])).toEqual(['verify']);
    expect(complete(out, ['ccl', 'query', 'bal'])).toEqual(['balance']);
    expect(complete(out, ['ccl', 'build', '--lo'])).toEqual(['--locked']);
    expect(complete(out, ['ccl', 'nosuch', '--lo'])).toEqual(['']);
  });

  test('zsh and fish get every command and option', async () => {
    const commands = await allCommands();
    const zsh = (await ccl(['completions', 'zsh'])).out;
    const fish = (await ccl(['completions', 'fish'])).out;
    for (const { words, made } of commands) {
      expect(zsh).toContain(`"${words.slice('ccl '.length)}") offered=(`);
      expect(fish).toContain(`-a ${made.name()} -d '`);
      for (const { long } of made.options) if (long) expect(fish).toContain(`-l ${long.slice(2)}`);
    }
  });
});

describe('the schema of --json', () => {
  const schema = JSON.parse(readFileSync(join(REFERENCE, 'json', 'ccl.schema.json'), 'utf8'));
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  ajv.addSchema(schema, 'ccl');
  const check = (name: string, value: unknown) => {
    const validate = ajv.getSchema(`ccl#/$defs/${name}`)!;
    expect([validate(value), validate.errors]).toEqual([true, null]);
  };
  const bank = join(ROOT, 'examples', 'timebank', 'TimeBank.ccl');

  test('fits what commands print', async () => {
    const cwd = await folder();
    mkdirSync(join(cwd, 'out'));
    writeFileSync(join(cwd, 'wrong.ccl'), 'const a: Int = b;\nconst c: Int = tru\n');
    writeFileSync(
      join(cwd, 'false.ccl'),
      'contract F { state { n: Int; } invariant small: n < 3; rule up() { n += 1; } }\n',
    );
    const cases: readonly (readonly [string, readonly string[]])[] = [
      ['check', ['check', 'wrong.ccl']],
      ['check', ['check', bank]],
      ['verify', ['verify', bank]],
      ['verify', ['verify', 'false.ccl']],
      ['build', ['build', bank, '-o', 'out/B.ccb']],
      ['test', ['test', bank, '--runs', '5', '--calls', '20']],
      ['entries', ['run', bank]],
      ['run', ['run', bank, 'join', '--by', 'bob']],
      ['doc', ['doc', bank]],
      ['doc', ['doc', bank, '--prove']],
      ['doctor', ['doctor']],
      ['templates', ['new', '--list']],
      ['new', ['new', 'Riverside']],
      ['import', ['import', join(ROOT, 'examples', 'infrastructure-credit', 'original.ccl.json')]],
      ['error', ['check', 'missing.ccl']],
      ['error', ['build']],
    ];
    for (const [name, words] of cases) {
      const { out } = await ccl([...words, '--json'], { cwd });
      check(name, JSON.parse(out));
    }
    check('buildProject', JSON.parse((await ccl(['build', '--json'], { cwd: join(cwd, 'Riverside') })).out));
  }, 120_000);

  test('refuses what is not so', () => {
    const validate = ajv.getSchema('ccl#/$defs/check')!;
    expect(validate({ diagnostics: [{ code: 'E0201' }] })).toBe(false);
    expect(validate({ diagnostics: [], more: 1 })).toBe(false);
  });
});

test('SARIF has a rule for each code and a place for each finding', async () => {
  const cwd = await folder();
  writeFileSync(join(cwd, 'a b.ccl'), 'const a: Int = b;\n');
  const { out, code } = await ccl(['check', 'a b.ccl', '--sarif'], { cwd });
  expect(code).toBe(1);
  const sarif = JSON.parse(out);
  expect(sarif).toMatchObject({
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'ccl', rules: [{ id: 'E0201' }] } } }],
  });
  expect(sarif.runs[0].results).toEqual([
    {
      ruleId: 'E0201',
      ruleIndex: 0,
      level: 'error',
      message: { text: '`b` is not defined' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a%20b.ccl' },
            region: { startLine: 1, startColumn: 16, endLine: 1, endColumn: 17 },
          },
        },
      ],
      relatedLocations: [],
    },
  ]);
});
