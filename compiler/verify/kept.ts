/**
 * Obligations of earlier texts of a contract, for whoever proves it again after each edit. A part's obligations are taken from
 * there where all that it sees is the same, letter by letter, but for where it stands in the text: a place moves with
 * what stands at it. Nothing is known of an obligation but what the part was made of, so that what is kept is what would be made.
 */
import type { AssertClause, Clause } from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';
import type { Obligation } from './obligations.ts';
import type { Part } from './parts.ts';

export type KeptObligations = {
  /** In the order of the parts; `make` is called for those that are not kept. */
  readonly of: (
    parts: readonly Part[],
    assumed: readonly Clause[],
    make: (part: Part) => readonly Obligation[],
  ) => readonly Obligation[];
};

/** Characters of all that is kept: those that were not asked for the longest make room. */
const CHARACTERS_MAX = 2 ** 24;

/** Keeps nothing at first. */
export function keepObligations(charactersMax = CHARACTERS_MAX): KeptObligations {
  const kept = new Map<string, Kept>();
  let characters = 0;
  const forget = (key: string): void => {
    characters -= sizeOf(key, kept.get(key)?.obligations ?? []);
    kept.delete(key);
  };
  const keep = (key: string, one: Kept): void => {
    if (kept.has(key)) forget(key);
    kept.set(key, one);
    characters += sizeOf(key, one.obligations);
    for (const oldest of kept.keys()) if (characters > charactersMax) forget(oldest);
  };
  return {
    of: (parts, assumed, make) => {
      const read = reader();
      return parts.flatMap((part) => {
        const { key, places } = placed(read, part, assumed);
        const before = kept.get(key);
        const obligations = (before === undefined ? null : moved(before, places)) ?? make(part);
        if (areWithin(obligations, places)) keep(key, { places, obligations });
        return obligations;
      });
    },
  };
}

// ---- private -----------------------------------------------------------------------------------

type Kept = { readonly places: Places; readonly obligations: readonly Obligation[] };

/** What an obligation points at, in the order of the text. */
type Places = { readonly spans: readonly Span[]; readonly clauses: readonly Stated[] };
type Stated = Clause | AssertClause;

/** A value without its places, and these. */
type Reading = { readonly text: string; readonly places: Places };

function sizeOf(key: string, obligations: readonly Obligation[]): number {
  return obligations.reduce((size, { text }) => size + text.length, key.length);
}

/** All that a part is made of. */
function placed(read: (value: object) => Reading, part: Part, assumed: readonly Clause[]) {
  const { common, assumptions, model, kind } = part;
  const { contract, flaws, lists, sums } = model;
  const names = assumed.map(({ name }) => name);
  const own = { kind, index: 'index' in part ? part.index : null, names, assumptions };
  const readings = [
    ...[common, ...contract.functions, ...contract.proofs].map(read),
    read({ own, sums, lists, flaws }),
  ];
  return {
    key: readings.map(({ text }) => text).join('\n'),
    places: {
      spans: readings.flatMap(({ places }) => places.spans),
      clauses: readings.flatMap(({ places }) => places.clauses),
    },
  };
}

/** Reads each object once. */
function reader(): (value: object) => Reading {
  const known = new Map<object, Reading>();
  return (value) => {
    const reading = known.get(value) ?? readingOf(value);
    known.set(value, reading);
    return reading;
  };
}

function readingOf(value: object): Reading {
  const [spans, clauses]: [Span[], Stated[]] = [[], []];
  const text = JSON.stringify(value, (name, part: unknown) => {
    if (typeof part === 'bigint') return { integer: String(part) };
    if (part instanceof Uint8Array) return { bytes: [...part] };
    if (part instanceof Map || part instanceof Set) return [...part];
    const place = placeIn(name, part);
    if (place !== null) {
      spans.push(place);
      return null;
    }
    if (isStated(part)) clauses.push(part);
    return part;
  });
  return { text, places: { spans, clauses } };
}

/** A span, or where a type is declared: that tells types of one name apart. */
function placeIn(name: string, part: unknown): Span | null {
  if (name === 'declared' && typeof part === 'number') return { start: part, end: part };
  if (name !== 'span' || typeof part !== 'object' || part === null) return null;
  return 'start' in part && 'end' in part ? (part as Span) : null;
}

function isStated(part: unknown): part is Stated {
  return typeof part === 'object' && part !== null && 'term' in part && 'unproved' in part;
}

/** The obligations at the places of now; null where two of them were one, or are. */
function moved({ places, obligations }: Kept, now: Places): readonly Obligation[] | null {
  const spans = new Map(places.spans.map((span, i) => [keyOf(span), now.spans[i]!]));
  const isSame = places.spans.every((span, i) => keyOf(spans.get(keyOf(span))!) === keyOf(now.spans[i]!));
  const distinct = new Set([...spans.values()].map(keyOf));
  if (!isSame || distinct.size !== spans.size) return null;
  const clauses = new Map(places.clauses.map((clause, i) => [clause, now.clauses[i]!]));
  return obligations.map((obligation) => ({
    ...obligation,
    span: spans.get(keyOf(obligation.span))!,
    clause: obligation.clause === null ? null : clauses.get(obligation.clause)!,
  }));
}

function areWithin(obligations: readonly Obligation[], { spans, clauses }: Places): boolean {
  const known = new Set(spans.map(keyOf));
  const stated = new Set(clauses);
  return obligations.every(
    ({ span, clause }) => known.has(keyOf(span)) && (clause === null || stated.has(clause)),
  );
}

function keyOf({ start, end }: Span): string {
  return `${start} ${end}`;
}
