/**
 * Source text in, the same program in its one layout out. A file with syntax errors is left alone.
 */
import { format as prettierFormat } from 'prettier/standalone';
import type { Diagnostic } from '../diagnostics.ts';
import { type Parsed, parse } from '../syntax/parse.ts';
import { PLUGIN } from './plugin.ts';
import { COMMENT_MARK, separateComments, WIDTH } from './printer.ts';

export type Formatted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Prettier moves a comment in an odd place once or twice before it rests. */
const PASSES_MAX = 5;

/** Formats one file. `file` is its name in diagnostics. Formatting the result again changes nothing. */
export async function format(text: string, options: { readonly file: string }): Promise<Formatted> {
  const before = parse(options.file, text);
  if (before.diagnostics.some(({ severity }) => severity === 'error'))
    return { ok: false, diagnostics: before.diagnostics };
  let current = text;
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const next = await layOut(current);
    if (next === current) break;
    current = next;
  }
  const after = parse(options.file, current);
  if (after.diagnostics.length > 0 || meaningOf(after) !== meaningOf(before)) {
    throw new Error(`formatting ${options.file} would change the program`);
  }
  return { ok: true, text: current };
}

async function layOut(text: string): Promise<string> {
  const marked = await prettierFormat(text, {
    parser: 'ccl',
    plugins: [PLUGIN],
    printWidth: WIDTH,
    tabWidth: 2,
    endOfLine: 'lf',
  });
  return text.includes(COMMENT_MARK) ? marked : separateComments(marked);
}

/** Tree and comments without places: what formatting must keep. */
function meaningOf({ tree, comments }: Parsed): string {
  const withoutPlaces = JSON.stringify(tree, (key, value) =>
    key === 'span' || key === 'doc' ? undefined : value,
  );
  return `${withoutPlaces}\n${comments
    .map(({ text }) => text.trimEnd())
    .sort()
    .join('\n')}`;
}
