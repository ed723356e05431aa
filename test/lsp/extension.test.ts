/** The extension: what its manifest promises is in the package, its colours know every word, its server runs alone. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RESERVED_WORDS } from '../../compiler/syntax/tokens.ts';
import { sectionOf, showsRuns, WHEN_DEFAULT, WHENS, whenOf } from '../../lsp/settings.ts';
import { VERSION } from '../../solver/index.ts';
import { bundleExtension } from '../../vscode-extension/bundle.ts';
import { fixtures } from '../harness.ts';
import { startClient, URI } from './client.ts';
import { startProving } from './proving.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'vscode-extension');

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ccl-extension-'));
  let vsix = '';
  beforeAll(async () => {
    vsix = await bundleExtension(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds every file that the manifest names, and nothing else has to be installed', () => {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder, { recursive: true });
    const named = [
      manifest.main,
      manifest.contributes.languages[0].configuration,
      manifest.contributes.grammars[0].path,
    ];
    for (const file of named) expect(files).toContain(file.replace('./', ''));
    expect(manifest.dependencies).toBeUndefined();
    expect(readFileSync(vsix).subarray(0, 2).toString()).toBe('PK');
  });

  test('its server answers, away from the sources', async () => {
    const client = await startClient({ program: join(folder, 'server.cjs') });
    const text = fixtures('syntax', 'timebank.ccl')[0]!.text;
    expect(await client.open(URI, text)).toEqual([]);
    expect(await client.change(URI, 2, text.replace('total += amount;', 'total += ;'))).toMatchObject([
      { code: 'E0105' },
    ]);
    expect(await client.stop()).toBe(0);
  });

  test('it proves by itself, with the solver that is inside', async () => {
    const client = await startProving({
      program: join(folder, 'server.cjs'),
      environment: { CCL_CACHE: join(folder, 'cache') },
    });
    const text = fixtures('syntax', 'timebank.ccl')[0]!.text;
    expect(await client.open(URI, text)).toEqual([]);
    const codes = (await client.verdict(URI, 1)).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['W0506']));
    expect((await client.lenses(URI))[0]).toMatch(/^\d+: \d+ of \d+ proved, \d+ warnings$/);
    expect(readdirSync(join(folder, 'cache', 'answers')).length).toBeGreaterThan(0);
    expect(readdirSync(join(folder, 'cache', 'runs'))).toEqual([VERSION]);
    expect(await client.stop()).toBe(0);
  });
});

describe('the settings', () => {
  test('are those that the server knows', () => {
    const { contributes } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'));
    const setting = contributes.configuration.properties['ccl.verify.when'];
    expect(setting).toMatchObject({ type: 'string', enum: WHENS, default: WHEN_DEFAULT });
    expect(setting.enumDescriptions).toHaveLength(WHENS.length);
  });

  test('what is no choice is none', () => {
    for (const when of WHENS) expect(whenOf({ verify: { when } })).toBe(when);
    for (const junk of [null, undefined, 'off', { verify: 'off' }, { verify: { when: 'never' } }, [[]]])
      expect(whenOf(junk)).toBe(WHEN_DEFAULT);
    expect(sectionOf({ ccl: { verify: { when: 'off' } } })).toEqual({ verify: { when: 'off' } });
    expect(sectionOf(7)).toBeUndefined();
    expect([{ showsRuns: true }, { showsRuns: 1 }, null].map(showsRuns)).toEqual([true, false, false]);
  });
});

describe('the colours', () => {
  const grammar = JSON.parse(readFileSync(join(FOLDER, 'syntaxes', 'ccl.tmLanguage.json'), 'utf8'));
  const rules = Object.entries(
    grammar.repository as Record<string, { patterns: { name?: string; match?: string }[] }>,
  );

  test('every reserved word has one', () => {
    const patterns = rules
      .filter(([name]) => name !== 'calls')
      .flatMap(([, { patterns: list }]) => list.map(({ match }) => match ?? ''));
    for (const word of RESERVED_WORDS) {
      const samples = [word, `${word} name`, `${word} name()`, `${word} name:`];
      const known = patterns.some((pattern) =>
        samples.some((sample) => new RegExp(pattern).exec(sample)?.index === 0),
      );
      expect(known, word).toBe(true);
    }
  });

  test('every include is there, every pattern is one', () => {
    for (const { include } of grammar.patterns) expect(grammar.repository).toHaveProperty(include.slice(1));
    for (const [, { patterns }] of rules)
      for (const { match } of patterns)
        if (match !== undefined) expect(() => new RegExp(match)).not.toThrow();
  });
});
