/** A version that follows another in the editor: what `old` names is found in the file of the version before. */
import { expect, test } from 'vitest';
import { definitionAt } from '../../lsp/definition.ts';
import { readDocument } from '../../lsp/document.ts';
import { hoverAt } from '../../lsp/hover.ts';
import { outlineOf } from '../../lsp/symbols.ts';

const FIRST = `contract Jar {
  version "1.0.0";
  upgradable;
  state {
    /// Who may put something in.
    members: Set<Did, 100>;
  }
}
`;
const SECOND = `contract Jar {
  version "1.1.0";
  state { people: Int; }
  upgrade from "1.0.0" { people = old(members).size; }
}
`;
const WORKSPACE = {
  nameOf: (uri: string) => uri,
  uriOf: (name: string) => name,
  read: (name: string) => (name === 'jars/Jar@1.0.0.ccl' ? FIRST : null),
};

test('hover, definition and outline', () => {
  const document = readDocument('jars/Jar.ccl', SECOND, WORKSPACE);
  expect(document.analysis.diagnostics).toEqual([]);
  const offset = SECOND.indexOf('members');
  expect(hoverAt(document, offset)?.contents).toBe(
    '```ccl\nmembers: Set<Did, 100>;\n```\n\n*state variable*\n\nWho may put something in.',
  );
  expect(definitionAt(document, offset)?.uri).toBe('jars/Jar@1.0.0.ccl');
  const names = outlineOf(document).flatMap(({ children }) => children.map(({ name }) => name));
  expect(names).toEqual(['people', 'upgrade from 1.0.0']);
});

test('without that file the editor says where it was looked for', () => {
  const { analysis } = readDocument('jars/Jar.ccl', SECOND);
  expect(analysis.diagnostics.map(({ code, label }) => `${code} ${label}`)).toEqual([
    'E0432 looked for the contract in `Jar@1.0.0.ccl`, beside this file',
  ]);
});
