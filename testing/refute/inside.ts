/**
 * A contract in which a place inside of the code shows itself: where a branch begins, where an `assert` or a clause of
 * a called `fn` fails, where a set is full, the call reverts with a message of its own. All else is as it was.
 */
import { clauseProgram, type core, inlineProgram } from '../../compiler/index.ts';
import { MARK, type Obligation } from './goal.ts';

/** Null for what no code at one place can judge: a clause about the past, or over all entries. */
export function markPlace(contract: core.Contract, obligation: Obligation): core.Contract | null {
  const marked = { done: false };
  const functions = contract.functions.map((fn, index) => {
    if (fn.kind !== 'fn' && index !== obligation.callee) return fn;
    const marker: Marker = { contract, obligation, locals: [...fn.locals], marked };
    return { ...fn, body: markAll(marker, fn.body), locals: marker.locals };
  });
  return marked.done ? { ...contract, functions } : null;
}

// ---- private -----------------------------------------------------------------------------------

type Marker = {
  readonly contract: core.Contract;
  readonly obligation: Obligation;
  /** Of the function at hand. */
  readonly locals: core.Local[];
  readonly marked: { done: boolean };
};
type Of<K extends core.Stmt['kind']> = Extract<core.Stmt, { readonly kind: K }>;

function markAll(marker: Marker, stmts: readonly core.Stmt[]): readonly core.Stmt[] {
  return stmts.flatMap((stmt) => {
    switch (stmt.kind) {
      case 'assert':
        return checkAssert(marker, stmt);
      case 'add':
        return [...roomBefore(marker, stmt), stmt];
      case 'call':
        return aroundCall(marker, stmt);
      case 'loop':
        return markLoop(marker, stmt);
      case 'if': {
        const then = markBranch(marker, stmt.then);
        return [{ ...stmt, then, otherwise: markBranch(marker, stmt.otherwise) }];
      }
      default:
        return [stmt];
    }
  });
}

/** An invariant shows itself before the first turn, or at the end of each, where the index is already that of the next. */
function markLoop(marker: Marker, stmt: Of<'loop'>): readonly core.Stmt[] {
  const { obligation } = marker;
  const { index, span } = stmt;
  const body = markAll(marker, stmt.body);
  const isOurs = stmt.invariants.some((clause) => clause === obligation.clause);
  if (obligation.kind !== 'assert' || !isOurs) return [{ ...stmt, body }];
  const own = (input: { readonly id: number }): core.Atom => ({ kind: 'local', id: input.id });
  const check = checkClause(marker, obligation.span, own, () => null);
  if (obligation.name.includes('.before'))
    return [{ kind: 'copy', span, target: index, value: stmt.from }, ...check, { ...stmt, body }];
  const args = [own({ id: index }), ONE];
  const step = (op: 'add' | 'sub'): core.Stmt => ({ kind: 'op', span, target: index, op, args, reverts: [] });
  return [{ ...stmt, body: [...body, step('add'), ...check, step('sub')] }];
}

const ONE: core.Atom = { kind: 'const', type: { kind: 'Int' }, value: 1n };

function markBranch(marker: Marker, stmts: readonly core.Stmt[]): readonly core.Stmt[] {
  const { obligation } = marker;
  const first = stmts.find((stmt) => stmt.kind !== 'copy');
  const inner = markAll(marker, stmts);
  if (obligation.kind !== 'vacuity' || first === undefined || !isHere(marker, first.span)) return inner;
  marker.marked.done = true;
  return [mark(first.span, { kind: 'const', type: { kind: 'Bool' }, value: false }), ...inner];
}

function checkAssert(marker: Marker, stmt: Of<'assert'>): readonly core.Stmt[] {
  const { obligation } = marker;
  // One statement can write several lifecycles.
  const same = stmt.clause.name === obligation.clause?.name;
  if (obligation.kind !== 'assert' || !same || !isHere(marker, stmt.span)) return [stmt];
  const own = (input: { readonly id: number }): core.Atom => ({ kind: 'local', id: input.id });
  return [stmt, ...checkClause(marker, stmt.span, own, () => null)];
}

/** What the callee requires is checked before the call, with its arguments; what it ensures, after it. */
function aroundCall(marker: Marker, stmt: Of<'call'>): readonly core.Stmt[] {
  const { obligation, contract } = marker;
  const callee = contract.functions[stmt.callee]!;
  const clauses: readonly unknown[] = [...callee.requires, ...callee.ensures];
  if (!isHere(marker, stmt.span) || !clauses.includes(obligation.clause)) return [stmt];
  const argument = (input: { readonly id: number }): core.Atom | null => stmt.args[input.id] ?? null;
  const result = (input: { readonly index: number }): core.Atom => ({
    kind: 'local',
    id: stmt.targets[input.index]!,
  });
  const check = checkClause(marker, stmt.span, argument, result);
  return obligation.kind === 'requires' ? [...check, stmt] : [stmt, ...check];
}

/** The one view of the obligation's clause, as statements that end in a requirement; none where it takes more than that. */
function checkClause(
  marker: Marker,
  span: core.Stmt['span'],
  localAtom: (input: { readonly id: number }) => core.Atom | null,
  resultAtom: (input: { readonly index: number }) => core.Atom | null,
): readonly core.Stmt[] {
  const program = clauseProgram(marker.contract, marker.obligation.clause!);
  const computed = inlineProgram(program, marker.locals, span, (input) => {
    if (input.kind === 'local') return localAtom(input);
    if (input.kind === 'result') return resultAtom(input);
    return input.kind === 'env' ? { kind: 'env', name: input.name } : null;
  });
  if (computed === null) return [];
  marker.marked.done = true;
  return [...computed.stmts, mark(span, computed.value)];
}

/** What `add` itself checks; its own revert is in code that all `add`s to the set share. */
function roomBefore(marker: Marker, stmt: Of<'add'>): readonly core.Stmt[] {
  const { obligation, contract, locals, marked } = marker;
  if (obligation.kind !== 'may-revert' || !stmt.reverts.some(({ span }) => isHere(marker, span))) return [];
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
  const value = BigInt(contract.slots[slot]!.capacity);
  const capacity: core.Atom = { kind: 'const', type: { kind: 'Int' }, value };
  return [
    { kind: 'has', span, target: inside, slot, keys },
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

function isHere({ obligation }: Marker, span: core.Stmt['span']): boolean {
  return obligation.span.start === span.start && obligation.span.end === span.end;
}
