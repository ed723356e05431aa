/**
 * The checker. In: the tree of a file and what its names stand for. Out: the type of every expression, what names behind
 * dots stand for, and diagnostics. Typing comes first; the rules that follow read what it found, one rule per file.
 */
import type { Diagnostic } from '../diagnostics.ts';
import type { Entity } from '../resolve/entity.ts';
import type { Names } from '../resolve/resolve.ts';
import type * as ast from '../syntax/ast.ts';
import type { Checker } from './checker.ts';
import { checkItem } from './declaration.ts';
import { checkCapabilities } from './rules/capabilities.ts';
import { checkClauses } from './rules/clauses.ts';
import { checkCycles } from './rules/cycles.ts';
import { checkEffects } from './rules/effects.ts';
import { checkFormulas } from './rules/formulas.ts';
import { checkInterfaces } from './rules/interfaces.ts';
import { checkLimits } from './rules/limits.ts';
import { checkLoops } from './rules/loops.ts';
import { checkStructure } from './rules/structure.ts';
import { checkUpgrades } from './rules/upgrades.ts';
import type { Type } from './types.ts';

export type Checked = {
  readonly entities: ReadonlyMap<ast.Name, Entity>;
  readonly types: ReadonlyMap<ast.AnyNode, Type>;
  readonly diagnostics: readonly Diagnostic[];
};

type Rule = (out: Checker, tree: ast.SourceFile) => void;

/** In this order. */
const RULES: readonly Rule[] = [
  checkTypes,
  checkStructure,
  checkLimits,
  checkCycles,
  checkEffects,
  checkLoops,
  checkInterfaces,
  checkUpgrades,
  checkCapabilities,
  checkClauses,
  checkFormulas,
];

/** Checks one file, or several as one. Never fails: what is wrong is in the diagnostics. */
export function check(file: string, text: string, tree: ast.SourceFile, names: Names): Checked {
  const out: Checker = {
    file,
    text,
    unresolved: names.diagnostics.length > 0,
    entities: new Map(names.entities),
    types: new Map(),
    structs: new Map(),
    choices: new Map(),
    interfaces: new Map(),
    ambiguous: names.ambiguous,
    predecessors: names.predecessors,
    weights: new Map(),
    pending: new Set(),
    effects: [],
    loopsOver: [],
    diagnostics: [],
  };
  for (const rule of RULES) rule(out, tree);
  return out;
}

function checkTypes(out: Checker, tree: ast.SourceFile): void {
  for (const item of tree.items) checkItem(out, item);
}
