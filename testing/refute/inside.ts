/**
 * A contract in which a place inside of the code shows itself: where a branch begins, where an `assert` or a clause of
 * a called `fn` fails, where a set or a list is full, the call reverts with a message of its own. All else is as it was.
 */
import { type core, type Point, withChecks } from '../../compiler/index.ts';
import { MARK, type Obligation } from './goal.ts';

/** Null for what no code at one place can judge: a clause about the past, or over all entries. */
export function markPlace(contract: core.Contract, obligation: Obligation): core.Contract | null {
  if (obligation.kind === 'vacuity' || obligation.kind === 'may-revert')
    return markCode(contract, obligation);
  const { checked, contract: marked } = withChecks(contract, (point) => {
    const { kind } = contract.functions[point.fn]!;
    if ((kind !== 'fn' && point.fn !== obligation.callee) || !isSought(obligation, point)) return null;
    return ({ condition }) => [mark(obligation.span, condition)];
  });
  return checked.length > 0 ? marked : null;
}

// ---- private -----------------------------------------------------------------------------------

/** One statement can write several lifecycles. */
function isSought(obligation: Obligation, { clause, stands, span }: Point): boolean {
  if (clause !== obligation.clause && (stands !== 'assert' || clause.name !== obligation.clause?.name))
    return false;
  if (stands === 'before' || stands === 'kept') return obligation.name.includes(`.${stands}`);
  return isHere(obligation, span) && (obligation.kind === 'requires') === (stands === 'requires');
}

type Marker = {
  readonly contract: core.Contract;
  readonly obligation: Obligation;
  /** Of the function at hand. */
  readonly locals: core.Local[];
  readonly marked: { done: boolean };
};
type Of<K extends core.Stmt['kind']> = Extract<core.Stmt, { readonly kind: K }>;

/** A branch, or an element for which there is no room. */
function markCode(contract: core.Contract, obligation: Obligation): core.Contract | null {
  const marked = { done: false };
  const functions = contract.functions.map((fn, index) => {
    if (fn.kind !== 'fn' && index !== obligation.callee) return fn;
    const marker: Marker = { contract, obligation, locals: [...fn.locals], marked };
    const body = markAll(marker, fn.body);
    return { ...fn, body, locals: marker.locals };
  });
  return marked.done ? { ...contract, functions } : null;
}

function markAll(marker: Marker, stmts: readonly core.Stmt[]): readonly core.Stmt[] {
  return stmts.flatMap((stmt) => {
    switch (stmt.kind) {
      case 'add':
        return [...roomBefore(marker, stmt), stmt];
      case 'loop':
        return [{ ...stmt, body: markAll(marker, stmt.body) }];
      case 'if': {
        const then = markBranch(marker, stmt.then);
        return [{ ...stmt, then, otherwise: markBranch(marker, stmt.otherwise) }];
      }
      default:
        return [stmt];
    }
  });
}

function markBranch(marker: Marker, stmts: readonly core.Stmt[]): readonly core.Stmt[] {
  const { obligation } = marker;
  const first = stmts.find((stmt) => stmt.kind !== 'copy');
  const inner = markAll(marker, stmts);
  if (obligation.kind !== 'vacuity' || first === undefined || !isHere(obligation, first.span)) return inner;
  marker.marked.done = true;
  return [mark(first.span, { kind: 'const', type: { kind: 'Bool' }, value: false }), ...inner];
}

/** What `add` itself checks; its own revert is in code that all `add`s to the set share. */
function roomBefore(marker: Marker, stmt: Of<'add'>): readonly core.Stmt[] {
  const { obligation, contract, locals, marked } = marker;
  const isOurs = stmt.reverts.some(({ span }) => isHere(obligation, span));
  if (obligation.kind !== 'may-revert' || !isOurs) return [];
  const { span, slot, keys } = stmt;
  const [inside, size, room, ok] = [0, 1, 2, 3].map((i) => locals.length + i) as [
    number,
    number,
    number,
    number,
  ];
  const types = ['Bool', 'Int', 'Bool', 'Bool'] as const;
  locals.push(...types.map((kind) => ({ name: '', type: { kind }, span })));
  marked.done = true;
  const local = (id: number): core.Atom => ({ kind: 'local', id });
  const declared = contract.slots[slot]!;
  const value = BigInt(declared.capacity);
  const capacity: core.Atom = { kind: 'const', type: { kind: 'Int' }, value };
  const no: core.Atom = { kind: 'const', type: { kind: 'Bool' }, value: false };
  return [
    // A list takes every element, a set one that it has already in any case.
    declared.kind === 'list'
      ? { kind: 'copy', span, target: inside, value: no }
      : { kind: 'has', span, target: inside, slot, keys },
    { kind: 'size', span, target: size, slot },
    { kind: 'op', span, target: room, op: 'lt', args: [local(size), capacity], reverts: [] },
    { kind: 'op', span, target: ok, op: 'or', args: [local(inside), local(room)], reverts: [] },
    mark(span, local(ok)),
  ];
}

/** Reverts with the mark where the condition is false. */
function mark(span: core.Stmt['span'], condition: core.Atom): core.Stmt {
  return { kind: 'require', span, condition, message: MARK, clause: -1 };
}

function isHere(obligation: Obligation, span: core.Stmt['span']): boolean {
  return obligation.span.start === span.start && obligation.span.end === span.end;
}
