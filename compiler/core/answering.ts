/**
 * A contract that implements an interface, for runs of one that calls it: it always answers the same, takes a fixed amount
 * or nothing, and keeps to the interface, whose clauses are checks in its code. In: the contract that calls, one of its
 * interfaces, and the answer. Out: the contract; null where code cannot check what the interface says.
 */
import { BOOL, leavesOf, type Scalar, UNIT } from '../check/types.ts';
import { NO_ACCESS } from './access.ts';
import type { Atom, Clause, Contract, Function as CoreFunction, Interface, Method, Stmt } from './core.ts';
import { type Guard, withGuards } from './guards.ts';
import { zeroOf } from './variant.ts';

export type FixedAnswer = {
  /** What is answered where a number is asked for; where a truth value is, whether it is not zero. */
  readonly number: bigint;
  /** Who is answered where someone is asked for. */
  readonly someone: string;
  /** Taken from the caller by each rule, in smallest units of each currency. */
  readonly takes: bigint;
};

export function answering(
  contract: Contract,
  { name, methods, span }: Interface,
  answer: FixedAnswer,
): Contract | null {
  // Whether a call that its own checks refuse was promised to return, nothing here could tell.
  if (methods.some(({ succeeds }) => succeeds.length > 0)) return null;
  const functions = methods.map((method) => answerMethod(contract, method, span, answer));
  const plain: Contract = {
    ...contract,
    name: `Answering${name}`,
    access: NO_ACCESS,
    slots: [],
    events: [],
    errors: [],
    interfaces: [{ name, methods, span, implemented: true }],
    functions: [emptyInit(span), ...functions],
    invariants: [],
    histories: [],
    proofs: [],
  };
  return withGuards(plain, functions.flatMap(guardsOf));
}

// ---- private -----------------------------------------------------------------------------------

function emptyInit(span: Interface['span']): CoreFunction {
  const body: readonly Stmt[] = [{ kind: 'return', span, values: [] }];
  return {
    ...EMPTY,
    kind: 'init',
    name: 'init',
    params: [],
    result: UNIT,
    resultWords: [],
    locals: [],
    body,
    span,
  };
}

const EMPTY = {
  doc: '',
  requires: [],
  ensures: [],
  succeeds: [],
  fails: [],
  changes: [],
  access: NO_ACCESS,
  open: true,
} as const;

function answerMethod(
  contract: Contract,
  method: Method,
  span: Interface['span'],
  answer: FixedAnswer,
): CoreFunction {
  const { kind, name, params, result, ensures } = method;
  const leaves = leavesOf(result);
  const resultWords = leaves.map(({ type }) => type);
  const locals = params.flatMap((param) =>
    leavesOf(param.type).map(({ type }) => ({ name: param.name, type, span })),
  );
  // What belongs to one variant of several stays zero.
  const values = leaves.map(({ type, guards }) => (guards.length > 0 ? zeroOf(type) : wordOf(type, answer)));
  const body: readonly Stmt[] = [
    ...method.fails.map((clause): Stmt => ({ kind: 'assert', span: clause.span, clause: denied(clause) })),
    ...(kind === 'rule' && answer.takes > 0n ? takes(contract, span, answer.takes) : []),
    { kind: 'return', span, values },
  ];
  const access = { ...NO_ACCESS, contracts: kind === 'rule' };
  return { ...EMPTY, kind, name, params, result, resultWords, locals, body, ensures, access, span };
}

/** What always fails is a check before anything else. */
function denied(clause: Clause) {
  const term = { kind: 'op', op: 'not', args: [clause.term], type: BOOL } as const;
  return { ...clause, kind: 'assert', term } as const;
}

function takes({ currencies }: Contract, span: Interface['span'], amount: bigint): readonly Stmt[] {
  return currencies.map(({ name: unit }, currency): Stmt => {
    const value: Atom = { kind: 'const', type: { kind: 'Amount', currency: unit }, value: amount };
    const args: readonly Atom[] = [{ kind: 'env', name: 'caller' }, { kind: 'env', name: 'self' }, value];
    const reverts = [{ reason: 'host', span }] as const;
    return { kind: 'host', span, targets: [], name: 'ledger.transfer', currency, args, reverts };
  });
}

function wordOf(type: Scalar, { number, someone }: FixedAnswer): Atom {
  switch (type.kind) {
    case 'Bool':
      return { kind: 'const', type, value: number !== 0n };
    case 'Did':
      return { kind: 'const', type, value: someone };
    case 'Tag': {
      const last = BigInt(type.variants.length - 1);
      return { kind: 'const', type, value: number < 0n ? 0n : number > last ? last : number };
    }
    default: {
      const zero = zeroOf(type);
      return typeof zero.value === 'bigint' ? { ...zero, value: number } : zero;
    }
  }
}

function guardsOf({ name, ensures, body }: CoreFunction): readonly Guard[] {
  const asserted = body.flatMap((stmt) => (stmt.kind === 'assert' ? [stmt.clause.name] : []));
  return [
    ...asserted.map((clause): Guard => ({ rule: name, kind: 'assert', name: clause })),
    ...ensures.map((clause): Guard => ({ rule: name, kind: 'ensures', name: clause.name })),
  ];
}
