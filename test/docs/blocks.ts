/**
 * The blocks of CCL in a page of Markdown, as whole sources. What is said of a block stands behind the word `ccl`:
 * nothing: it checks without a word, is formatted, and its tests pass; a code (`E0301`): it gives exactly that message.
 * A block that is only a part of a source follows a comment with the rest, which readers do not see:
 * `<!-- around: contract C { @ } -->`, where `@` is the place of the block.
 */
export type Block = {
  /** Line of the block in its page, from 1. */
  readonly line: number;
  /** The block as readers see it. */
  readonly shown: string;
  /** The block with what stands around it. */
  readonly source: string;
  readonly whole: boolean;
  /** The one message that it shows; null: none. */
  readonly code: string | null;
};

const FENCE = /^```ccl(.*)\n([\s\S]*?)^```$/gm;
const AROUND = /<!-- around:((?:(?!-->)[\s\S])*)-->\s*$/;

/** In the order of the page. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(FENCE)].map((match) => {
    const before = page.slice(0, match.index);
    const around = AROUND.exec(before)?.[1];
    const shown = match[2]!;
    return {
      line: before.split('\n').length,
      shown,
      source: around === undefined ? shown : within(around, shown),
      whole: around === undefined,
      code: match[1]!.trim() === '' ? null : match[1]!.trim(),
    };
  });
}

/** The hole takes the block as it is: a replacement text would give `$` a meaning. */
function within(around: string, shown: string): string {
  const at = around.indexOf('@');
  if (at < 0) throw new Error(`no @ in <!-- around:${around}-->`);
  return `${around.slice(0, at)}\n${shown}${around.slice(at + 1)}`;
}
