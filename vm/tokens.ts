/** The tokens of the assembly text: one line in, its tokens or the place of the first bad character out. */

export type Token = {
  readonly kind: 'word' | 'directive' | 'text' | 'literal' | 'number' | 'ref' | 'hex' | 'position' | 'sign';
  readonly text: string;
  /** From 1. */
  readonly column: number;
};

const KINDS: readonly (readonly [Token['kind'], RegExp])[] = [
  ['literal', /(?:did|id|hash|bytes|int|bool|list<[a-z0-9:,<>]*>)"(?:[^"\\]|\\.)*"/y],
  ['text', /"(?:[^"\\]|\\.)*"/y],
  ['position', /@[0-9]{1,10}-[0-9]{1,10}/y],
  ['ref', /#[0-9]{1,10}/y],
  ['hex', /0x[0-9a-fA-F]*/y],
  ['number', /-?[0-9]{1,40}(?![0-9A-Za-z_])/y],
  ['word', /list<[a-z0-9:,<>]*>/y],
  ['sign', /->|[(){}<>,:=]/y],
  ['directive', /\.[a-z]+/y],
  ['word', /[A-Za-z_][A-Za-z0-9_.]*/y],
];
const BLANK = /[ \t\r]*(?:;.*)?/y;

/** Whether a name can stand without quotes. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name);
}

export function tokensOf(line: string): {
  readonly tokens: readonly Token[];
  readonly badColumn: number | null;
} {
  const tokens: Token[] = [];
  let at = skip(line, 0);
  while (at < line.length) {
    const token = tokenAt(line, at);
    if (token === null) return { tokens, badColumn: at + 1 };
    tokens.push(token);
    at = skip(line, at + token.text.length);
  }
  return { tokens, badColumn: null };
}

function tokenAt(line: string, at: number): Token | null {
  for (const [kind, pattern] of KINDS) {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found !== null) return { kind, text: found[0], column: at + 1 };
  }
  return null;
}

function skip(line: string, at: number): number {
  BLANK.lastIndex = at;
  return at + (BLANK.exec(line)?.[0].length ?? 0);
}
