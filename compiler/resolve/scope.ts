/** Scopes: names to entities, inner before outer. */
import type { Entity } from './entity.ts';

export type Scope = { readonly names: Map<string, Entity>; readonly outer: Scope | null };

export function innerScope(outer: Scope | null): Scope {
  return { names: new Map(), outer };
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
  return [...names];
}

function isBuilt(entity: Entity): boolean {
  return entity.kind !== 'builtin' || entity.row.built;
}
