/**
 * Random core programs for the playground contract, well typed by construction: two functions and a rule over slots
 * of every kind. `choose(n)` gives a number below `n`; nothing else is random.
 */
import { BOOL, DID, INT, type Scalar, type Type } from '../../compiler/check/types.ts';
import type * as core from '../../compiler/core/core.ts';
import { contractOf, functionOf, PLAYGROUND, playgroundSlots, SPAN } from './contracts.ts';

export type Choose = (n: number) => number;

export const DIDS = ['', 'did:icn:a', 'did:icn:b', 'did:icn:c'];
const INTS = [0n, 1n, 2n, 3n, -1n, 7n, 100n, -100n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];

/** The rule `main(Int, Int, Bool, Did) -> Int` is the last function. */
export function randomContract(choose: Choose): core.Contract {
  const functions: core.Function[] = [];
  functions.push(randomFunction(choose, functions, 'fn', 'first', [INT, BOOL], [INT, BOOL]));
  functions.push(randomFunction(choose, functions, 'fn', 'second', [DID, INT], []));
  functions.push(randomFunction(choose, functions, 'rule', 'main', [INT, INT, BOOL, DID], [INT]));
  const fields = [
    { name: 'who', type: DID },
    { name: 'pair', type: PLAYGROUND.pair },
  ];
  return contractOf({ slots: playgroundSlots(), events: [{ name: 'Seen', fields }], functions });
}

type Draft = {
  readonly choose: Choose;
  readonly callees: readonly core.Function[];
  readonly locals: core.Local[];
  readonly results: readonly Scalar[];
  /** Locals assigned on every path to here; the newest last. */
  scope: number[];
  /** Indices of the loops around. */
  fixed: number[];
  /** Statements of the block at hand. */
  out: core.Stmt[];
  budget: number;
};

function randomFunction(
  choose: Choose,
  callees: readonly core.Function[],
  kind: core.Function['kind'],
  name: string,
  params: readonly Scalar[],
  results: readonly Scalar[],
): core.Function {
  const locals = params.map((type, at) => ({ name: `p${at}`, type, span: SPAN }));
  const scope = [...locals.keys()];
  const draft: Draft = {
    choose,
    callees: [...callees],
    locals,
    results,
    scope,
    fixed: [],
    out: [],
    budget: 30,
  };
  randomBlock(draft, 2);
  randomReturn(draft);
  return functionOf({
    kind,
    name,
    params: params.map((type, at) => ({ name: `p${at}`, type })),
    result: tupleOf(results),
    resultWords: results,
    locals: draft.locals,
    body: draft.out,
  });
}

function tupleOf(results: readonly Scalar[]): Type {
  const [only] = results;
  if (only === undefined) return { kind: 'Unit' };
  return results.length === 1 ? only : { kind: 'Tuple', items: results };
}

// ---- statements --------------------------------------------------------------------------------

function randomBlock(draft: Draft, depth: number): void {
  const count = 1 + draft.choose(5);
  for (let at = 0; at < count && draft.budget > 0; at += 1) {
    draft.budget -= 1;
    randomStmt(draft, depth);
  }
}

function randomStmt(draft: Draft, depth: number): void {
  const { choose, out } = draft;
  const place = (slot: number, keys: core.Atom[], field: number) => ({ slot, keys, field });
  switch (choose(18)) {
    case 0:
      out.push({ kind: 'store', place: place(0, [], 0), value: expression(draft, INT, depth), span: SPAN });
      return;
    case 1:
      out.push({ kind: 'store', place: place(1, [], 0), value: expression(draft, DID, depth), span: SPAN });
      return;
    case 2: {
      const key = expression(draft, DID, depth);
      out.push({
        kind: 'store',
        place: place(2, [key], 0),
        value: expression(draft, INT, depth),
        span: SPAN,
      });
      return;
    }
    case 3: {
      const key = expression(draft, DID, depth);
      out.push({
        kind: 'store',
        place: place(2, [key], 1),
        value: expression(draft, BOOL, depth),
        span: SPAN,
      });
      return;
    }
    case 4:
      out.push({ kind: 'add', slot: 3, keys: [expression(draft, DID, depth)], reverts: [], span: SPAN });
      return;
    case 5:
      out.push({
        kind: choose(2) === 0 ? 'add' : 'remove',
        slot: 4,
        keys: voteKeys(draft, depth),
        reverts: [],
        span: SPAN,
      });
      return;
    case 6:
      out.push({ kind: 'remove', slot: choose(2) + 2, keys: [expression(draft, DID, depth)], span: SPAN });
      return;
    case 7: {
      const args = [
        expression(draft, DID, depth),
        expression(draft, INT, depth),
        expression(draft, BOOL, depth),
      ];
      out.push({ kind: 'emit', event: 0, args, span: SPAN });
      return;
    }
    case 8:
      if (choose(3) > 0) return;
      out.push({
        kind: 'require',
        condition: expression(draft, BOOL, depth),
        message: `m${choose(3)}`,
        clause: -1,
        span: SPAN,
      });
      return;
    case 15:
      randomRange(draft, depth);
      return;
    case 16:
      randomElements(draft, depth);
      return;
    case 9:
    case 10:
      randomIf(draft, depth);
      return;
    case 11: {
      const args = [
        expression(draft, DID, depth),
        expression(draft, DID, depth),
        expression(draft, INT, depth),
      ];
      out.push({
        kind: 'host',
        targets: [],
        name: 'ledger.transfer',
        currency: 0,
        args,
        reverts: [],
        span: SPAN,
      });
      return;
    }
    case 12:
      randomCall(draft, depth);
      return;
    case 13:
    case 14:
      randomAssignment(draft, depth);
      return;
    default:
      expression(draft, [INT, BOOL, DID][choose(3)]!, depth + 1);
  }
}

function voteKeys(draft: Draft, depth: number): core.Atom[] {
  const who = expression(draft, DID, depth);
  return [who, expression(draft, INT, 0)];
}

function randomIf(draft: Draft, depth: number): void {
  if (depth === 0) return;
  const condition = expression(draft, BOOL, depth);
  const then = branch(draft, () => {
    randomBlock(draft, depth - 1);
    if (draft.choose(6) === 0) randomReturn(draft);
  });
  const otherwise = branch(draft, () => {
    if (draft.choose(2) === 0) randomBlock(draft, depth - 1);
  });
  draft.out.push(ifOf(condition, then, otherwise));
}

/** What `make` writes, as a block of its own; what it assigned is not known to be assigned afterwards. */
function branch(draft: Draft, make: () => void): core.Stmt[] {
  const { out, scope } = draft;
  draft.out = [];
  draft.scope = [...scope];
  make();
  const made = draft.out;
  draft.out = out;
  draft.scope = scope;
  return made;
}

function ifOf(condition: core.Atom, then: core.Stmt[], otherwise: core.Stmt[]): core.Stmt {
  const branches: Pick<Extract<core.Stmt, { kind: 'if' }>, 'then' | 'otherwise'> = Object.fromEntries([
    ['then', then],
    ['otherwise', otherwise],
  ]) as never;
  return { kind: 'if', condition, ...branches, span: SPAN };
}

/** A short way up from a number at hand, sometimes longer than the bound. */
function randomRange(draft: Draft, depth: number): void {
  if (depth === 0) return;
  const from = expression(draft, INT, 0);
  const length = { kind: 'const', type: INT, value: BigInt(draft.choose(5)) } as const;
  const to = bind(draft, INT, (target) => operation(target, 'add', [from, length]));
  const index = newLocal(draft, INT);
  const body = branch(draft, () => {
    draft.scope.push(index);
    randomBody(draft, depth, index);
  });
  const bound = 2 + draft.choose(3);
  const reverts = [{ reason: 'loopBound', span: SPAN }] as const;
  draft.out.push({
    kind: 'loop',
    index,
    from,
    to,
    bound,
    turns: 'n',
    invariants: [],
    body,
    reverts,
    span: SPAN,
  });
}

/** Over the members, whatever happens to them meanwhile: the number of turns is that of the beginning. */
function randomElements(draft: Draft, depth: number): void {
  if (depth === 0) return;
  const to = bind(draft, INT, (target) => ({ kind: 'size', target, slot: 3, span: SPAN }));
  const index = newLocal(draft, INT);
  const body = branch(draft, () => {
    const element = newLocal(draft, DID);
    draft.out.push({
      kind: 'element',
      targets: [element],
      slot: 3,
      index: { kind: 'local', id: index },
      span: SPAN,
    });
    draft.scope.push(element);
    randomBody(draft, 1, index);
  });
  const from = { kind: 'const', type: INT, value: 0n } as const;
  draft.out.push({
    kind: 'loop',
    index,
    from,
    to,
    bound: 3,
    turns: 'n',
    invariants: [],
    body,
    reverts: [],
    span: SPAN,
  });
}

/** The index is read, never assigned. */
function randomBody(draft: Draft, depth: number, index: number): void {
  draft.fixed.push(index);
  randomBlock(draft, depth - 1);
  if (draft.choose(6) === 0) randomReturn(draft);
  draft.fixed.pop();
}

function randomReturn(draft: Draft): void {
  const values = draft.results.map((type) => expression(draft, type, 2));
  draft.out.push({ kind: 'return', values, span: SPAN });
}

function randomCall(draft: Draft, depth: number): void {
  const callee = draft.choose(draft.callees.length + 1) - 1;
  const fn = draft.callees[callee];
  if (fn === undefined) return;
  const args = fn.params.map((param) => expression(draft, param.type as Scalar, depth));
  const targets = fn.resultWords.map((type) => newLocal(draft, type));
  draft.out.push({ kind: 'call', targets, callee, args, span: SPAN });
  draft.scope.push(...targets);
}

/** A local that exists gets another value: parameters too. */
function randomAssignment(draft: Draft, depth: number): void {
  const target = draft.scope[draft.choose(draft.scope.length)]!;
  if (draft.fixed.includes(target)) return;
  const type = draft.locals[target]!.type;
  if (type === INT && draft.choose(2) === 0) {
    const args = [expression(draft, INT, depth), expression(draft, INT, depth)];
    draft.out.push(operation(target, 'add', args));
  } else {
    draft.out.push({ kind: 'copy', target, value: expression(draft, type, depth), span: SPAN });
  }
}

// ---- expressions -------------------------------------------------------------------------------

function expression(draft: Draft, type: Scalar, depth: number): core.Atom {
  if (depth <= 0 || draft.choose(4) === 0) return atom(draft, type);
  if (draft.choose(7) === 0) return conditional(draft, type, depth);
  if (type === INT) return integer(draft, depth);
  if (type === BOOL) return boolean(draft, depth);
  return bind(draft, DID, (target) => ({
    kind: 'load',
    target,
    place: { slot: 1, keys: [], field: 0 },
    span: SPAN,
  }));
}

function integer(draft: Draft, depth: number): core.Atom {
  const { choose } = draft;
  switch (choose(9)) {
    case 8: {
      const op = (['mulDiv', 'mulDivUp', 'isqrt', 'pow'] as const)[choose(4)]!;
      const count = op === 'isqrt' ? 1 : op === 'pow' ? 2 : 3;
      const args = Array.from({ length: count }, () => expression(draft, INT, depth - 1));
      return bind(draft, INT, (target) => operation(target, op, args));
    }
    case 0: {
      const keys = [expression(draft, DID, depth - 1)];
      return bind(draft, INT, (target) => ({
        kind: 'load',
        target,
        place: { slot: 2, keys, field: 0 },
        span: SPAN,
      }));
    }
    case 1:
      return bind(draft, INT, (target) => ({ kind: 'size', target, slot: 3 + choose(2), span: SPAN }));
    case 2: {
      const args = [expression(draft, DID, depth - 1)];
      return bind(draft, INT, (target) => ({
        kind: 'host',
        targets: [target],
        name: 'ledger.balance',
        currency: 0,
        args,
        reverts: [],
        span: SPAN,
      }));
    }
    case 3: {
      const args = [expression(draft, INT, depth - 1)];
      return bind(draft, INT, (target) => operation(target, 'neg', args));
    }
    default: {
      const op = (['add', 'sub', 'mul', 'div', 'mod', 'add', 'sub'] as const)[choose(7)]!;
      const args = [expression(draft, INT, depth - 1), expression(draft, INT, depth - 1)];
      return bind(draft, INT, (target) => operation(target, op, args));
    }
  }
}

function boolean(draft: Draft, depth: number): core.Atom {
  const { choose } = draft;
  switch (choose(7)) {
    case 0: {
      const keys = [expression(draft, DID, depth - 1)];
      return bind(draft, BOOL, (target) => ({ kind: 'has', target, slot: 2 + choose(2), keys, span: SPAN }));
    }
    case 1: {
      const keys = voteKeys(draft, depth - 1);
      return bind(draft, BOOL, (target) => ({ kind: 'has', target, slot: 4, keys, span: SPAN }));
    }
    case 2: {
      const args = [expression(draft, BOOL, depth - 1)];
      return bind(draft, BOOL, (target) => operation(target, 'not', args));
    }
    case 3: {
      const op = (['and', 'or', 'eq', 'ne'] as const)[choose(4)]!;
      const args = [expression(draft, BOOL, depth - 1), expression(draft, BOOL, depth - 1)];
      return bind(draft, BOOL, (target) => operation(target, op, args));
    }
    case 4: {
      const op = (['eq', 'ne'] as const)[choose(2)]!;
      const args = [expression(draft, DID, depth - 1), expression(draft, DID, depth - 1)];
      return bind(draft, BOOL, (target) => operation(target, op, args));
    }
    default: {
      const op = (['eq', 'ne', 'lt', 'le', 'gt', 'ge'] as const)[choose(6)]!;
      const args = [expression(draft, INT, depth - 1), expression(draft, INT, depth - 1)];
      return bind(draft, BOOL, (target) => operation(target, op, args));
    }
  }
}

/** As `&&`, `||` and `if` expressions are: one local, assigned at the end of each branch. */
function conditional(draft: Draft, type: Scalar, depth: number): core.Atom {
  const condition = expression(draft, BOOL, depth - 1);
  const target = newLocal(draft, type);
  const side = () =>
    branch(draft, () => {
      draft.out.push({ kind: 'copy', target, value: expression(draft, type, depth - 1), span: SPAN });
    });
  const constant = (value: boolean): core.Stmt[] => [
    { kind: 'copy', target, value: { kind: 'const', type: BOOL, value }, span: SPAN },
  ];
  const kind = type === BOOL ? draft.choose(3) : 2;
  const then = kind === 0 ? constant(true) : side();
  const otherwise = kind === 1 ? constant(false) : side();
  draft.out.push(ifOf(condition, then, otherwise));
  draft.scope.push(target);
  return { kind: 'local', id: target };
}

function atom(draft: Draft, type: Scalar): core.Atom {
  const { choose } = draft;
  const known = draft.scope.filter((id) => draft.locals[id]!.type === type).slice(-4);
  if (known.length > 0 && choose(4) > 0) return { kind: 'local', id: known[choose(known.length)]! };
  if (type === BOOL) return { kind: 'const', type, value: choose(2) === 1 };
  if (type === INT)
    return choose(8) === 0
      ? { kind: 'env', name: 'now' }
      : { kind: 'const', type, value: INTS[choose(INTS.length)]! };
  const env = (['caller', 'self', 'creator'] as const)[choose(12)];
  return env === undefined
    ? { kind: 'const', type, value: DIDS[choose(DIDS.length)]! }
    : { kind: 'env', name: env };
}

function bind(draft: Draft, type: Scalar, make: (target: number) => core.Stmt): core.Atom {
  const target = newLocal(draft, type);
  draft.out.push(make(target));
  draft.scope.push(target);
  return { kind: 'local', id: target };
}

function newLocal(draft: Draft, type: Scalar): number {
  draft.locals.push({ name: `v${draft.locals.length}`, type, span: SPAN });
  return draft.locals.length - 1;
}

function operation(target: number, op: core.OpName, args: core.Atom[]): core.Stmt {
  const overflow = { reason: 'overflow', span: SPAN } as const;
  const zero = { reason: 'divisionByZero', span: SPAN } as const;
  const reverts =
    op === 'div' || op === 'mulDiv' || op === 'mulDivUp'
      ? [zero, overflow]
      : op === 'mod'
        ? [zero]
        : ['add', 'sub', 'mul', 'neg', 'isqrt', 'pow'].includes(op)
          ? [overflow]
          : [];
  return { kind: 'op', target, op, args, reverts, span: SPAN };
}
