/**
 * A contract in which a place inside of the code shows itself: where a branch begins, where an `assert` fails or a set
 * is full, the call reverts with a message of its own. All else is as it was.
 */
import { clauseProgram, type core } from '../../compiler/index.ts';
import { MARK, type Obligation } from './goal.ts';

/** Null for a clause that no code at one place can judge: one about the past, all entries, or another function. */
export function markPlace(contract: core.Contract, obligation: Obligation): core.Contract | null {
  const fn = contract.functions[obligation.callee];
  if (fn === undefined) return null;
  const marker: Marker = { contract, obligation, locals: [...fn.locals], done: false };
  const body = markAll(marker, fn.body);
  if (!marker.done) return null;
  const changed = { ...fn, body, locals: marker.locals };
  return { ...contract, functions: contract.functions.with(obligation.callee, changed) };
}

type Marker = {
  readonly contract: core.Contract;
  readonly obligation: Obligation;
  readonly locals: core.Local[];
  done: boolean;
};

function markAll(marker: Marker, stmts: readonly core.Stmt[]): readonly core.Stmt[] {
  return stmts.flatMap((stmt) => {
    if (stmt.kind === 'assert') return isAssert(marker, stmt) ? checkOf(marker, stmt) : [stmt];
    if (stmt.kind === 'add') return [...roomBefore(marker, stmt), stmt];
    if (stmt.kind === 'loop') return markLoop(marker, stmt);
    if (stmt.kind !== 'if') return [stmt];
    const then = markBranch(marker, stmt.then);
    return [{ ...stmt, then, otherwise: markBranch(marker, stmt.otherwise) }];
  });
}

/** An invariant shows itself before the first turn, or at the end of each, where the index is already that of the next. */
function markLoop(marker: Marker, stmt: Loop): readonly core.Stmt[] {
  const { obligation } = marker;
  const { index, span } = stmt;
  const clause = stmt.invariants.find(
    (invariant) => obligation.kind === 'assert' && sameSpan(invariant.span, obligation.span),
  );
  const body = markAll(marker, stmt.body);
  if (clause === undefined) return [{ ...stmt, body }];
  const check = checkOf(marker, { kind: 'assert', span: clause.span, clause });
  if (obligation.name.endsWith('.before'))
    return [{ kind: 'copy', span, target: index, value: stmt.from }, ...check, { ...stmt, body }];
  const step = (op: 'add' | 'sub'): core.Stmt => ({
    kind: 'op',
    span,
    target: index,
    op,
    args: [{ kind: 'local', id: index }, ONE],
    reverts: [],
  });
  return [{ ...stmt, body: [...body, step('add'), ...check, step('sub')] }];
}

type Loop = Extract<core.Stmt, { readonly kind: 'loop' }>;
const ONE: core.Atom = { kind: 'const', type: { kind: 'Int' }, value: 1n };

function markBranch(marker: Marker, stmts: readonly core.Stmt[]): readonly core.Stmt[] {
  const { obligation } = marker;
  const first = stmts.find((stmt) => stmt.kind !== 'copy');
  const here = obligation.kind === 'vacuity' && first !== undefined && sameSpan(first.span, obligation.span);
  const marked = markAll(marker, stmts);
  if (!here) return marked;
  marker.done = true;
  return [
    { kind: 'require', span: first.span, condition: constant(false), message: MARK, clause: -1 },
    ...marked,
  ];
}

function isAssert({ obligation }: Marker, stmt: Extract<core.Stmt, { readonly kind: 'assert' }>): boolean {
  return obligation.kind === 'assert' && sameSpan(stmt.span, obligation.span);
}

/** What `add` itself checks; its own revert is in code that all `add`s to the set share. */
function roomBefore(
  marker: Marker,
  stmt: Extract<core.Stmt, { readonly kind: 'add' }>,
): readonly core.Stmt[] {
  const { obligation, contract, locals } = marker;
  if (obligation.kind !== 'may-revert' || !stmt.reverts.some(({ span }) => sameSpan(span, obligation.span)))
    return [];
  const { span, slot, keys } = stmt;
  const [inside, size, room, ok] = [0, 1, 2, 3].map((i) => locals.length + i) as [
    number,
    number,
    number,
    number,
  ];
  const types = ['Bool', 'Int', 'Bool', 'Bool'] as const;
  locals.push(...types.map((kind) => ({ name: '', type: { kind }, span })));
  marker.done = true;
  const local = (id: number): core.Atom => ({ kind: 'local', id });
  const capacity: core.Atom = {
    kind: 'const',
    type: { kind: 'Int' },
    value: BigInt(contract.slots[slot]!.capacity),
  };
  return [
    { kind: 'has', span, target: inside, slot, keys },
    { kind: 'size', span, target: size, slot },
    { kind: 'op', span, target: room, op: 'lt', args: [local(size), capacity], reverts: [] },
    { kind: 'op', span, target: ok, op: 'or', args: [local(inside), local(room)], reverts: [] },
    { kind: 'require', span, condition: local(ok), message: MARK, clause: -1 },
  ];
}

/** The clause's one view, in the place of the `assert`. */
function checkOf(
  marker: Marker,
  stmt: Extract<core.Stmt, { readonly kind: 'assert' }>,
): readonly core.Stmt[] {
  const { functions, main, variables } = clauseProgram(marker.contract, stmt.clause);
  const [view] = functions;
  const first = marker.locals.length;
  const args = main.inputs.map((input): core.Atom | null => {
    if (input.kind === 'local') return { kind: 'local', id: input.id };
    return input.kind === 'env' ? { kind: 'env', name: input.name } : null;
  });
  if (view === undefined || functions.length > 1 || variables.length > 0 || args.includes(null))
    return [stmt];
  marker.locals.push(...view.locals);
  marker.done = true;
  const given = args.map(
    (value, i): core.Stmt => ({ kind: 'copy', span: stmt.span, target: first + i, value: value! }),
  );
  const body = view.body.map((inner) => shift(inner, first, stmt.span));
  return [...given, ...body];
}

/** A statement of the view with its locals behind those of the function; its `return` becomes the check. */
function shift(stmt: core.Stmt, by: number, span: core.Stmt['span']): core.Stmt {
  if (stmt.kind === 'return') {
    const condition = shiftAtom(stmt.values[0]!, by);
    return { kind: 'require', span, condition, message: MARK, clause: -1 };
  }
  return shiftDeep(stmt, by) as core.Stmt;
}

function shiftAtom(atom: core.Atom, by: number): core.Atom {
  return atom.kind === 'local' ? { kind: 'local', id: atom.id + by } : atom;
}

function shiftDeep(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((item) => shiftDeep(item, by));
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const node = value as { readonly [name: string]: unknown };
  const changed = Object.entries(node).map(([name, inner]) => {
    if (name === 'target') return [name, (inner as number) + by];
    if (name === 'targets') return [name, (inner as number[]).map((id) => id + by)];
    if (name === 'id' && node['kind'] === 'local') return [name, (inner as number) + by];
    return [name, shiftDeep(inner, by)];
  });
  return Object.fromEntries(changed);
}

function constant(value: boolean): core.Atom {
  return { kind: 'const', type: { kind: 'Bool' }, value };
}

function sameSpan(a: core.Stmt['span'], b: core.Stmt['span']): boolean {
  return a.start === b.start && a.end === b.end;
}
