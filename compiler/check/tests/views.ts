/**
 * Expressions of tests as views of contracts that exist for them alone. In: an expression from which everything was
 * taken out that only the world knows (`values.ts`). Out: a view whose parameters are the slots that it reads.
 */
import { BUILT_INS, isOnlyCalled } from '../../builtins.ts';
import type { Eval, SlotId } from '../../core/tests.ts';
import { variantNames } from '../../resolve/resolve.ts';
import type * as ast from '../../syntax/ast.ts';
import { childFields } from '../../syntax/children.ts';
import { type Draft, nameNode, slotNamed } from './draft.ts';

const TYPES: readonly ast.AnyNode['kind'][] = ['struct', 'enum', 'lifecycle'];

/** So many views are in one contract: an artifact has a limit. */
const VIEWS_MAX = 200;

/** What tests share with the contracts of their file: currencies and types. */
export type Shared = ast.Currency | ast.Struct | ast.Enum | ast.Lifecycle;

/** Currencies and types of the file's contracts, each name once. */
export function sharedMembers(contracts: readonly ast.Contract[]): Shared[] {
  const byName = new Map<string, Shared>();
  for (const contract of contracts) {
    for (const member of contract.members) {
      if (!isShared(member)) continue;
      if (!byName.has(member.name.text)) byName.set(member.name.text, member);
    }
  }
  return [...byName.values()];
}

function isShared(member: ast.Member): member is Shared {
  return member.kind === 'currency' || TYPES.includes(member.kind);
}

export function knownNames(tree: ast.SourceFile, shared: readonly Shared[]): Set<string> {
  const choices = [...tree.items, ...shared].filter(
    (item) => item.kind === 'enum' || item.kind === 'lifecycle',
  );
  const items = tree.items.flatMap((item) => ('name' in item ? [item.name.text] : []));
  return new Set([
    ...items,
    ...shared.map((member) => member.name.text),
    ...choices.flatMap(variantNames),
    ...BUILT_INS.filter((row) => !isOnlyCalled(row)).map((row) => row.name),
  ]);
}

export function testsTree(
  tree: ast.SourceFile,
  shared: readonly Shared[],
  views: readonly ast.View[],
): ast.SourceFile {
  const { span } = tree;
  const used = tree.items.filter(({ kind }) => kind === 'const' || kind === 'fn' || TYPES.includes(kind));
  const ledger: ast.Capability = {
    kind: 'capability',
    span,
    module: nameNode('ledger', span),
    right: nameNode('read', span),
  };
  const contracts: ast.Contract[] = [];
  for (let first = 0; first < views.length; first += VIEWS_MAX) {
    const part = views.slice(first, first + VIEWS_MAX);
    const uses: ast.Uses = { kind: 'uses', span, capabilities: [ledger] };
    const name = nameNode(contractName(first), span);
    contracts.push({ kind: 'contract', span, doc: null, name, members: [uses, ...shared, ...part] });
  }
  return { kind: 'file', span, uses: tree.uses, items: [...used, ...contracts] };
}

/** The contract that holds a view; no author can write such a name. */
function contractName(view: number): string {
  return `tests ${Math.floor(view / VIEWS_MAX)}`;
}

/** A view with `pure` as its result, whose parameters are the slots that `pure` and `before` read. */
export function viewOf(
  draft: Draft,
  pure: ast.Expr,
  result: ast.TypeExpr,
  before: readonly ast.Stmt[] = [],
): Eval {
  const { unit } = draft;
  const { span } = pure;
  const inputs = [...slotsRead(draft, [...before, pure])].sort((a, b) => a - b);
  const view = `t${unit.views.length}`;
  const contract = contractName(unit.views.length);
  const params = inputs.map((slot): ast.Param => {
    const { name, type } = draft.slots[slot]!;
    return { kind: 'param', name: nameNode(name.text, name.span), type, span: type.span };
  });
  // A result that is to be inferred is that of the block.
  const body: ast.Block =
    result.kind === 'inferred'
      ? { kind: 'block', statements: before, result: pure, span }
      : { kind: 'block', statements: [...before, { kind: 'return', value: pure, span }], result: null, span };
  const name = nameNode(view, span);
  unit.views.push({ kind: 'view', doc: null, name, params, specs: [], body, result, span });
  return { contract, view, inputs, span };
}

/** Slots whose names stand in the nodes. */
function slotsRead(draft: Draft, nodes: readonly ast.AnyNode[]): Set<SlotId> {
  const read = new Set<SlotId>();
  const visit = (node: ast.AnyNode): void => {
    const slot = node.kind === 'name' ? slotNamed(draft, node.text) : undefined;
    if (slot !== undefined) read.add(slot);
    for (const child of exprChildren(node)) visit(child);
  };
  for (const node of nodes) visit(node);
  return read;
}

export function exprChildren(node: ast.AnyNode): ast.AnyNode[] {
  const fields = node as unknown as Record<string, unknown>;
  return childFields(node.kind).flatMap((field) => {
    const child = fields[field] as ast.AnyNode | readonly ast.AnyNode[] | null;
    if (child === null || isNameOnly(node, field)) return [];
    return Array.isArray(child) ? child : [child];
  }) as ast.AnyNode[];
}

/** Fields that hold a name which is no expression: of a struct, a field, a currency. */
export function isNameOnly(node: ast.AnyNode, field: string): boolean {
  return field === 'name' || field === 'currency' || (node.kind === 'lambda' && field === 'params');
}
