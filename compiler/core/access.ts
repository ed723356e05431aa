/** Access clauses to the core: every item is required of a signer; `contracts` admits contracts besides. */
import { intValue } from '../check/literal.ts';
import type * as ast from '../syntax/ast.ts';
import type { Access } from './core.ts';

/** Any registered DID. */
export const NO_ACCESS: Access = { reputation: [], permissions: [], contracts: false };

export function accessOf(node: ast.Access): Access {
  return {
    reputation: node.items.flatMap((item) =>
      item.kind === 'accessReputation' ? [{ context: item.context.text, score: scoreOf(item.score) }] : [],
    ),
    permissions: node.items.flatMap((item) =>
      item.kind === 'accessPermission' ? [item.permission.value] : [],
    ),
    contracts: node.items.some((item) => item.kind === 'accessContracts'),
  };
}

function scoreOf(expr: ast.Expr): bigint {
  if (expr.kind !== 'int') throw new Error('a score that was reported');
  return intValue(expr.digits);
}

/** What is required when two clauses hold at once; contracts are admitted where both admit them. */
export function narrow(outer: Access | null, inner: Access): Access {
  if (outer === null) return inner;
  return {
    reputation: [...outer.reputation, ...inner.reputation],
    permissions: [...new Set([...outer.permissions, ...inner.permissions])],
    contracts: outer.contracts && inner.contracts,
  };
}
