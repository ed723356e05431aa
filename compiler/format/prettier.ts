/**
 * The plugin for the program `prettier` (`npx prettier --plugin …`): a file of CCL in, the text of `ccl fmt` out. It hands
 * over the whole file, so that both give the same whatever prettier is set to; there is nothing to set.
 */
import type { AstPath, Plugin } from 'prettier';
import { builders, utils } from 'prettier/doc';
import type { Diagnostic } from '../diagnostics.ts';
import { lineStarts, positionAt } from '../syntax/lines.ts';
import { format } from './format.ts';

type Whole = { readonly text: string; readonly formatted: string };

// The names that prettier looks for.
export const languages: Plugin['languages'] = [
  { name: 'CCL', parsers: ['ccl'], extensions: ['.ccl'], vscodeLanguageIds: ['ccl'] },
];
export const parsers: Plugin<Whole>['parsers'] = {
  ccl: {
    parse: formatWhole,
    astFormat: 'ccl-whole',
    locStart: () => 0,
    locEnd: ({ text }) => text.length,
  },
};
export const printers: Plugin<Whole>['printers'] = { 'ccl-whole': { print: printWhole } };

async function formatWhole(text: string): Promise<Whole> {
  const result = await format(text, { file: 'this file' });
  if (!result.ok) throw syntaxError(text, result.diagnostics[0]!);
  return { text, formatted: result.text };
}

function printWhole({ node }: AstPath<Whole>) {
  return utils.replaceEndOfLine(node.formatted, builders.literalline);
}

/** In the form that prettier shows with an excerpt. */
function syntaxError(text: string, { code, message, span }: Diagnostic): SyntaxError {
  const starts = lineStarts(text);
  const [start, end] = [span.start, span.end].map((offset) => {
    const { line, column } = positionAt(starts, offset);
    return { line: line + 1, column: column + 1 };
  });
  return Object.assign(new SyntaxError(`${code}: ${message}`), { loc: { start, end } });
}
