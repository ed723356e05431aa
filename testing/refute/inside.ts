/**
 * A contract in which a place inside of the code shows itself: where a branch begins, where an `assert` or a clause of
 * a called `fn` fails, where a set or a list is full, the call reverts with a message of its own. All else is as it was.
 */
import { type Computed, clauseProgram, type core, inlineProgram } from '../../compiler/index.ts';
import { MARK, type Obligation } from './goal.ts';

/** Null for what no code at one place can judge: a clause about the past, or over all entries. */
export function markPlace(contract: core.Contract, obligation: Obligation): core.Contract | null {
  const marked = { done: false };
  const functions = contract.functions.map((fn, index) => {
    if (fn.kind !== 'fn' && index !== obligation.callee) return fn;
    const marker: Marker = {
      contract,
      obligation,
      locals: [...fn.locals],
      entry: [],
      marked,
      params: fn.params.length,
    };
    const body = markAll(marker, fn.body);
    return { ...fn, body: [...marker.entry, ...body], locals: marker.locals };
  });
  return marked.done ? { ...contract, functions } : null;
}

// ---- private -----------------------------------------------------------------------------------

type Marker = {
  readonly contract: core.Contract;
  readonly obligation: Obligation;
  /** Of the function at hand. */
  readonly locals: core.Local[];
  /** What is to be noted when the function is entered: what `old` means in it. */
  readonly entry: core.Stmt[];
  readonly marked: { done: boolean };
  /** How many of the locals are parameters, at least. */
  readonly params: number;
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
  const check = checkInside(marker, obligation.span, { local: own });
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
  return [stmt, ...checkInside(marker, stmt.span, { local: own })];
}

/** What the clause says of the past is noted on entry, where only parameters are there; none where it needs more. */
function checkInside(marker: Marker, span: core.Stmt['span'], readers: Readers): readonly core.Stmt[] {
  const { marked, locals, params } = marker;
  const [wasDone, own] = [marked.done, locals.length];
  const { before, stmts } = checkClause(marker, span, readers);
  const reads = localsIn(before).every((id) => id >= own || id < params);
  if (reads) marker.entry.push(...before);
  else marked.done = wasDone;
  return reads ? stmts : [];
}

function localsIn(node: unknown): readonly number[] {
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return [];
  const { kind, id } = node as { readonly kind?: unknown; readonly id?: unknown };
  if (kind === 'local') return [id as number];
  return Object.values(node).flatMap(localsIn);
}

/** What the callee requires is checked before the call, with its arguments; what it ensures, after it. */
function aroundCall(marker: Marker, stmt: Of<'call'>): readonly core.Stmt[] {
  const { obligation, contract } = marker;
  const callee = contract.functions[stmt.callee]!;
  const clauses: readonly unknown[] = [...callee.requires, ...callee.ensures, ...callee.changes];
  if (!isHere(marker, stmt.span) || !clauses.includes(obligation.clause)) return [stmt];
  const argument = (input: { readonly id: number }): core.Atom | null => stmt.args[input.id] ?? null;
  const { before, stmts } = checkClause(marker, stmt.span, {
    local: argument,
    earlier: argument,
    result: ({ index }) => ({ kind: 'local', id: stmt.targets[index]! }),
    tried: [...stmt.args, { kind: 'env', name: 'caller' }, { kind: 'env', name: 'creator' }],
  });
  return obligation.kind === 'requires' ? [...stmts, stmt] : [...before, stmt, ...stmts];
}

/** What stands for words of the call; nothing where there is no such reader. */
type Readers = {
  readonly local: (input: { readonly id: number }) => core.Atom | null;
  /** In the state that `old` means. */
  readonly earlier?: (input: { readonly id: number }) => core.Atom | null;
  readonly result?: (input: { readonly index: number }) => core.Atom;
  /** What variables are tried with, in both states. */
  readonly tried?: readonly core.Atom[];
  readonly values?: ReadonlyMap<number, core.Atom>;
};

/** Of a conjunction every part that code can judge: one that is false is enough. */
function checkClause(marker: Marker, span: core.Stmt['span'], readers: Readers) {
  const clause = marker.obligation.clause!;
  const parts = conjuncts(clause.term).flatMap((term) =>
    instancesOf(marker, term, readers).map((values) =>
      checkTerm(marker, { ...clause, term }, span, { ...readers, values }),
    ),
  );
  return { before: parts.flatMap((part) => part.before), stmts: parts.flatMap((part) => part.stmts) };
}

const INSTANCES_MAX = 16;

/** For each variable of a `forall` some values: one that breaks it is enough. */
function instancesOf(
  marker: Marker,
  term: core.Term,
  { tried = [] }: Readers,
): readonly ReadonlyMap<number, core.Atom>[] {
  if (term.kind !== 'forall') return [new Map()];
  const all = term.variables.reduce<readonly ReadonlyMap<number, core.Atom>[]>(
    (found, { id, type }) =>
      found.flatMap((values) =>
        tried
          .filter((atom) => kindOf(marker, atom) === type.kind)
          .map((atom) => new Map(values).set(id, atom)),
      ),
    [new Map()],
  );
  return all.slice(0, INSTANCES_MAX);
}

function kindOf({ locals }: Marker, atom: core.Atom): core.Local['type']['kind'] {
  if (atom.kind === 'const') return atom.type.kind;
  if (atom.kind === 'local') return locals[atom.id]!.type.kind;
  return atom.name === 'now' ? 'Time' : atom.name === 'block' ? 'Int' : 'Did';
}

function conjuncts(term: core.Term): readonly core.Term[] {
  return term.kind === 'op' && term.op === 'and' ? term.args.flatMap(conjuncts) : [term];
}

/** Statements that end in a requirement; none for what takes more than code at this place. */
function checkTerm(
  marker: Marker,
  clause: core.Clause | core.AssertClause,
  span: core.Stmt['span'],
  readers: Readers,
): Pick<Computed, 'before' | 'stmts'> {
  const computed = inlineProgram(
    clauseProgram(marker.contract, clause),
    marker.locals,
    span,
    (input, when) => {
      if (input.kind === 'local') return (when === 'old' ? readers.earlier : readers.local)?.(input) ?? null;
      if (input.kind === 'bound') return readers.values?.get(input.id) ?? null;
      if (input.kind === 'result' && when === 'now') return readers.result?.(input) ?? null;
      return input.kind === 'env' ? { kind: 'env', name: input.name } : null;
    },
  );
  if (computed === null) return { before: [], stmts: [] };
  marker.marked.done = true;
  return { before: computed.before, stmts: [...computed.stmts, mark(span, computed.value)] };
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

function isHere({ obligation }: Marker, span: core.Stmt['span']): boolean {
  return obligation.span.start === span.start && obligation.span.end === span.end;
}
