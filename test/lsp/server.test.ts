/** The language server over stdio, as an editor sees it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CodeActionRequest,
  DefinitionRequest,
  DocumentFormattingRequest,
  DocumentRangeFormattingRequest,
  DocumentSymbolRequest,
  HoverRequest,
} from 'vscode-languageserver-protocol/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { fixtures } from '../harness.ts';
import { type Client, startClient, URI } from './client.ts';

const BANK = fixtures('syntax', 'timebank.ccl')[0]!.text;
const OPTIONS = { tabSize: 4, insertSpaces: false };

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(async () => expect(await client.stop()).toBe(0));

/** The place of the `nth` time that `word` stands in the text. */
function placeOf(text: string, word: string, nth = 0) {
  let offset = text.indexOf(word);
  for (let at = 0; at < nth; at++) offset = text.indexOf(word, offset + 1);
  return TextDocument.create(URI, 'ccl', 1, text).positionAt(offset);
}

async function hoverOver(text: string, word: string, nth = 0): Promise<unknown> {
  const hover = await client.connection.sendRequest(HoverRequest.type, {
    textDocument: { uri: URI },
    position: placeOf(text, word, nth),
  });
  return hover === null ? null : (hover.contents as { value: string }).value;
}

describe('variants', () => {
  const TEXT = `lifecycle Stage { Draft -> Open; }
enum Choice { Yes, Block { reason: Text } }
contract C {
  state { stage: Stage; best: Option<Int>; }
  rule f(c: Choice) {
    stage = Open;
    match c { Choice.Yes => {}, Block { reason: why } => { require why == "" else "no"; } }
    match best { none => {}, some(n) => { best = some(n); } }
  }
}
`;
  beforeAll(async () => expect(await client.open(URI, TEXT)).toEqual([]));
  afterAll(async () => expect(await client.close(URI)).toEqual([]));

  const definition = (word: string, nth = 0) =>
    client.connection.sendRequest(DefinitionRequest.type, {
      textDocument: { uri: URI },
      position: placeOf(TEXT, word, nth),
    });

  test('hover shows them with their type', async () => {
    expect(await hoverOver(TEXT, 'Open', 1)).toBe('```ccl\nStage.Open\n```\n\n*variant*');
    expect(await hoverOver(TEXT, 'Block', 1)).toBe('```ccl\nChoice.Block { reason: Text }\n```\n\n*variant*');
    expect(await hoverOver(TEXT, 'why', 1)).toBe('```ccl\nwhy: Text\n```\n\n*name of a pattern*');
    expect(await hoverOver(TEXT, 'n) =>')).toBe('```ccl\nn: Int\n```\n\n*name of a pattern*');
    expect(await hoverOver(TEXT, 'none')).toContain('`Option` without a value');
  });

  test('go to definition', async () => {
    expect(await definition('Open', 1)).toMatchObject({ range: { start: { line: 0, character: 27 } } });
    expect(await definition('Yes', 1)).toMatchObject({ range: { start: { line: 1, character: 14 } } });
    expect(await definition('Block', 1)).toMatchObject({ range: { start: { line: 1, character: 19 } } });
    expect(await definition('reason', 1)).toMatchObject({ range: { start: { line: 1, character: 27 } } });
    expect(await definition('why', 1)).toMatchObject({ range: { start: { line: 6 } } });
    expect(await definition('Choice', 1)).toMatchObject({ range: { start: { line: 1, character: 5 } } });
  });
});

describe('a prove', () => {
  const TEXT = `contract Box {
  state { n: Int; }
  rule put(x: Int) -> Int { n = x; return x; }
  view here() -> Int { return n; }
  prove "what is put in is there" (a: Did, y: Int) {
    let got = put(y) by a;
    let other = run { put(1) by a; };
    later;
    expect here() == got && other.succeeded && after(other, n) == 1;
  }
}
`;
  beforeAll(async () => expect(await client.open(URI, TEXT)).toEqual([]));
  afterAll(async () => expect(await client.close(URI)).toEqual([]));

  test('hover shows what is called, named and read', async () => {
    expect(await hoverOver(TEXT, 'put(y)')).toContain('rule put(x: Int) -> Int');
    expect(await hoverOver(TEXT, 'here()', 1)).toContain('view here() -> Int');
    expect(await hoverOver(TEXT, 'got', 1)).toBe('```ccl\nlet got: Int\n```\n\n*local variable*');
    expect(await hoverOver(TEXT, 'other.succeeded')).toBe('```ccl\nlet other: run\n```\n\n*local variable*');
    expect(await hoverOver(TEXT, 'succeeded')).toBe('```ccl\nBool\n```');
    expect(await hoverOver(TEXT, 'after(')).toContain('at the end of a run');
  });

  test('go to definition', async () => {
    const definition = (word: string, nth = 0) =>
      client.connection.sendRequest(DefinitionRequest.type, {
        textDocument: { uri: URI },
        position: placeOf(TEXT, word, nth),
      });
    expect(await definition('put(1)')).toMatchObject({ range: { start: { line: 2, character: 7 } } });
    expect(await definition('got', 1)).toMatchObject({ range: { start: { line: 5, character: 8 } } });
    expect(await definition('other,')).toMatchObject({ range: { start: { line: 6, character: 8 } } });
  });
});

describe('an open file', () => {
  beforeAll(async () => expect(await client.open(URI, BANK)).toEqual([]));
  afterAll(async () => expect(await client.close(URI)).toEqual([]));

  test('diagnostics follow typing, with code, place and help', async () => {
    const broken = BANK.replace('total += amount;', 'total += amonut;').replace('init() {', 'init( {');
    const found = await client.change(URI, 2, broken);
    expect(found.map(({ code, severity, source }) => ({ code, severity, source }))).toEqual([
      { code: 'E0107', severity: 1, source: 'ccl' },
      { code: 'E0201', severity: 1, source: 'ccl' },
    ]);
    expect(found[0]!.range).toEqual({ start: { line: 20, character: 6 }, end: { line: 20, character: 7 } });
    expect(found[0]!.relatedInformation).toHaveLength(1);
    expect(await client.change(URI, 3, BANK)).toEqual([]);
  });

  test('hover shows signature, clauses and documentation', async () => {
    expect(await hoverOver(BANK, 'record')).toMatchInlineSnapshot(`
      "\`\`\`ccl
      rule record(provider: Did, amount: Amount<hours>)
        requires amount > 0 hours                             else "the amount must be positive"
        requires caller in members && provider in members     else "both must be members"
        requires provider != caller                           else "nobody works for themselves"
        ensures  worked[provider] == old(worked[provider]) + amount
      \`\`\`

      *rule*

      \`provider\` worked for the caller."
    `);
    expect(await hoverOver(BANK, 'worked[provider]')).toMatchInlineSnapshot(`
      "\`\`\`ccl
      worked: Map<Did, Amount<hours>>;
      \`\`\`

      *state variable*"
    `);
    expect(await hoverOver(BANK, 'transfer')).toMatchInlineSnapshot(`
      "\`\`\`ccl
      ledger.transfer(from: Did, to: Did, amount: Amount)
      \`\`\`

      Moves \`amount\` from one account to another. From the own account, from the caller up to the spending limit, or under a mandate; reverts when the payer cannot pay.

      Needs \`uses ledger.write;\`. Reverts when amount < 0, or to is null, or from is neither self, nor the caller within the spending limit, nor an account with a mandate that covers it, or !ledger.can_pay(from, amount), or an account is frozen."
    `);
    expect(await hoverOver(BANK, 'caller')).toMatchInlineSnapshot(`
      "\`\`\`ccl
      caller: Did
      \`\`\`

      The immediate caller: who signed the transaction, or the account of the calling contract."
    `);
    expect(await hoverOver(BANK, 'size')).toMatchInlineSnapshot(`
      "\`\`\`ccl
      s.size: Int
      \`\`\`

      How many elements the set has."
    `);
    expect(await hoverOver(BANK, 'hours {')).toMatchInlineSnapshot(`
      "\`\`\`ccl
      currency hours { decimals 2 }
      \`\`\`

      *currency*"
    `);
    expect(await hoverOver(BANK, 'purpose')).toBeNull();
  });

  test('go to definition', async () => {
    const definition = (word: string, nth = 0) =>
      client.connection.sendRequest(DefinitionRequest.type, {
        textDocument: { uri: URI },
        position: placeOf(BANK, word, nth),
      });
    const worked = placeOf(BANK, 'worked');
    expect(await definition('worked[provider]')).toEqual({
      uri: URI,
      range: { start: worked, end: { ...worked, character: worked.character + 6 } },
    });
    expect(await definition('amount);')).toMatchObject({
      range: { start: placeOf(BANK, 'amount: Amount<hours>)', 1) },
    });
    expect(await definition('caller')).toBeNull();
    expect(await definition('{')).toBeNull();
  });

  test('the outline', async () => {
    const symbols = await client.connection.sendRequest(DocumentSymbolRequest.type, {
      textDocument: { uri: URI },
    });
    expect(symbols).toHaveLength(1);
    const names = (symbols![0] as { children: { name: string }[] }).children.map(({ name }) => name);
    expect(names).toEqual([
      'hours',
      'members',
      'worked',
      'total',
      'adds_up',
      'never_negative',
      'only_grows',
      'Served',
      'init',
      'join',
      'record',
      'hours_of',
    ]);
  });
});

describe('formatting', () => {
  const MESSY = '// first\nconst   a: Int = 1;\nconst b: Int = 2;\nconst   c: Int = 3;';
  const NEAT = '// first\nconst a: Int = 1;\nconst b: Int = 2;\nconst c: Int = 3;\n';
  const uri = 'file:///contracts/messy.ccl';
  const apply = (edits: Parameters<typeof TextDocument.applyEdits>[1]) =>
    TextDocument.applyEdits(TextDocument.create(uri, 'ccl', 1, MESSY), edits);
  beforeAll(async () => void (await client.open(uri, MESSY)));

  test('a document: edits where it differs', async () => {
    const edits = await client.connection.sendRequest(DocumentFormattingRequest.type, {
      textDocument: { uri },
      options: OPTIONS,
    });
    expect(edits).toHaveLength(2);
    expect(apply(edits!)).toBe(NEAT);
  });

  test('a range: only its lines', async () => {
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } };
    const edits = await client.connection.sendRequest(DocumentRangeFormattingRequest.type, {
      textDocument: { uri },
      range,
      options: OPTIONS,
    });
    expect(apply(edits!)).toBe(MESSY.replace('const   a', 'const a'));
  });

  test('a document with a syntax error stays as it is', async () => {
    await client.change(uri, 2, 'const   a: = 1;');
    expect(
      await client.connection.sendRequest(DocumentFormattingRequest.type, {
        textDocument: { uri },
        options: OPTIONS,
      }),
    ).toEqual([]);
  });
});

describe('what an editor can get wrong', () => {
  test('a fix can be applied', async () => {
    const uri = 'file:///contracts/fix.ccl';
    const text = 'const a: Int = 1\nconst b: Int = 2;\n';
    const [diagnostic] = await client.open(uri, text);
    const actions = await client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: diagnostic!.range,
      context: { diagnostics: [diagnostic!] },
    });
    expect(actions).toMatchObject([
      { title: 'Insert `;`', kind: 'quickfix', edit: { changes: { [uri]: [{ newText: ';' }] } } },
    ]);
  });

  test('files and places that are not there', async () => {
    const nowhere = { textDocument: { uri: 'file:///nowhere.ccl' }, position: { line: 0, character: 0 } };
    expect(await client.connection.sendRequest(HoverRequest.type, nowhere)).toBeNull();
    expect(await client.connection.sendRequest(DefinitionRequest.type, nowhere)).toBeNull();
    const uri = 'file:///contracts/short.ccl';
    await client.open(uri, 'const a: Int = 1;');
    for (const position of [
      { line: 99, character: 99 },
      { line: 0, character: 999 },
      { line: -1, character: -1 },
    ]) {
      expect(
        await client.connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position }),
      ).toBeNull();
    }
  });

  test('unknown methods and broken parameters are refused, and the server lives on', async () => {
    await expect(client.connection.sendRequest('ccl/unknown', {})).rejects.toThrow();
    await expect(
      client.connection.sendRequest('textDocument/hover', { textDocument: null }),
    ).rejects.toThrow();
    await expect(client.connection.sendRequest('textDocument/formatting', [1, 2])).rejects.toThrow();
    expect(await client.open('file:///contracts/after.ccl', 'const a: Int = ;')).toHaveLength(1);
  });

  test('text that is no contract', async () => {
    const uri = 'file:///contracts/junk.ccl';
    await client.open(uri, '');
    const texts = [
      '\u0000\ud800(((',
      '('.repeat(100_000),
      '///',
      'contract {'.repeat(1_000),
      '"',
      '🦀'.repeat(1_000),
    ];
    for (const [at, text] of texts.entries())
      expect(Array.isArray(await client.change(uri, at + 2, text))).toBe(true);
    expect(await client.change(uri, 99, 'const a: Int = 1;')).toEqual([]);
  });

  test('bytes that are no message', async () => {
    const other = await startClient();
    other.server.stdin!.write(
      'Content-Length: 9\r\n\r\n{ "brokenContent-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull',
    );
    expect(await other.open(URI, 'const a: Int = ;')).toHaveLength(1);
    expect(await other.stop()).toBe(0);
  });

  test('an editor that goes away ends the server', async () => {
    const other = await startClient();
    const exited = new Promise((done) => other.server.once('exit', done));
    other.connection.dispose();
    other.server.stdin!.end();
    await exited;
  });
});

describe('several files', () => {
  const SHARED_URI = 'file:///contracts/shared.ccl';
  const SHARED =
    '/// What someone is.\nstruct Role { weight: Int }\nfn weigh(role: Role) -> Int { role.weight }\n';
  const TEXT = `use "./shared.ccl".{ Role, weigh };
use std.voting.{ reaches };
fn heavy(role: Role) -> Bool { weigh(role) > 5 && reaches(1, 2, 50%) }
`;
  const at = (word: string, nth = 0) => ({ textDocument: { uri: URI }, position: placeOf(TEXT, word, nth) });

  test('definition, hover and diagnostics go from one to the other', async () => {
    expect(await client.open(SHARED_URI, SHARED)).toEqual([]);
    expect(await client.open(URI, TEXT)).toEqual([]);
    const { connection } = client;
    expect(await connection.sendRequest(DefinitionRequest.type, at('weigh', 1))).toEqual({
      uri: SHARED_URI,
      range: { start: { line: 2, character: 3 }, end: { line: 2, character: 8 } },
    });
    expect(await connection.sendRequest(DefinitionRequest.type, at('shared'))).toMatchObject({
      uri: SHARED_URI,
    });
    expect(await connection.sendRequest(DefinitionRequest.type, at('reaches', 1))).toMatchObject({
      uri: expect.stringMatching(/^file:.*\/stdlib\/voting\.ccl$/),
    });
    expect(await hoverOver(TEXT, 'Role', 1)).toBe(
      '```ccl\nstruct Role { weight: Int }\n```\n\n*struct*\n\nWhat someone is.',
    );
    const used = client.next(URI, 1);
    await client.change(SHARED_URI, 2, SHARED.replace('role.weight', 'role.wieght'));
    expect(await used).toMatchObject([
      {
        code: 'E0205',
        range: { start: { line: 0 } },
        relatedInformation: [{ location: { uri: SHARED_URI } }],
      },
    ]);
    await client.close(URI);
    await client.close(SHARED_URI);
  });
});
