/**
 * What entry points cost at most, in the author's words: `9_095 + 61_849 * members`. An artifact with its bounds and the
 * functions that it was made of in; a clause for each entry whose bound depends on sizes out.
 */
import {
  type AbiField,
  type AbiType,
  type Artifact,
  type Entry,
  type Factor,
  type GasFormula,
  sizedFormulas,
} from '../../vm/index.ts';
import type * as core from '../core/core.ts';
import { statementsOf } from './tree.ts';

/** The artifact with `gas …` among the clauses of its entries. */
export function withCosts(artifact: Artifact, functions: readonly core.Function[]): Artifact {
  const formulas = sizedFormulas(artifact);
  if (formulas.every((formula) => formula === null)) return artifact;
  const loopNames = namesOfLoops(artifact, functions);
  const entries = artifact.entries.map((entry, at) => {
    const formula = formulas[at] ?? null;
    const text = formula === null ? '' : costText(formula, (one) => nameOf(artifact, entry, loopNames, one));
    // Where nothing depends on a size the bound says it all.
    return text.includes('*') ? { ...entry, specs: [...entry.specs, `gas ${text}`] } : entry;
  });
  return { ...artifact, entries };
}

// ---- private -----------------------------------------------------------------------------------

type LoopNames = (loop: Extract<Factor, { readonly kind: 'turns' }>) => string;

/** Sizes of one name are one: the largest that the execution meets. */
function costText({ constant, terms }: GasFormula, name: (factor: Factor) => string): string {
  const sums = new Map([['', constant]]);
  for (const { coefficient, factors } of terms) {
    const names = factors.map(name).sort();
    const fixed = names.filter(isNumber).reduce((product, one) => product * Number(one), 1);
    const product = names.filter((one) => !isNumber(one)).join(' * ');
    sums.set(product, (sums.get(product) ?? 0) + coefficient * fixed);
  }
  return [...sums]
    .map(([product, coefficient]) =>
      product === '' ? grouped(coefficient) : `${grouped(coefficient)} * ${product}`,
    )
    .join(' + ');
}

function nameOf(artifact: Artifact, { params }: Entry, loopNames: LoopNames, factor: Factor): string {
  switch (factor.kind) {
    case 'turns':
      return loopNames(factor);
    case 'argument':
      return sizeName(params.flatMap(({ name, type }) => wordNames(type, name))[factor.word]);
    case 'leaf': {
      const { name, type } = artifact.storage[factor.slot]!;
      return sizeName(wordNames(elementOf(type), name)[factor.field]);
    }
  }
}

/** The elements of a list are counted, the pieces of a text. */
function sizeName(word: WordName | undefined): string {
  if (word === undefined) return 'size';
  return word.kind === 'List' ? word.name : `pieces(${word.name})`;
}

/** What the fields of a slot are the words of. */
function elementOf(type: AbiType | null): AbiType {
  if (type === null) return { kind: 'Unit' };
  return type.kind === 'Map' ? type.value : type;
}

type WordName = { readonly name: string; readonly kind: AbiType['kind'] };

/** The author's names of the words of a type, in their order. */
function wordNames(type: AbiType, name: string): readonly WordName[] {
  const of = (fields: readonly AbiField[]) =>
    fields.flatMap((field) => wordNames(field.type, `${name}.${field.name}`));
  switch (type.kind) {
    case 'Struct':
      return of(type.fields);
    case 'Tuple':
      return type.items.flatMap((item, at) => wordNames(item, `${name}.${at}`));
    case 'Enum':
      return [{ name, kind: 'Int' }, ...type.variants.flatMap(({ fields }) => of(fields))];
    case 'Option':
      return [{ name, kind: 'Int' }, ...wordNames(type.item, name)];
    case 'Unit':
      return [];
    default:
      return [{ name, kind: type.kind }];
  }
}

function isNumber(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

function namesOfLoops(artifact: Artifact, functions: readonly core.Function[]): LoopNames {
  const names = functions.map(
    ({ body }) =>
      new Map(
        statementsOf(body).flatMap((stmt) =>
          stmt.kind === 'loop' ? [[keyOf(stmt.span), stmt.turns] as const] : [],
        ),
      ),
  );
  return ({ function: index, enter }) => {
    const position = artifact.functions[index]?.positions[enter];
    return (position && names[index]?.get(keyOf(position))) ?? 'turns';
  };
}

function keyOf({ start, end }: core.Stmt['span']): string {
  return `${start} ${end}`;
}

/** As numbers are written in the language. */
function grouped(value: number): string {
  return String(value).replaceAll(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, '_');
}
