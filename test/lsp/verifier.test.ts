/** The verifier in the editor, over the real protocol. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  CodeActionRequest,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  ExecuteCommandRequest,
  HoverRequest,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Start } from './client.ts';
import { URI } from './client.ts';
import { type Proving, startProving } from './proving.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'ccl proving '));
const CACHE = join(FOLDER, 'cache');
const GATED = join(import.meta.dirname, 'gated.ts');
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

const BOX = `contract Box {
  state { n: Int; }
  invariant small: n < 3;
  rule add(x: Int)
    requires x > 0 else "positive"
    ensures n > old(n)
  { n += x; }
  prove "it can be read" (a: Did) {
    let before = here();
    expect here() == before;
  }
  view here() -> Int { return n; }
}
`;
const GOOD = BOX.replace('n += x;', 'if n == 0 { n = 1; } else { require n == 1 else "full"; n = 2; }');
/** What `end` breaks only a run shows that the gated server never hears of. */
const SEARCHED = `contract Lock {
  state { n: Int; }
  rule step(x: Int) requires x % 997 == 3 && x > 414141 { n = x; }
  rule end()
    ensures n == 0
  { n = n + 0; }
}
`;
/** A version that the gated server is never done with. */
const ENDLESS = GOOD.replace('n = 2;', 'n = 2; assert n + x != 424242 || x > 424200;');

let running: Proving[] = [];
afterEach(async () => {
  for (const client of running.splice(0)) expect(await client.stop()).toBe(0);
});

async function start(options: Start = {}): Promise<Proving> {
  const client = await startProving({
    ...options,
    environment: { CCL_CACHE: CACHE, ...options.environment },
  });
  running = [...running, client];
  return client;
}

function at(text: string, word: string) {
  return TextDocument.create(URI, 'ccl', 1, text).positionAt(text.indexOf(word));
}

/** The text after the first of some actions. */
function applied(text: string, actions: unknown): string {
  const [action] = actions as { edit: { changes: Record<string, TextEdit[]> } }[];
  return TextDocument.applyEdits(TextDocument.create(URI, 'ccl', 1, text), action!.edit.changes[URI]!);
}

const codesOf = (diagnostics: readonly { readonly code?: unknown }[]) => diagnostics.map(({ code }) => code);

describe('a contract with something wrong', () => {
  test('its runs stand at their lines, with values', async () => {
    const client = await start();
    expect(await client.open(URI, BOX)).toEqual([]);
    const found = await client.verdict(URI, 1);
    expect(codesOf(found)).toEqual(['E0501', 'W0506']);
    expect(found[0]).toMatchObject({
      severity: 1,
      source: 'ccl',
      range: { start: at(BOX, 'invariant small'), end: { line: 2, character: 25 } },
    });
    expect(found[0]!.message).toMatchInlineSnapshot(`
      "invariant \`small\` is not kept by \`add\`
      Help: the run shows how it breaks: change the code, or the clause

        1. deploy Box() by alice
        2. add(10) by bob
              7 | { n += x; }
           n: 0 -> 10"
    `);
    const run = found[0]!.relatedInformation!.map(({ location, message }) => ({
      line: location.range.start.line + 1,
      message,
    }));
    expect(run).toMatchInlineSnapshot(`
      [
        {
          "line": 3,
          "message": "1. deploy Box() by alice",
        },
        {
          "line": 7,
          "message": "2. add(10) by bob; n: 0 -> 10",
        },
      ]
    `);
    expect(found[1]).toMatchObject({ severity: 2, range: { start: at(BOX, 'n += x') } });
  });

  test('what is about a whole rule stands on its first line', async () => {
    const text = `contract Pot {
  uses ledger.write;
  currency hours { decimals 2 }
  state { n: Int; }
  rule take(x: Amount<hours>)
    requires x > 0.00 hours
  { ledger.transfer(self, caller, x); }
}
`;
    const client = await start();
    await client.open(URI, text);
    const found = await client.verdict(URI, 1);
    expect(codesOf(found)).toEqual(['E0502']);
    expect(found[0]!.range).toEqual({ start: at(text, 'rule take'), end: { line: 4, character: 29 } });
  });

  test('a state that was not reached is described, and what is unknown says why', async () => {
    const text = `contract C {
  state { a: Int; b: Int; }
  invariant small: b < 100;
  rule up() { if a < 10 { a += 2; } }
  rule step() { if a == 7 { b = 1000; } }
  view cubes(x: Int, y: Int) -> Int
    requires x > 0 && x < 1000 && y > 0 && y < 1000 else "small"
    ensures result * (x - y) == x * x * x - y * y * y
  { return x * x + x * y + y * y; }
}
`;
    const client = await start();
    await client.open(URI, text);
    const found = await client.verdict(URI, 1);
    const said = found.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatchInlineSnapshot(`
      "1 E0503: invariant \`small\` is not kept by \`step\`, from a state that was not reached
      Help: add an invariant that rules out the state shown; where it can happen, change the code; \`unproved\` before the clause lets it stand

      in a state where
           a = 7
        1. step() by bob
           b: 0 -> 1000"
    `);
    expect(said[1]).toMatch(/^1 E0504: could not decide whether `ensures .*: .*what is hard.*\nHelp: /);
  });

  test('lenses say it in a line, their command tells the runs, and clauses have their answers', async () => {
    const client = await start();
    await client.open(URI, BOX);
    await client.verdict(URI, 1);
    expect(await client.lenses(URI)).toMatchInlineSnapshot(`
      [
        "1: 8 of 10 proved, 1 refuted, 1 warning",
        "1: show the 2 runs",
        "4: 3 of 5 proved, 1 refuted, 1 warning",
        "4: show the 2 runs",
        "8: 1 of 1 proved",
        "12: 1 of 1 proved",
      ]
    `);
    const told = await client.connection.sendRequest(ExecuteCommandRequest.type, {
      command: 'ccl.showRun',
      arguments: [URI, 'Box.add'],
    });
    expect((told as { text: string }).text).toMatchInlineSnapshot(`
      "Box.add

      refuted: invariant \`small\` is not kept by \`add\`

        1. deploy Box() by alice
        2. add(10) by bob
              7 | { n += x; }
           n: 0 -> 10

      as a test:

      test "Box: invariant \`small\` is not kept by \`add\`" {
        let box = deploy Box() by alice;
        box.add(10) by bob;
      }


      warning: \`add\` may revert: the result does not fit in 64 bits

        1. deploy Box() by alice
        2. add(1) by alice
              7 | { n += x; }
           n: 0 -> 1
        3. add(9223372036854775807) by bob: reverts, the result does not fit in 64 bits
              7 | { n += x; }

      as a test:

      test "Box: \`add\` may revert: the result does not fit in 64 bits" {
        let box = deploy Box() by alice;
        box.add(1) by alice;
        box.add(9223372036854775807) by bob;
      }
      "
    `);
    expect(client.messages).toEqual([(told as { text: string }).text]);
    const hover = await client.connection.sendRequest(HoverRequest.type, {
      textDocument: { uri: URI },
      position: at(BOX, 'ensures'),
    });
    expect(hover?.contents).toMatchInlineSnapshot(`
      {
        "kind": "markdown",
        "value": "- **proved**: \`ensures n > old(n)\` holds after \`add\`",
      }
    `);
  });

  test('an editor that shows runs itself gets them without a message', async () => {
    const client = await start({ options: { showsRuns: true } });
    await client.open(URI, BOX);
    await client.verdict(URI, 1);
    const ask = (name: string) =>
      client.connection.sendRequest(ExecuteCommandRequest.type, {
        command: 'ccl.showRun',
        arguments: [URI, name],
      });
    expect(await ask('Box.add')).toMatchObject({ title: 'Box.add', text: expect.stringContaining('add(') });
    expect(await ask('Box.gone')).toMatchObject({ text: expect.stringContaining('not known any more') });
    expect(client.messages).toEqual([]);
  });
});

test('a run can be written down as a test', async () => {
  const client = await start({ options: { verify: { when: 'onSave' } } });
  await client.open(URI, BOX);
  const [found] = await client.verdict(URI, 1);
  const actions = await client.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri: URI },
    range: found!.range,
    context: { diagnostics: [found!] },
  });
  expect(actions).toMatchObject([{ title: 'Write this run down as a test', diagnostics: [found] }]);
  const written = applied(BOX, actions);
  expect(written).toMatch(/test "Box: invariant `small` is not kept by `add`" \{\n.*deploy Box\(\) by alice/);
  const marks = await client.change(URI, 2, written);
  expect(marks.filter(({ severity }) => severity !== 3)).toEqual([]);
});

describe('while typing', () => {
  const ON_SAVE = { options: { verify: { when: 'onSave' } } };

  test('what was said stays where nothing changed, and says that it is of before', async () => {
    const client = await start(ON_SAVE);
    await client.open(URI, BOX);
    const first = await client.verdict(URI, 1);
    const moved = BOX.replace('state {', '// moved\n  state {');
    const between = await client.change(URI, 2, moved);
    expect(between.map(({ severity, message }) => ({ severity, message }))).toEqual([
      { severity: 3, message: 'Before the last change: invariant `small` is not kept by `add`' },
      { severity: 3, message: expect.stringMatching(/^Before the last change: `add` may revert/) },
    ]);
    expect(between[0]!.range.start).toEqual(at(moved, 'invariant small'));
    expect((await client.lenses(URI))[1]).toMatch(/^5: .* before the last change$/);
    await client.save(URI);
    const second = await client.verdict(URI, 2);
    expect(codesOf(second)).toEqual(codesOf(first));
    expect(second[0]!.range.start).toEqual(at(moved, 'invariant small'));
  });

  test('of the part that changed nothing is said', async () => {
    const client = await start(ON_SAVE);
    await client.open(URI, BOX);
    await client.verdict(URI, 1);
    const between = await client.change(URI, 2, BOX.replace('n < 3', 'n < 30'));
    expect(between.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Before the last change: `add` may revert/),
    ]);
    expect(await client.change(URI, 3, BOX)).toMatchObject([
      { code: 'E0501', severity: 1 },
      { code: 'W0506' },
    ]);
  });

  test('a text with mistakes has no verdicts, and no lenses', async () => {
    const client = await start();
    await client.open(URI, BOX);
    await client.verdict(URI, 1);
    expect(codesOf(await client.change(URI, 2, BOX.replace('n += x;', 'n += ;')))).toEqual(['E0105']);
    expect(await client.lenses(URI)).toEqual([]);
    await client.change(URI, 3, GOOD);
    expect(await client.verdict(URI, 3)).toEqual([]);
    expect((await client.lenses(URI))[0]).toMatch(/^1: (\d+) of \1 proved$/);
  });

  test('a newer version ends the verification of the older one', async () => {
    const client = await start({ program: GATED });
    await client.open(URI, ENDLESS);
    await client.begun('Verifying test.ccl');
    await client.change(URI, 2, GOOD);
    expect(await client.verdict(URI, 2)).toEqual([]);
    expect(client.titles).toHaveLength(2);
    await client.change(URI, 3, ENDLESS);
    await client.begun('Verifying test.ccl', 3);
    await client.giveUp();
    await client.change(URI, 4, BOX);
    expect(codesOf(await client.verdict(URI, 4))).toEqual(['E0501', 'W0506']);
    await client.finished(4);
  });

  test('closing ends it, and another document has its turn', async () => {
    const client = await start({ program: GATED });
    const other = 'file:///contracts/other.ccl';
    await client.open(URI, ENDLESS);
    await client.begun('Verifying test.ccl');
    await client.open(other, GOOD);
    await client.close(URI);
    expect(await client.verdict(other, 1)).toEqual([]);
    expect(client.titles).toEqual(['Verifying test.ccl', 'Verifying other.ccl']);
  });

  test('what is touched last comes first, and what made room comes again', async () => {
    const client = await start({ program: GATED });
    const other = 'file:///contracts/other.ccl';
    await client.open(URI, ENDLESS);
    await client.begun('Verifying test.ccl');
    await client.open(other, GOOD);
    expect(await client.verdict(other, 1)).toEqual([]);
    await client.begun('Verifying test.ccl', 2);
    expect(client.titles).toEqual(['Verifying test.ccl', 'Verifying other.ccl', 'Verifying test.ccl']);
  });

  test('a file that is saved where it is known does not begin again', async () => {
    const client = await start({ program: GATED });
    await client.open(URI, ENDLESS);
    await client.begun('Verifying test.ccl');
    const published = client.next(URI, 1);
    await client.save(URI);
    await client.connection.sendNotification(DidChangeWatchedFilesNotification.type, {
      changes: [{ uri: URI, type: 2 }],
    });
    await published;
    await client.change(URI, 2, GOOD);
    expect(await client.verdict(URI, 2)).toEqual([]);
    expect(client.titles).toHaveLength(2);
  });

  test('what is proved is said before a run is found for the rest', async () => {
    const client = await start({ program: GATED });
    await client.open(URI, SEARCHED);
    const [open, ...others] = await client.settled(URI, 1);
    expect(others).toEqual([]);
    expect(open).toMatchObject({ code: 'open', severity: 3, range: { start: { line: 4, character: 4 } } });
    expect(open!.message).toMatch(/^Not proved so far, .*`ensures n == 0` does not hold after `end`$/);
    expect(await client.lenses(URI)).toContain('4: 2 of 3 proved, 1 open');
    await client.change(URI, 2, SEARCHED.replace('n = n + 0', 'n = 0'));
    expect(await client.verdict(URI, 2)).toEqual([]);
    // Nobody has found out: the text that comes again is verified again.
    await client.change(URI, 3, SEARCHED);
    expect(codesOf(await client.settled(URI, 3))).toEqual(['open']);
  });

  test('the end of the editor ends what is never done', async () => {
    const client = await start({ program: GATED });
    await client.open(URI, ENDLESS);
    await client.begun('Verifying test.ccl');
  });

  test('so does the end of what it speaks over', async () => {
    const client = await startProving({ program: GATED, environment: { CCL_CACHE: CACHE } });
    await client.open(URI, ENDLESS);
    await client.begun('Verifying test.ccl');
    const exited = once(client.server, 'exit');
    client.connection.dispose();
    client.server.stdin!.end();
    await exited;
  });

  test('a verifier that dies is a line in the log', async () => {
    const client = await start({ program: GATED });
    await client.open(URI, ENDLESS.replaceAll('424242', '434343'));
    await client.logged('could not verify');
    expect(await client.change(URI, 2, GOOD)).toEqual([]);
    expect(await client.verdict(URI, 2)).toEqual([]);
  });
});

describe('what the editor chooses', () => {
  const choose = (client: Proving, when: string) =>
    client.connection.sendNotification(DidChangeConfigurationNotification.type, {
      settings: { ccl: { verify: { when } } },
    });

  test('off, and on again', async () => {
    const client = await start({ options: { verify: { when: 'off' } } });
    await client.open(URI, BOX);
    await client.save(URI);
    expect(await client.lenses(URI)).toEqual([]);
    expect(client.titles).toEqual([]);
    await choose(client, 'onSave');
    expect(codesOf(await client.verdict(URI, 1))).toEqual(['E0501', 'W0506']);
    expect(client.titles).toHaveLength(1);
    const published = client.next(URI, 1);
    await choose(client, 'off');
    expect(await published).toEqual([]);
  });

  test('where it says nothing of CCL, what it was started with stands', async () => {
    const client = await start({
      options: { verify: { when: 'off' } },
      capabilities: {
        workspace: { configuration: true, codeLens: { refreshSupport: true } },
        window: { workDoneProgress: true },
      },
      onStart: (connection) => connection.onRequest('workspace/configuration', () => [null]),
    });
    await client.open(URI, BOX);
    const notify = (settings: unknown) =>
      client.connection.sendNotification(DidChangeConfigurationNotification.type, { settings });
    await notify(null);
    await notify({ other: 1 });
    await client.save(URI);
    expect(await client.lenses(URI)).toEqual([]);
    expect(client.titles).toEqual([]);
    await choose(client, 'onSave');
    expect(codesOf(await client.verdict(URI, 1))).toEqual(['E0501', 'W0506']);
  });

  test('an editor that is asked for its settings decides', async () => {
    const client = await start({
      options: { verify: { when: 'off' } },
      capabilities: {
        workspace: { configuration: true, codeLens: { refreshSupport: true } },
        window: { workDoneProgress: true },
      },
      onStart: (connection) =>
        connection.onRequest('workspace/configuration', ({ items }) =>
          items.map(({ section }: { section: string }) =>
            section === 'ccl' ? { verify: { when: 'onSave' } } : null,
          ),
        ),
    });
    await client.open(URI, BOX);
    expect(codesOf(await client.verdict(URI, 1))).toEqual(['E0501', 'W0506']);
    await client.change(URI, 2, GOOD);
    await client.save(URI);
    expect(await client.verdict(URI, 2)).toEqual([]);
  });
});

describe('several files', () => {
  test('a folder with blanks; what changes in one file is proved again in those that use it', async () => {
    const folder = join(FOLDER, 'two files');
    mkdirSync(folder, { recursive: true });
    const shared = join(folder, 'shared rates.ccl');
    const main = join(folder, 'Fund of all.ccl');
    const library =
      'fn fee(x: Int) -> Int\n  requires x >= 0 && x < 1000 else "small"\n  ensures result <= x\n{ x / 10 }\n';
    const fund = `use "./shared rates.ccl".{ fee };
contract Fund {
  state { left: Int; }
  rule pay(x: Int)
    requires x >= 0 && x < 1000 else "small"
    ensures left <= x
  { left = x - fee(x); }
}
`;
    writeFileSync(shared, library);
    writeFileSync(main, fund);
    const [libraryUri, uri] = [pathToFileURL(shared).href, pathToFileURL(main).href];
    const client = await start();
    await client.open(uri, fund);
    expect(await client.verdict(uri, 1)).toEqual([]);
    expect(client.titles).toEqual(['Verifying Fund of all.ccl']);
    await client.open(libraryUri, library);
    expect(await client.verdict(libraryUri, 1)).toEqual([]);
    expect(await client.lenses(libraryUri)).toEqual([expect.stringMatching(/^1: (\d+) of \1 proved$/)]);
    const again = client.again(uri, 1);
    await client.change(libraryUri, 2, library.replace('x / 10', 'x / 10 - 2000'));
    const [first] = await again;
    expect(first).toMatchObject({ code: 'E0501', range: { start: at(fund, 'ensures left') } });
    expect(first!.relatedInformation!.map(({ location }) => location.uri)).toContain(uri);
  });
});

describe('what no rule of the file says', () => {
  test('what can happen in a file that is used is said where it is used', async () => {
    const folder = join(FOLDER, 'used');
    mkdirSync(folder, { recursive: true });
    const shared = join(folder, 'shared.ccl');
    writeFileSync(shared, 'fn part(x: Int) -> Int {\n  100 / x\n}\n');
    const text = `use "./shared.ccl".{ part };
contract Fund {
  state { left: Int; }
  rule pay(x: Int) { left = part(x); }
}
`;
    const client = await start();
    const uri = pathToFileURL(join(folder, 'Fund.ccl')).href;
    await client.open(uri, text);
    const [found] = await client.verdict(uri, 1);
    expect(found).toMatchObject({
      code: 'W0506',
      range: { start: { line: 0, character: 0 } },
      message: expect.stringMatching(/^in .*shared\.ccl: .*the divisor is zero/),
    });
    const places = found!.relatedInformation!.map(({ location }) => location);
    expect(places[0]).toMatchObject({ uri: pathToFileURL(shared).href, range: { start: { line: 1 } } });
  });

  test('a contract that cannot be deployed is not proved', async () => {
    const client = await start();
    const text = 'contract Clock {\n  state { n: Int; }\n  on every 1d gas 5 { n = 1; }\n}\n';
    await client.open(URI, text);
    expect(await client.verdict(URI, 1)).toMatchObject([
      { code: 'E0702', severity: 1, range: { start: at(text, 'every') } },
    ]);
    expect(await client.lenses(URI)).toEqual([]);
  });
});

describe('what nobody wrote', () => {
  const JAR = `contract Jar {
  state { n: Int; m: Int; }
  rule put(x: Int) requires x > 0 && x < 100 else "small" { n = x; }
  rule take(x: Int)
    requires x > 0 && x < 100 else "small"
    ensures m <= x
  { m = x - n; }
}
`;

  test('is shown, and can be written down', async () => {
    const client = await start();
    await client.open(URI, JAR);
    const found = await client.verdict(URI, 1);
    expect(found).toMatchObject([{ severity: 3, code: 'found', range: { start: at(JAR, 'Jar') } }]);
    const actions = await client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri: URI },
      range: found[0]!.range,
      context: { diagnostics: found },
    });
    expect(actions).toMatchObject([{ title: expect.stringMatching(/^Write down th/) }]);
    const written = applied(JAR, actions);
    expect(written).toContain('invariant found_1: ');
    await client.change(URI, 2, written);
    expect(await client.verdict(URI, 2)).toEqual([]);
  });
});

describe('the cache', () => {
  test('what the command line has asked the editor need not ask', async () => {
    const cache = join(FOLDER, 'shared cache');
    const file = join(FOLDER, 'Box.ccl');
    writeFileSync(file, GOOD);
    const main = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');
    execFileSync(process.execPath, [main, 'verify', file], { env: { ...process.env, CCL_CACHE: cache } });
    const asked = readdirSync(join(cache, 'answers'));
    const client = await start({
      program: GATED,
      environment: { CCL_CACHE: cache, CCL_TEST_WORKERS: '0' },
    });
    const uri = pathToFileURL(file).href;
    await client.open(uri, GOOD);
    expect(await client.verdict(uri, 1)).toEqual([]);
    expect(readdirSync(join(cache, 'answers'))).toEqual(asked);
  });
});
