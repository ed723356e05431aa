/**
 * The one child table: for each kind of node, the fields that hold nodes, in the order of the source. A kind without
 * a row, a row for no kind and a field that a node does not have are type errors.
 */
import type { AnyNode } from './ast.ts';

export type Kind = AnyNode['kind'];
type NodeOf<K extends Kind> = Extract<AnyNode, { readonly kind: K }>;
/** Fields of a node that hold a node, a list of nodes or null. */
type ChildField<N> = {
  [F in keyof N & string]: F extends 'kind' | 'span'
    ? never
    : NonNullable<N[F]> extends Child | readonly Child[]
      ? F
      : never;
}[keyof N & string];
type Child = { readonly kind: Kind; readonly span: unknown };

const CHILDREN = {
  file: ['uses', 'items'],
  name: [],
  use: ['path', 'names'],
  contract: ['name', 'members'],
  interface: ['name', 'methods'],
  method: ['name', 'params', 'result', 'specs', 'gas'],
  struct: ['name', 'fields'],
  enum: ['name', 'variants'],
  variant: ['name', 'fields'],
  lifecycle: ['name', 'transitions'],
  transition: ['from', 'to'],
  error: ['name', 'fields'],
  event: ['name', 'fields'],
  const: ['name', 'type', 'value'],
  fn: ['name', 'params', 'result', 'specs', 'body'],
  rule: ['name', 'params', 'result', 'specs', 'body'],
  view: ['name', 'params', 'result', 'specs', 'body'],
  init: ['params', 'specs', 'body'],
  test: ['title', 'params', 'body'],
  prove: ['title', 'params', 'body'],
  testInvariants: ['contract'],
  version: ['text'],
  purpose: ['text'],
  uses: ['capabilities'],
  capability: ['module', 'right'],
  implements: ['interfaces'],
  upgradable: [],
  upgrade: ['from', 'body'],
  access: ['items'],
  accessReputation: ['score', 'context'],
  accessPermission: ['permission'],
  accessContracts: [],
  currency: ['name', 'decimals'],
  state: ['fields'],
  stateField: ['name', 'type', 'initial'],
  ghost: ['name', 'type'],
  invariant: ['name', 'condition'],
  history: ['name', 'condition'],
  param: ['name', 'type'],
  hook: ['trigger', 'gas', 'body'],
  onEvent: ['name', 'params'],
  onEvery: ['period'],
  requires: ['condition', 'message'],
  ensures: ['condition'],
  succeedsWhen: ['condition'],
  failsWhen: ['condition'],
  changes: ['places'],
  namedType: ['name', 'args'],
  tupleType: ['items'],
  inferred: ['of'],
  sizeArg: ['value'],
  missing: [],
  block: ['statements', 'result'],
  let: ['name', 'type', 'value'],
  assign: ['target', 'value'],
  ghostAssign: ['name', 'key', 'value'],
  exprStmt: ['value'],
  return: ['value'],
  require: ['condition', 'message'],
  assert: ['condition'],
  emit: ['event', 'args'],
  fail: ['error', 'args'],
  forIn: ['variable', 'source', 'invariants', 'body'],
  forRange: ['variable', 'from', 'to', 'upTo', 'invariants', 'body'],
  callBy: ['call', 'by', 'spending'],
  expect: ['outcome'],
  assume: ['condition'],
  atTime: ['offset', 'body'],
  member: ['name', 'settings'],
  floor: ['amount'],
  permission: ['permission'],
  payment: ['amount', 'from', 'to'],
  later: [],
  holds: ['condition'],
  fails: ['call', 'by', 'spending', 'message', 'error', 'args'],
  succeeds: ['call', 'by', 'spending'],
  emits: ['event', 'args'],
  int: [],
  text: [],
  bool: [],
  amount: ['currency'],
  percent: [],
  duration: [],
  time: [],
  did: [],
  hex: [],
  tuple: ['items'],
  list: ['items'],
  struct_: ['of', 'name', 'fields'],
  fieldInit: ['name', 'value'],
  unary: ['operand'],
  binary: ['left', 'right'],
  field: ['object', 'name'],
  index: ['object', 'index'],
  call: ['callee', 'args', 'spending'],
  generic: ['name', 'args'],
  lambda: ['params', 'body'],
  if: ['condition', 'then', 'otherwise'],
  match: ['subject', 'arms'],
  arm: ['pattern', 'body'],
  wildcard: [],
  literalPattern: ['value'],
  variantPattern: ['type', 'name', 'bindings'],
  bindPattern: ['name'],
  binding: ['field', 'name'],
  quantifier: ['params', 'body'],
  group: ['inner'],
  deploy: ['contract', 'args', 'version', 'by'],
  upgradeBy: ['contract', 'by'],
  run: ['body'],
  callByExpr: ['call', 'by', 'spending'],
} as const satisfies { readonly [K in Kind]: readonly ChildField<NodeOf<K>>[] };

/** Every field that holds nodes has to be in its row. */
type Forgotten = { [K in Kind]: Exclude<ChildField<NodeOf<K>>, (typeof CHILDREN)[K][number]> }[Kind];
type Nothing<T extends never> = T;
export type CheckedComplete = Nothing<Forgotten>;

/** The fields of a kind of node that hold nodes, in the order of the source. */
export function childFields(kind: Kind): readonly string[] {
  return CHILDREN[kind];
}

/** Calls `act` with each child of a node and the node, in the order of the source. */
export function eachChild(node: AnyNode, act: (child: AnyNode, node: AnyNode) => void): void {
  const fields = node as unknown as Readonly<Record<string, AnyNode | readonly AnyNode[] | null>>;
  for (const field of CHILDREN[node.kind]) {
    const child = fields[field];
    if (Array.isArray(child)) for (const item of child) act(item, node);
    else if (child) act(child as AnyNode, node);
  }
}

/** The children of a node in the order of the source. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  const children: AnyNode[] = [];
  eachChild(node, (child) => children.push(child));
  return children;
}
