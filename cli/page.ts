/** A page as plain data, and the two ways to write it: Markdown, and HTML that needs nothing else. */

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  /** Text with `code` and *emphasis*, as in Markdown. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    };

export function markdownOf(blocks: readonly Block[]): string {
  return `${blocks.map(markdownBlock).join('\n\n')}\n`;
}

/** One document with its own style; texts are escaped, whatever a contract says of itself. */
export function htmlOf(title: string, blocks: readonly Block[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
${blocks.map(htmlBlock).join('\n')}
</body>
</html>
`;
}

const STYLE = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 0.5rem; }
h3 { font-family: ui-monospace, monospace; font-size: 1rem; border-top: 1px solid var(--line); padding-top: 1rem; }
code { font: 0.9em ui-monospace, monospace; background: var(--line); padding: 0.1em 0.3em; border-radius: 0.25em; }
h3 code { background: none; padding: 0; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
th, td { text-align: left; padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }`;

function markdownBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'text':
      return block.text;
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n');
    case 'table': {
      const line = (cells: readonly string[]) =>
        `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
      return [line(block.head), line(block.head.map(() => '---')), ...block.rows.map(line)].join('\n');
    }
  }
}

function htmlBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inline(block.text)}</h${block.level}>`;
    case 'text':
      return block.text
        .split(/\n{2,}/)
        .map((part) => `<p>${inline(part)}</p>`)
        .join('\n');
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inline(item)}</li>`).join('\n')}\n</ul>`;
    case 'table': {
      const row = (cells: readonly string[], tag: string) =>
        `<tr>${cells.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join('')}</tr>`;
      return `<table>\n${[row(block.head, 'th'), ...block.rows.map((cells) => row(cells, 'td'))].join('\n')}\n</table>`;
    }
  }
}

/** `code` and *emphasis*; everything else as it stands. */
function inline(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      /^`[^`]+`$/.test(part)
        ? `<code>${escaped(part.slice(1, -1))}</code>`
        : escaped(part).replace(/\*([^*]+)\*/g, '<em>$1</em>'),
    )
    .join('');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
