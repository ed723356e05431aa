/**
 * What entry points cost at most, in the author's words: `9_095 + 61_849 * members`. An artifact with its bounds and the
 * functions that it was made of in; a clause for each entry whose bound depends on sizes out.
 */
import { type Artifact, type GasFormula, type LoopPlace, loopFormulas } from '../../vm/index.ts';
import type * as core from '../core/core.ts';
import { statementsOf } from './tree.ts';

/** The artifact with `gas …` among the clauses of its entries. */
export function withCosts(artifact: Artifact, functions: readonly core.Function[]): Artifact {
  const formulas = loopFormulas(artifact);
  if (formulas.every((formula) => formula === null)) return artifact;
  const nameOf = namesOfLoops(artifact, functions);
  const entries = artifact.entries.map((entry, at) => {
    const formula = formulas[at] ?? null;
    const text = formula === null ? '' : costText(formula, nameOf);
    // Where nothing depends on a size the bound says it all.
    return text.includes('*') ? { ...entry, specs: [...entry.specs, `gas ${text}`] } : entry;
  });
  return { ...artifact, entries };
}

// ---- private -----------------------------------------------------------------------------------

type NameOf = (loop: LoopPlace) => string;

/** Loops of one name are one size: the largest that the execution meets. */
function costText({ constant, terms }: GasFormula, nameOf: NameOf): string {
  const sums = new Map([['', constant]]);
  for (const { coefficient, loops } of terms) {
    const names = loops.map(nameOf).sort();
    const fixed = names.filter(isNumber).reduce((product, name) => product * Number(name), 1);
    const product = names.filter((name) => !isNumber(name)).join(' * ');
    sums.set(product, (sums.get(product) ?? 0) + coefficient * fixed);
  }
  return [...sums]
    .map(([product, coefficient]) =>
      product === '' ? grouped(coefficient) : `${grouped(coefficient)} * ${product}`,
    )
    .join(' + ');
}

function isNumber(name: string): boolean {
  return /^[0-9]+$/.test(name);
}

function namesOfLoops(artifact: Artifact, functions: readonly core.Function[]): NameOf {
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
