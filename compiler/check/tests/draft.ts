/** What planning a test keeps track of: the names known so far, the slots of values, the steps; and how it reports. */
import type { SlotId, Step, TestMember, TestSlot } from '../../core/tests.ts';
import { type Diagnostic, type DiagnosticCode, diagnose, type HolesOf } from '../../diagnostics.ts';
import type { Predecessors } from '../../resolve/resolve.ts';
import type * as ast from '../../syntax/ast.ts';

export type Unit = {
  readonly file: string;
  readonly text: string;
  readonly contracts: ReadonlyMap<string, ast.Contract>;
  readonly predecessors: Predecessors;
  /** Of the file and of its contracts. */
  readonly errors: ReadonlyMap<string, ast.ErrorDecl>;
  readonly known: ReadonlySet<string>;
  readonly views: ast.View[];
  readonly names: Map<ast.Name, ast.Name>;
  readonly diagnostics: Diagnostic[];
};

/** `value` is what a variable without a written type was given: its amounts tell the currency before types are known. */
export type Slot = TestSlot & {
  readonly name: ast.Name;
  readonly type: ast.TypeExpr;
  readonly value: ast.Expr | null;
  readonly mutable: boolean;
};

export type Deployed = { readonly id: number; readonly contract: ast.Contract };

export type LetStmt = Extract<ast.Stmt, { readonly kind: 'let' }>;

/** A test while it is planned. What a block declares is known inside it only; members are known everywhere. */
export type Draft = {
  readonly unit: Unit;
  readonly slots: Slot[];
  /** Slots of values by the names that expressions have for them. */
  readonly slotOf: Map<string, SlotId>;
  /** Names that a pattern around the expression at hand binds: they are the view's own. */
  readonly bound: ReadonlySet<string>;
  readonly members: Map<string, { slot: SlotId; floors: TestMember['floors']; permissions: string[] }>;
  readonly counts: { deployed: number };
  readonly steps: Step[];
  readonly deployed: Map<string, Deployed>;
};

export type Expr<K extends ast.Expr['kind']> = Extract<ast.Expr, { readonly kind: K }>;

/** A block of the test: its steps and what it declares are its own. */
export function innerDraft(draft: Draft): Draft {
  return { ...draft, steps: [], slotOf: new Map(draft.slotOf), deployed: new Map(draft.deployed) };
}

export function newSlot(
  draft: Draft,
  name: ast.Name,
  type: ast.TypeExpr,
  more: { readonly text?: string; readonly value?: ast.Expr; readonly mutable?: boolean } = {},
): SlotId {
  const { text = name.text, value = null, mutable = false } = more;
  const slot = draft.slots.push({ kind: 'value', name, text, type, value, mutable }) - 1;
  draft.slotOf.set(name.text, slot);
  return slot;
}

/** A slot for a part of an expression: its name is one that no author can write. */
export function newValue(draft: Draft, written: ast.Expr, type: ast.TypeExpr): SlotId {
  const name = nameNode(`value ${draft.slots.length}`, written.span);
  return newSlot(draft, name, type, { text: sourceOf(draft, written) });
}

/** The slot that a name stands for here, of a value or a member; undefined where it stands for something else. */
export function slotNamed(draft: Draft, name: string): SlotId | undefined {
  return draft.slotOf.get(name) ?? draft.members.get(name)?.slot;
}

/** The slot of the member that `name` means; null when it means something else. */
export function memberSlot(draft: Draft, name: ast.Name): SlotId | null {
  const { text, span } = name;
  const known = draft.members.get(text);
  if (known !== undefined) return known.slot;
  if (text === '' || draft.slotOf.has(text) || draft.unit.known.has(text)) return null;
  const type = namedType('Did', span);
  const slot = draft.slots.push({ kind: 'member', name, text, type, value: null, mutable: false }) - 1;
  draft.members.set(text, { slot, floors: [], permissions: [] });
  return slot;
}

/** A member has no parts: an unknown name before a dot was meant to be something else. */
export function isUnknown(draft: Draft, { text }: ast.Name): boolean {
  if (draft.slotOf.has(text) || draft.bound.has(text)) return false;
  if (draft.members.has(text)) return true;
  return text !== '' && !draft.deployed.has(text) && !draft.unit.known.has(text);
}

export function sourceOf(draft: Draft, node: ast.AnyNode): string {
  return draft.unit.text.slice(node.span.start, node.span.end);
}

export function nameNode(text: string, span: ast.Span): ast.Name {
  return { kind: 'name', text, span };
}

export function namedType(name: string, span: ast.Span, args: readonly ast.TypeArg[] = []): ast.TypeExpr {
  return { kind: 'namedType', span, name: nameNode(name, span), args };
}

/** A type that the body of a view tells. */
export function inferredType(span: ast.Span): ast.TypeExpr {
  return { kind: 'inferred', span, of: null };
}

export function report<C extends DiagnosticCode>(
  unit: Unit,
  code: C,
  at: { readonly span: ast.Span } & { readonly [H in HolesOf<C>]: string | number | bigint },
): void {
  unit.diagnostics.push(diagnose(code, { file: unit.file, ...at } as Parameters<typeof diagnose<C>>[1]));
}
