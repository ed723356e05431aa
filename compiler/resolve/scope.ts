/** Scopes: names to entities, inner before outer. */
import type { Entity, VariantDeclaration } from './entity.ts';

export type Scope = {
  readonly names: Map<string, Entity>;
  /** Variants have names of their own: several enums may share one, and other declarations come first. */
  readonly variants: Map<string, VariantDeclaration[]>;
  readonly outer: Scope | null;
  /** In an upgrade, what `old` sees of the earlier version. */
  readonly past?: ReadonlyMap<string, Entity>;
};

export function innerScope(outer: Scope | null): Scope {
  return { names: new Map(), variants: new Map(), outer };
}

/** The scope inside of `old(…)`. */
export function pastScope(scope: Scope): Scope {
  for (let at: Scope | null = scope; at !== null; at = at.outer)
    if (at.past !== undefined) return { names: new Map(at.past), variants: new Map(), outer: scope };
  return scope;
}

const NO_VARIANTS: readonly VariantDeclaration[] = [];

/** The variants of that name, of every enum and lifecycle that `scope` sees. */
export function lookUpVariants(scope: Scope, name: string): readonly VariantDeclaration[] {
  let found = NO_VARIANTS;
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const here = at.variants.get(name);
    if (here !== undefined) found = found.length === 0 ? here : [...found, ...here];
  }
  return found;
}

/** What `name` stands for, or null. */
export function lookUp(scope: Scope, name: string): Entity | null {
  for (let at: Scope | null = scope; at !== null; at = at.outer) {
    const entity = at.names.get(name);
    if (entity !== undefined) return entity;
  }
  return null;
}

/** Every name at `scope` that fits, innermost first. */
export function visibleNames(scope: Scope, fits: (entity: Entity) => boolean): readonly string[] {
  const names = new Set<string>();
  for (let at: Scope | null = scope; at !== null; at = at.outer)
    for (const [name, entity] of at.names) if (isBuilt(entity) && fits(entity)) names.add(name);
  for (let at: Scope | null = scope; at !== null; at = at.outer)
    for (const [name, variants] of at.variants) if (variants.some(fits)) names.add(name);
  return [...names];
}

function isBuilt(entity: Entity): boolean {
  return entity.kind !== 'builtin' || entity.row.built;
}
