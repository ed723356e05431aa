/**
 * Clauses over all entries of maps and sets, checked for the entries that a call writes. In: a function and a clause
 * such as `forall k: Did { m[k] >= 0 }`. Out: the function with a check of every key that it wrote, at each of its
 * returns; of what a loop writes at the end of each turn, and the clause is an invariant of that loop. Who proves the
 * clause again sees whether that is enough.
 */
import { BOOL } from '../check/types.ts';
import { branch } from './builder.ts';
import { endsIn, environment } from './checks.ts';
import { clauseProgram } from './clauses.ts';
import { constant } from './constant.ts';
import type {
  AssertClause,
  Atom,
  Clause,
  Contract,
  Function as CoreFunction,
  Local,
  LocalId,
  Stmt,
  Term,
} from './core.ts';
import { inlineProgram, mapStatements } from './rewrite.ts';
import { zeroOf } from './variant.ts';

/** A clause that a function is to keep, and the statement that stops it where a condition is false. */
export type Checked = {
  readonly contract: Contract;
  readonly fn: CoreFunction;
  readonly callee: number;
  readonly clause: Clause;
  readonly guard: (condition: Atom) => Stmt;
};

/** Whether the clause is about each entry for itself: its variables are the keys of every entry that it reads. */
export function isOverEntries(contract: Contract, clause: Clause): boolean {
  return keysRead(contract, clause) !== null;
}

/** Whether the function's own code writes such an entry. */
export function writesEntries(contract: Contract, clause: Clause, fn: CoreFunction): boolean {
  const read = keysRead(contract, clause);
  return read !== null && writesAny(read, fn.body);
}

/** Null where code cannot check the clause, or the function writes no entry. `firstOnly` is a planted flaw. */
export function checkEntries(checked: Checked, firstOnly: boolean): CoreFunction | null {
  const { contract, fn, clause } = checked;
  const read = keysRead(contract, clause);
  if (read === null || !writesAny(read, fn.body)) return null;
  const making: Making = { ...checked, read, locals: [...fn.locals], firstOnly, loops: 0, failed: false };
  const body = checkScope(making, fn.body, []);
  return making.failed ? null : { ...fn, body, locals: making.locals };
}

// ---- what a clause reads -----------------------------------------------------------------------

/** By slot: for each way in which its entries are read the variables that are the words of the key. */
type KeysRead = ReadonlyMap<number, readonly (readonly number[])[]>;

function keysRead(contract: Contract, { term }: Clause): KeysRead | null {
  const variables: number[] = [];
  let body = term;
  while (body.kind === 'forall') {
    variables.push(...body.variables.map(({ id }) => id));
    body = body.body;
  }
  const read = new Map<number, readonly (readonly number[])[]>();
  const plain = variables.length > 0 && collect(contract, variables, body, read);
  return plain && read.size > 0 ? read : null;
}

/** False for what says more of the state than of one entry, and of one state. */
function collect(
  contract: Contract,
  variables: readonly number[],
  term: Term,
  read: Map<number, readonly (readonly number[])[]>,
): boolean {
  switch (term.kind) {
    case 'op':
      return term.args.every((arg) => collect(contract, variables, arg, read));
    case 'load':
    case 'has': {
      const { kind, ghost } = contract.slots[term.slot]!;
      if (term.when === 'old' || ghost) return false;
      if (kind === 'value') return true;
      const ids = term.keys.flatMap((key) => (key.kind === 'bound' ? [key.id] : []));
      const known = read.get(term.slot) ?? [];
      if (!known.some((other) => other.join() === ids.join())) read.set(term.slot, [...known, ids]);
      return kind !== 'list' && ids.length === term.keys.length && sameWords(ids, variables);
    }
    case 'const':
    case 'local':
    case 'bound':
      return true;
    case 'env':
      return term.when === 'now';
    default:
      return false;
  }
}

function sameWords(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && new Set([...left, ...right]).size === right.length;
}

// ---- what a function writes --------------------------------------------------------------------

type Write = { readonly slot: number; readonly keys: readonly Atom[] };

function writeOf(read: KeysRead, stmt: Stmt): Write | null {
  const write =
    stmt.kind === 'store' ? stmt.place : stmt.kind === 'add' || stmt.kind === 'remove' ? stmt : null;
  return write !== null && read.has(write.slot) ? { slot: write.slot, keys: write.keys } : null;
}

function writesAny(read: KeysRead, stmts: readonly Stmt[]): boolean {
  let found = false;
  mapStatements(stmts, (stmt) => {
    found ||= writeOf(read, stmt) !== null;
    return [stmt];
  });
  return found;
}

/** Whether a loop could leave another entry written than it found: by itself, or in what it calls. */
function reachesWrites(contract: Contract, read: KeysRead, stmts: readonly Stmt[]): boolean {
  let found = writesAny(read, stmts);
  mapStatements(stmts, (stmt) => {
    if (stmt.kind === 'call') found ||= reachesWrites(contract, read, contract.functions[stmt.callee]!.body);
    return [stmt];
  });
  return found;
}

// ---- the checks --------------------------------------------------------------------------------

type Making = Checked & {
  readonly read: KeysRead;
  readonly locals: Local[];
  readonly firstOnly: boolean;
  loops: number;
  failed: boolean;
};

/** That an entry was written, and its key. */
type Noted = { readonly write: Write; readonly flag: LocalId; readonly keys: readonly LocalId[] };

/** A body, or one turn of a loop: what it writes is checked where it ends. `outer`: what is still to be checked around it. */
function checkScope(making: Making, stmts: readonly Stmt[], outer: readonly Noted[]): readonly Stmt[] {
  const own: Noted[] = [];
  const body = checkBlock(making, stmts, outer, own);
  const unset = own.flatMap(({ flag, keys }) =>
    [flag, ...keys].map((id) => copyTo(making, id, zeroOf(making.locals[id]!.type))),
  );
  return [...unset, ...body, ...(endsIn(body) ? [] : checksOf(making, own))];
}

function checkBlock(
  making: Making,
  stmts: readonly Stmt[],
  outer: readonly Noted[],
  own: Noted[],
): readonly Stmt[] {
  return stmts.flatMap((stmt): readonly Stmt[] => {
    const write = writeOf(making.read, stmt);
    if (write !== null) return [stmt, ...noteWrite(making, write, own)];
    switch (stmt.kind) {
      case 'return':
        return [...checksOf(making, [...outer, ...own]), stmt];
      case 'if': {
        const block = (inner: readonly Stmt[]) => checkBlock(making, inner, outer, own);
        return [branchOf(stmt, block(stmt.then), block(stmt.otherwise))];
      }
      case 'loop':
        return checkLoop(making, stmt, [...outer, ...own]);
      default:
        return [stmt];
    }
  });
}

function branchOf(
  { condition, span }: Extract<Stmt, { readonly kind: 'if' }>,
  yes: readonly Stmt[],
  no: readonly Stmt[],
): Stmt {
  return branch(condition, span, yes, no);
}

/** The clause holds before the loop, after each turn, and so behind it, whoever looks at one turn alone. */
function checkLoop(
  making: Making,
  stmt: Extract<Stmt, { readonly kind: 'loop' }>,
  pending: readonly Noted[],
): readonly Stmt[] {
  const { contract, read, clause } = making;
  const body = checkScope(making, stmt.body, pending);
  if (!reachesWrites(contract, read, stmt.body)) return [{ ...stmt, body }];
  making.loops += 1;
  const name = `${clause.name}.entries_${making.loops}`;
  const invariant: AssertClause = { ...clause, kind: 'assert', name };
  return [...checksOf(making, pending), { ...stmt, body, invariants: [...stmt.invariants, invariant] }];
}

/** A key that was noted before in the same scope, and cannot have changed, is not noted again. */
function noteWrite(making: Making, write: Write, own: Noted[]): readonly Stmt[] {
  const known = own.find((noted) => isFixed(making, write) && sameWrite(noted.write, write));
  if (known !== undefined) return [copyTo(making, known.flag, constant(BOOL, true))];
  const types = making.contract.slots[write.slot]!.keys;
  const keys = types.map((type) => newLocal(making, type));
  const noted = { write, flag: newLocal(making, BOOL), keys };
  own.push(noted);
  return [
    ...write.keys.map((key, index) => copyTo(making, keys[index]!, key)),
    copyTo(making, noted.flag, constant(BOOL, true)),
  ];
}

function isFixed({ fn }: Making, { keys }: Write): boolean {
  const writes = new Map<LocalId, number>();
  mapStatements(fn.body, (stmt) => {
    const targets = 'targets' in stmt ? stmt.targets : 'target' in stmt ? [stmt.target] : [];
    for (const id of stmt.kind === 'loop' ? [stmt.index] : targets) writes.set(id, (writes.get(id) ?? 0) + 1);
    return [stmt];
  });
  return keys.every((key) => key.kind !== 'local' || (writes.get(key.id) ?? 0) <= 1);
}

function sameWrite(left: Write, right: Write): boolean {
  return left.slot === right.slot && left.keys.every((key, index) => sameAtom(key, right.keys[index]!));
}

function sameAtom(left: Atom, right: Atom): boolean {
  if (left.kind === 'local') return right.kind === 'local' && left.id === right.id;
  if (left.kind === 'env') return right.kind === 'env' && left.name === right.name;
  return right.kind === 'const' && typeof left.value !== 'object' && left.value === right.value;
}

function checksOf(making: Making, noted: readonly Noted[]): readonly Stmt[] {
  const { clause, read } = making;
  return (making.firstOnly ? noted.slice(0, 1) : noted).flatMap((one) => {
    const checks = read.get(one.write.slot)!.flatMap((ids) => checkEntry(making, one, ids));
    return checks.length === 0 ? [] : [branch({ kind: 'local', id: one.flag }, clause.span, checks, [])];
  });
}

/** The clause of the one entry, its variables being the words of the key. */
function checkEntry(making: Making, { keys }: Noted, ids: readonly number[]): readonly Stmt[] {
  const { contract, fn, clause, locals, guard } = making;
  const found = inlineProgram(clauseProgram(contract, clause), locals, clause.span, (input) => {
    if (input.kind === 'bound') return { kind: 'local', id: keys[ids.indexOf(input.id)]! };
    if (input.kind === 'local') return { kind: 'local', id: input.id };
    return input.kind === 'env' ? environment(fn, input) : null;
  });
  if (found === null || found.before.length > 0) {
    making.failed = true;
    return [];
  }
  return [...found.stmts, guard(found.value)];
}

function copyTo({ clause }: Making, target: LocalId, value: Atom): Stmt {
  return { kind: 'copy', span: clause.span, target, value };
}

function newLocal({ locals, clause }: Making, type: Local['type']): LocalId {
  locals.push({ name: '', type, span: clause.span });
  return locals.length - 1;
}
