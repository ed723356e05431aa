/** What planning a test keeps track of: the names known so far, the slots of values, the steps; and how it reports. */
import type { SlotId, Step, TestMember, TestSlot } from '../../core/tests.ts';
import { type Diagnostic, type DiagnosticCode, diagnose, type HolesOf } from '../../diagnostics.ts';
import type * as ast from '../../syntax/ast.ts';

export type Unit = {
  readonly file: string;
  readonly text: string;
  readonly contracts: ReadonlyMap<string, ast.Contract>;
  readonly known: ReadonlySet<string>;
  readonly views: ast.View[];
  readonly names: Map<ast.Name, ast.Name>;
  readonly diagnostics: Diagnostic[];
};

type Slot = TestSlot & { readonly name: string; readonly type: ast.TypeExpr };

export type Deployed = { readonly id: number; readonly contract: ast.Contract };

export type LetStmt = Extract<ast.Stmt, { readonly kind: 'let' }>;

/** A test while it is planned. What `at time { … }` declares is known inside it only. */
export type Draft = {
  readonly unit: Unit;
  readonly slots: Slot[];
  /** Slots by the names that expressions have for them. */
  readonly slotOf: Map<string, SlotId>;
  readonly members: Map<string, { slot: SlotId; floors: TestMember['floors']; permissions: string[] }>;
  readonly counts: { deployed: number };
  readonly steps: Step[];
  readonly deployed: Map<string, Deployed>;
  /** Pure `let`s in order, values taken out already; repeated in every view that reads them. */
  readonly lets: Map<string, LetStmt>;
};

export type Expr<K extends ast.Expr['kind']> = Extract<ast.Expr, { readonly kind: K }>;

export function newSlot(draft: Draft, name: string, text: string, type: ast.TypeExpr): SlotId {
  return addSlot(draft, { kind: 'value', name, text, type });
}

function addSlot(draft: Draft, slot: Slot): SlotId {
  draft.slotOf.set(slot.name, draft.slots.length);
  draft.slots.push(slot);
  return draft.slots.length - 1;
}

/** A slot for a part of an expression: its name is one that no author can write. */
export function newValue(draft: Draft, written: ast.Expr, type: ast.TypeExpr): SlotId {
  return newSlot(draft, `value ${draft.slots.length}`, sourceOf(draft, written), type);
}

/** The slot of the member that `name` means; null when it means something else. */
export function memberSlot(draft: Draft, name: ast.Name): SlotId | null {
  const { text, span } = name;
  const known = draft.members.get(text);
  if (known !== undefined) return known.slot;
  const taken = draft.slotOf.has(text) || draft.lets.has(text);
  if (text === '' || taken || draft.unit.known.has(text)) return null;
  const slot = addSlot(draft, { kind: 'member', name: text, text, type: namedType('Did', span) });
  draft.members.set(text, { slot, floors: [], permissions: [] });
  return slot;
}

/** A member has no parts: an unknown name before a dot was meant to be something else. */
export function isUnknown(draft: Draft, { text }: ast.Name): boolean {
  const slot = draft.slots[draft.slotOf.get(text) ?? -1];
  if (slot !== undefined) return slot.kind === 'member';
  return text !== '' && !draft.deployed.has(text) && !draft.lets.has(text) && !draft.unit.known.has(text);
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

export function report<C extends DiagnosticCode>(
  unit: Unit,
  code: C,
  at: { readonly span: ast.Span } & { readonly [H in HolesOf<C>]: string | number | bigint },
): void {
  unit.diagnostics.push(diagnose(code, { file: unit.file, ...at } as Parameters<typeof diagnose<C>>[1]));
}
