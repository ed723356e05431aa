/**
 * Random sources for the front end: sentences of the parser's own grammar, declarations of real sources put together
 * anew, and texts with bytes changed. All randomness comes from one seeded generator, so an input can be made again.
 */
import { Grammar } from '../../compiler/syntax/grammar.ts';
import { parse } from '../../compiler/syntax/parse.ts';
import { walk } from '../../compiler/syntax/visit.ts';

/** Numbers from 0 to below `bound`. */
export type Draw = (bound: number) => number;

/** A small generator of good quality (splitmix32): the same seed gives the same numbers everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % bound;
  };
}

function pick<T>(draw: Draw, list: readonly T[]): T {
  return list[draw(list.length)]!;
}

// ---- sentences of the grammar ------------------------------------------------------------------

/** A part of chevrotain's description of a grammar. */
type Part = {
  readonly definition?: readonly Part[];
  readonly nonTerminalName?: string;
  readonly terminalType?: { readonly name: string; readonly LABEL?: string; readonly PATTERN?: unknown };
};

const RULES = (
  new Grammar() as unknown as { getGAstProductions(): Readonly<Record<string, Part>> }
).getGAstProductions();

/** Words for tokens that are not always the same; names are few, so that they are often declared. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  Identifier: [
    ...[
      'a',
      'b',
      'x',
      'total',
      'worked',
      'members',
      'hours',
      'Motion',
      'Choice',
      'Yes',
      'No',
      'Bank',
      'caller',
      'self',
    ],
    ...[
      'Int',
      'Bool',
      'Did',
      'Text',
      'Amount',
      'Map',
      'Set',
      'Option',
      'List',
      'Ratio',
      'Time',
      'ledger',
      'balance',
    ],
    ...[
      'old',
      'result',
      'sum',
      'count',
      'min',
      'some',
      'none',
      'now',
      'share',
      'transfer',
      'size',
      'add',
      'bob',
    ],
  ],
  Text: ['""', '"a"', '"1.0.0"', '"./x.ccl"', '"the amount\\n"'],
  Number: ['0', '1', '2', '1_000', '9223372036854775807', '9223372036854775808', '2.50'],
};
const SAMPLES = [
  '67%',
  '36h',
  '0xff',
  '@2026-01-31T12:00Z',
  'did"did:icn:a"',
  '1',
  '2.50 hours',
  '99999999999999999999',
];
const DEPTH_MAX = 60;

/** One sentence from the production `rule`, its words divided by blanks and line breaks. */
export function sentence(draw: Draw, rule: string): string {
  const out: string[] = [];
  speak(draw, { nonTerminalName: rule }, 0, out);
  return out.map((word) => word + pick(draw, [' ', ' ', ' ', '\n', ''])).join('');
}

function speak(draw: Draw, part: Part, depth: number, out: string[]): void {
  if (out.length > 400) return;
  if (part.terminalType !== undefined) out.push(wordFor(draw, part.terminalType));
  else if (part.nonTerminalName !== undefined) {
    for (const inner of RULES[part.nonTerminalName]?.definition ?? []) speak(draw, inner, depth + 1, out);
  } else speakGroup(draw, part, depth, out);
}

function speakGroup(draw: Draw, part: Part, depth: number, out: string[]): void {
  const parts = part.definition ?? [];
  const tired = depth > DEPTH_MAX;
  switch (part.constructor.name) {
    case 'Alternation':
      if (parts.length > 0) speak(draw, tired ? parts[0]! : pick(draw, parts), depth + 1, out);
      return;
    case 'Option':
      if (!tired && draw(2) === 0) for (const inner of parts) speak(draw, inner, depth + 1, out);
      return;
    case 'Alternative':
      for (const inner of parts) speak(draw, inner, depth + 1, out);
      return;
    default:
      for (let turn = tired ? 0 : draw(4); turn > 0; turn--)
        for (const inner of parts) speak(draw, inner, depth + 4, out);
  }
}

function wordFor(draw: Draw, { name, LABEL, PATTERN }: NonNullable<Part['terminalType']>): string {
  const known = WORDS[name];
  if (known !== undefined) return pick(draw, known);
  if (typeof PATTERN === 'string') return PATTERN;
  if (name.startsWith('word_')) return name.slice('word_'.length);
  const label = LABEL?.replaceAll('`', '');
  return label !== undefined && /^\S{1,12}$/.test(label) ? label : pick(draw, SAMPLES);
}

// ---- declarations of real sources --------------------------------------------------------------

/** Texts of nodes by their kind. */
export type Corpus = {
  readonly texts: readonly string[];
  readonly byKind: ReadonlyMap<string, readonly string[]>;
};

export function corpusOf(texts: readonly string[]): Corpus {
  const byKind = new Map<string, string[]>();
  for (const text of texts) {
    walk(parse('x.ccl', text).tree, ({ kind, span }) => {
      const known = byKind.get(kind) ?? [];
      if (kind !== 'file' && span.end > span.start)
        byKind.set(kind, [...known, text.slice(span.start, span.end)].slice(-400));
      return undefined;
    });
  }
  return { texts, byKind };
}

/** A real source in which some nodes stand for others of their kind. */
export function grafted(draw: Draw, { texts, byKind }: Corpus): string {
  let text = pick(draw, texts);
  for (let turn = 1 + draw(4); turn > 0; turn--) {
    const nodes: { kind: string; start: number; end: number }[] = [];
    walk(parse('x.ccl', text).tree, ({ kind, span }) => {
      if (kind !== 'file' && kind !== 'contract' && span.end > span.start) nodes.push({ kind, ...span });
      return undefined;
    });
    if (nodes.length === 0) return text;
    const { kind, start, end } = pick(draw, nodes);
    text = text.slice(0, start) + pick(draw, byKind.get(kind) ?? ['']) + text.slice(end);
  }
  return text;
}

// ---- bytes -------------------------------------------------------------------------------------

const BITS = [
  '(',
  ')',
  '{',
  '}',
  '[',
  '"',
  '\\',
  ';',
  '//',
  '///',
  '/*',
  '\u0000',
  '\ud800',
  '日',
  '\r',
  '\n',
  '\t',
  '0',
  '=',
];

/** A text with stretches cut, doubled, moved and replaced by odd characters. */
export function damaged(draw: Draw, text: string): string {
  let changed = text;
  for (let turn = 1 + draw(6); turn > 0; turn--) {
    const at = draw(changed.length + 1);
    const end = Math.min(changed.length, at + draw(pick(draw, [2, 8, 200])));
    const taken = changed.slice(at, end);
    const insert = pick(draw, [
      '',
      taken + taken,
      pick(draw, BITS),
      pick(draw, BITS).repeat(1 + draw(600)),
      String.fromCharCode(draw(0x10000)),
    ]);
    changed = changed.slice(0, at) + insert + changed.slice(end);
  }
  return changed;
}

/** Any of these, the input of that number. */
export function inputOf(corpus: Corpus, seed: number, index: number): string {
  const draw = drawFrom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b));
  switch (draw(5)) {
    case 0:
      return sentence(draw, 'sourceFile');
    case 1:
      return damaged(draw, pick(draw, corpus.texts));
    case 2:
      return damaged(draw, sentence(draw, 'sourceFile'));
    case 3:
      return withMember(draw, pick(draw, corpus.texts));
    default:
      return grafted(draw, corpus);
  }
}

/** A real source with a sentence for a member of a contract in front of its last brace. */
function withMember(draw: Draw, text: string): string {
  const at = text.lastIndexOf('}');
  return at < 0
    ? text
    : `${text.slice(0, at)}\n${sentence(draw, pick(draw, ['member', 'statement']))}\n${text.slice(at)}`;
}
