/**
 * A contract that implements an interface, for runs of one that calls it. What it answers and takes is given; what the
 * interface says of its results is computed, and every clause is a check in its code. In: the contract that calls, one of
 * its interfaces, and the answers. Out: the contract; null where code cannot check what the interface says.
 */
import { BOOL, INT, leavesOf, type Scalar, UNIT } from '../check/types.ts';
import { NO_ACCESS } from './access.ts';
import type {
  AssertClause,
  Atom,
  Clause,
  Contract,
  Function as CoreFunction,
  Interface,
  Local,
  Method,
  Slot,
  Stmt,
  Term,
} from './core.ts';
import { type Guard, withGuards } from './guards.ts';
import { resultsSaid } from './results.ts';
import { zeroOf } from './variant.ts';

export type CalleeAnswer = {
  /**
   * What is answered where a number is asked for; where a truth value is, whether it is not zero. Several come in turn: a rule
   * gives the next with each call, and the last from then on; a view another one in each block, over and over.
   */
  readonly numbers: readonly bigint[];
  /** Who is answered where someone is asked for. */
  readonly someone: string;
  /** What each rule takes from its caller, of each currency: so many smallest units, given where negative; or its amounts. */
  readonly takes: bigint | 'asked';
  /** Whether all fails that the interface does not promise to succeed. */
  readonly refuses: boolean;
};

/** The words of a refusal that is meant. Whatever else fails where success is promised breaks that promise. */
export const REFUSES = 'this is not promised to succeed';

export function answering(
  contract: Contract,
  { name, methods, span }: Interface,
  answer: CalleeAnswer,
): Contract | null {
  const functions = methods.map((method) => answerMethod(contract, method, span, answer));
  const plain: Contract = {
    ...contract,
    name: `Answering${name}`,
    capabilities: [...new Set([...contract.capabilities, 'ledger.write'])].sort(),
    access: NO_ACCESS,
    slots: [turnsOf(span)],
    events: [],
    errors: [],
    interfaces: [{ name, methods, span, implemented: true }],
    functions: [emptyInit(span), ...functions.map(({ fn }) => fn)],
    invariants: [],
    histories: [],
    proofs: [],
    predecessor: null,
  };
  return withGuards(
    plain,
    functions.flatMap(({ guards }) => guards),
  );
}

/** A contract that says that it implements the interface, with all that it promises by that as checks; null as above. */
export function checkedBy({ name, methods }: Interface, implementer: Contract): Contract | null {
  const isPromise = (clause: Clause): boolean => clause.name.startsWith(`${name}.`);
  const guards: Guard[] = [];
  const functions = implementer.functions.map((fn) => {
    if (!methods.some((method) => method.name === fn.name)) return fn;
    const denied = fn.fails.filter(isPromise).map(denial);
    guards.push(...guardsOf(fn.name, denied, fn.ensures.filter(isPromise)));
    return { ...fn, body: [...denied.map(asserted), ...fn.body] };
  });
  return withGuards({ ...implementer, functions }, guards);
}

// ---- private -----------------------------------------------------------------------------------

type Answering = { readonly fn: CoreFunction; readonly guards: readonly Guard[] };

/** How many calls of rules there were. */
function turnsOf(span: Interface['span']): Slot {
  const fields = [{ path: '', type: INT, guards: [] }];
  return { kind: 'value', name: 'turns', type: INT, keys: [], fields, capacity: 0, ghost: false, span };
}

const TURNS = { slot: 0, keys: [], field: 0 } as const;

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
  answer: CalleeAnswer,
): Answering {
  const { kind, name, params, result, ensures } = method;
  const resultWords = leavesOf(result).map(({ type }) => type);
  const locals: Local[] = params.flatMap((param) =>
    leavesOf(param.type).map(({ type }) => ({ name: param.name, type, span })),
  );
  const taken = kind === 'rule' ? takes(contract, span, answer.takes, locals) : [];
  const chosen = choose(locals, method, span, answer);
  const said = resultsSaid(contract, method, locals, chosen.targets);
  const refusals = refusalsOf(method, answer);
  const body: readonly Stmt[] = [
    ...refusals.map(asserted),
    ...said.before,
    ...taken,
    ...chosen.stmts,
    ...said.stmts,
    { kind: 'return', span, values: chosen.targets.map((id): Atom => ({ kind: 'local', id })) },
  ];
  const access = { ...NO_ACCESS, contracts: kind === 'rule' };
  const fn = { ...EMPTY, kind, name, params, result, resultWords, locals, body, ensures, access, span };
  return { fn, guards: guardsOf(name, refusals, ensures) };
}

function guardsOf(
  rule: string,
  asserts: readonly AssertClause[],
  ensures: readonly Clause[],
): readonly Guard[] {
  return [
    ...asserts.map((clause): Guard => ({ rule, kind: 'assert', name: clause.name })),
    ...ensures.map((clause): Guard => ({ rule, kind: 'ensures', name: clause.name })),
  ];
}

function asserted(clause: AssertClause): Stmt {
  return { kind: 'assert', span: clause.span, clause };
}

/** What always fails is a check before anything else. */
function refusalsOf({ fails, succeeds }: Method, { refuses }: CalleeAnswer): readonly AssertClause[] {
  const denied = fails.map(denial);
  const [first] = succeeds;
  if (first === undefined) return denied;
  const promised = either(succeeds.map(({ term }) => term));
  // First as what is meant; what fails although it is promised to succeed comes to the second.
  const meant = fails.map((clause, i) =>
    refusal({ ...clause, name: `${REFUSES} ${i}` }, either([denied[i]!.term, promised])),
  );
  return [...meant, ...denied, ...(refuses ? [refusal({ ...first, name: REFUSES }, promised)] : [])];
}

function denial(clause: Clause): AssertClause {
  return refusal(clause, { kind: 'op', op: 'not', args: [clause.term], type: BOOL });
}

function refusal(clause: Clause, term: Term): AssertClause {
  return { ...clause, kind: 'assert', term };
}

function either(terms: readonly Term[]): Term {
  return terms.reduce((left, right) => ({ kind: 'op', op: 'or', args: [left, right], type: BOOL }));
}

function takes(
  { currencies }: Contract,
  span: Interface['span'],
  amount: CalleeAnswer['takes'],
  locals: readonly Local[],
): readonly Stmt[] {
  const [payer, payee]: readonly Atom[] = [
    { kind: 'env', name: 'caller' },
    { kind: 'env', name: 'self' },
  ];
  return currencies.flatMap(({ name: unit }, currency) => {
    const type = { kind: 'Amount', currency: unit } as const;
    const transfer = (from: Atom, to: Atom, value: Atom): Stmt => {
      const reverts = [{ reason: 'host', span }] as const;
      const args = [from, to, value];
      return { kind: 'host', span, targets: [], name: 'ledger.transfer', currency, args, reverts };
    };
    if (amount === 'asked')
      return locals.flatMap((local, id) =>
        local.type.kind === 'Amount' && local.type.currency === unit
          ? [transfer(payer!, payee!, { kind: 'local', id })]
          : [],
      );
    if (amount === 0n) return [];
    const value: Atom = { kind: 'const', type, value: amount < 0n ? -amount : amount };
    return [amount > 0n ? transfer(payer!, payee!, value) : transfer(payee!, payer!, value)];
  });
}

/** The words of the result, as they are given; they become locals. */
function choose(locals: Local[], { kind, result }: Method, span: Interface['span'], answer: CalleeAnswer) {
  const fresh = (type: Scalar): number => locals.push({ name: 'answer', type, span }) - 1;
  const { numbers, someone } = answer;
  const isNext = numbers.length > 1 ? countTurns(fresh, kind, span, BigInt(numbers.length)) : null;
  const stmts: Stmt[] = [...(isNext?.stmts ?? [])];
  const targets = leavesOf(result).map(({ type, guards }) => {
    const target = fresh(type);
    // What belongs to one variant of several stays zero.
    const wordFor = (number: bigint): Atom =>
      guards.length > 0 ? zeroOf(type) : wordOf(type, number, someone);
    stmts.push({ kind: 'copy', span, target, value: wordFor(numbers.at(-1)!) });
    for (const [turn, number] of numbers.slice(0, -1).entries())
      stmts.push(...(isNext?.when(turn, { kind: 'copy', span, target, value: wordFor(number) }) ?? []));
    return target;
  });
  return { stmts, targets };
}

/** The turn of this call; `when` is a statement that only that turn takes. */
function countTurns(
  fresh: (type: Scalar) => number,
  kind: Method['kind'],
  span: Interface['span'],
  length: bigint,
) {
  const [turn, next, is] = [fresh(INT), fresh(INT), fresh(BOOL)];
  const int = (value: bigint): Atom => ({ kind: 'const', type: INT, value });
  const current: Atom = { kind: 'local', id: turn };
  const reverts = [] as const;
  const stmts: readonly Stmt[] =
    kind === 'view'
      ? [
          {
            kind: 'op',
            span,
            target: turn,
            op: 'mod',
            args: [{ kind: 'env', name: 'block' }, int(length)],
            reverts,
          },
        ]
      : [
          { kind: 'load', span, target: turn, place: TURNS },
          {
            kind: 'op',
            span,
            target: next,
            op: 'add',
            args: [current, int(1n)],
            reverts: [{ reason: 'overflow', span }],
          },
          { kind: 'store', span, place: TURNS, value: { kind: 'local', id: next } },
        ];
  const when = (index: number, stmt: Stmt): readonly Stmt[] => [
    { kind: 'op', span, target: is, op: 'eq', args: [current, int(BigInt(index))], reverts },
    // biome-ignore lint/suspicious/noThenProperty: the core's word for the first branch; nobody awaits statements
    { kind: 'if', span, condition: { kind: 'local', id: is }, then: [stmt], otherwise: [] },
  ];
  return { stmts, when };
}

function wordOf(type: Scalar, number: bigint, someone: string): Atom {
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
