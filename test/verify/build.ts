/** A small builder of core values, so that the verifier is tested apart from the passes before it. */
import type { Scalar, Type } from '../../compiler/check/types.ts';
import type {
  Atom,
  Clause,
  Contract,
  Function as CoreFunction,
  OpName,
  Slot,
  Stmt,
  Term,
} from '../../compiler/core/core.ts';

export const SPAN = { start: 0, end: 0 };
export const INT: Scalar = { kind: 'Int' };
export const BOOL: Scalar = { kind: 'Bool' };
export const DID: Scalar = { kind: 'Did' };
export const HOURS: Scalar = { kind: 'Amount', currency: 'hours' };
const NO_ACCESS = { reputation: [], permissions: [], contracts: false };

export const local = (id: number): Atom => ({ kind: 'local', id });
export const env = (name: 'caller' | 'creator' | 'self' | 'now' | 'block'): Atom => ({ kind: 'env', name });
export const number = (value: bigint, type: Scalar = INT): Atom => ({ kind: 'const', type, value });
export const flag = (value: boolean): Atom => ({ kind: 'const', type: BOOL, value });

export const op = (target: number, name: OpName, ...args: Atom[]): Stmt => {
  const overflow = ['add', 'sub', 'mul', 'div', 'neg'].includes(name);
  const zero = name === 'div' || name === 'mod';
  const reverts = [
    ...(zero ? [{ reason: 'divisionByZero' as const, span: SPAN }] : []),
    ...(overflow ? [{ reason: 'overflow' as const, span: SPAN }] : []),
  ];
  return { kind: 'op', target, op: name, args, reverts, span: SPAN };
};
export const copy = (target: number, value: Atom): Stmt => ({ kind: 'copy', target, value, span: SPAN });
export const load = (target: number, slot: number, keys: Atom[] = [], field = 0): Stmt => ({
  kind: 'load',
  target,
  place: { slot, keys, field },
  span: SPAN,
});
export const store = (value: Atom, slot: number, keys: Atom[] = [], field = 0): Stmt => ({
  kind: 'store',
  place: { slot, keys, field },
  value,
  span: SPAN,
});
export const has = (target: number, slot: number, ...keys: Atom[]): Stmt => ({
  kind: 'has',
  target,
  slot,
  keys,
  span: SPAN,
});
export const addTo = (slot: number, ...keys: Atom[]): Stmt => ({
  kind: 'add',
  slot,
  keys,
  reverts: [{ reason: 'capacity', span: SPAN }],
  span: SPAN,
});
export const removeFrom = (slot: number, ...keys: Atom[]): Stmt => ({
  kind: 'remove',
  slot,
  keys,
  span: SPAN,
});
export const size = (target: number, slot: number): Stmt => ({ kind: 'size', target, slot, span: SPAN });
export const require = (condition: Atom, message: string): Stmt => ({
  kind: 'require',
  condition,
  message,
  clause: -1,
  span: SPAN,
});
export const when = (condition: Atom, then: Stmt[], otherwise: Stmt[] = []): Stmt => ({
  kind: 'if',
  condition,
  then,
  otherwise,
  span: SPAN,
});
export const give = (...values: Atom[]): Stmt => ({ kind: 'return', values, span: SPAN });
export const transfer = (from: Atom, to: Atom, amount: Atom, currency = 0): Stmt => ({
  kind: 'host',
  targets: [],
  name: 'ledger.transfer',
  currency,
  args: [from, to, amount],
  reverts: [{ reason: 'host', span: SPAN }],
  span: SPAN,
});

export const t = {
  local: (id: number, type: Scalar = INT): Term => ({ kind: 'local', id, type }),
  env: (name: 'caller' | 'creator' | 'self' | 'now' | 'block'): Term => ({
    kind: 'env',
    name,
    when: 'now',
    type: name === 'now' || name === 'block' ? INT : DID,
  }),
  int: (value: bigint): Term => ({ kind: 'const', type: INT, value }),
  op: (name: OpName | 'implies' | 'ite', ...args: Term[]): Term => ({
    kind: 'op',
    op: name,
    args,
    type: BOOL,
  }),
  bound: (id: number, type: Scalar): Term => ({ kind: 'bound', id, type }),
  load: (slot: number, keys: Term[] = [], when: 'old' | 'now' = 'now', field = 0): Term => ({
    kind: 'load',
    slot,
    keys,
    field,
    when,
    type: INT,
  }),
  has: (slot: number, keys: Term[], when: 'old' | 'now' = 'now'): Term => ({
    kind: 'has',
    slot,
    keys,
    when,
    type: BOOL,
  }),
  size: (slot: number, when: 'old' | 'now' = 'now'): Term => ({ kind: 'size', slot, when, type: INT }),
  balance: (account: Term, when: 'old' | 'now' = 'now', currency = 0): Term => ({
    kind: 'host',
    name: 'ledger.balance',
    currency,
    args: [account],
    when,
    type: HOURS,
  }),
  canPay: (account: Term, amount: Term, when: 'old' | 'now' = 'now', currency = 0): Term => ({
    kind: 'host',
    name: 'ledger.can_pay',
    currency,
    args: [account, amount],
    when,
    type: BOOL,
  }),
  forall: (id: number, type: Scalar, body: Term): Term => ({
    kind: 'forall',
    variables: [{ id, name: `x${id}`, type }],
    body,
    type: BOOL,
  }),
  exists: (id: number, type: Scalar, body: Term): Term => ({
    kind: 'exists',
    variables: [{ id, name: `x${id}`, type }],
    body,
    type: BOOL,
  }),
  sum: (slot: number, key: Scalar = DID, when: 'old' | 'now' = 'now'): Term => ({
    kind: 'sum',
    slot,
    keys: [{ id: 90, name: 'k', type: key }],
    values: [{ id: 91, name: 'v', type: INT }],
    body: { kind: 'bound', id: 91, type: INT },
    when,
    type: INT,
  }),
};

export const clause = (kind: Clause['kind'], name: string, term: Term): Clause => ({
  kind,
  name,
  text: name,
  term,
  unproved: false,
  message: null,
  span: SPAN,
});

export const valueSlot = (name: string, type: Scalar = INT): Slot => slotOf('value', name, [], [type], 0);
export const mapSlot = (name: string, key: Scalar = DID, ...fields: Scalar[]): Slot =>
  slotOf('map', name, [key], fields.length === 0 ? [INT] : fields, 0);
export const setSlot = (name: string, capacity: number, item: Scalar = DID): Slot =>
  slotOf('set', name, [item], [], capacity);

function slotOf(kind: Slot['kind'], name: string, keys: Scalar[], fields: Scalar[], capacity: number): Slot {
  return {
    kind,
    name,
    type: { kind: 'Unit' },
    keys,
    fields: fields.map((type, i) => ({ path: String(i), type, guards: [] })),
    capacity,
    ghost: false,
    span: SPAN,
  };
}

export function fn(
  name: string,
  parts: Partial<CoreFunction> & { readonly locals?: CoreFunction['locals'] },
): CoreFunction {
  return {
    kind: 'rule',
    name,
    doc: '',
    params: [],
    result: { kind: 'Unit' },
    resultWords: [],
    locals: [],
    body: [],
    requires: [],
    ensures: [],
    succeeds: [],
    fails: [],
    changes: [],
    access: NO_ACCESS,
    open: false,
    span: SPAN,
    ...parts,
  };
}

export const locals = (...types: Scalar[]): CoreFunction['locals'] =>
  types.map((type, i) => ({ name: `l${i}`, type, span: SPAN }));
export const params = (...types: Type[]): CoreFunction['params'] =>
  types.map((type, i) => ({ name: `p${i}`, type }));

export function contract(parts: Partial<Contract>): Contract {
  return {
    name: 'Sample',
    doc: '',
    version: '1.0.0',
    purpose: '',
    capabilities: ['ledger.write'],
    access: NO_ACCESS,
    currencies: [{ name: 'hours', decimals: 2, kind: 'mutual' }],
    slots: [],
    events: [],
    errors: [],
    interfaces: [],
    functions: [],
    invariants: [],
    histories: [],
    proofs: [],
    didLiterals: [],
    dependencies: [],
    upgradable: null,
    predecessor: null,
    span: SPAN,
    ...parts,
  };
}

/** The time bank of the language design, by hand. */
export function timeBank(): Contract {
  const [members, worked, total] = [0, 1, 2];
  const caller = env('caller');
  return contract({
    name: 'TimeBank',
    slots: [setSlot('members', 10_000), mapSlot('worked', DID, HOURS), valueSlot('total', HOURS)],
    invariants: [
      clause('invariant', 'adds_up', t.op('eq', t.load(total), t.sum(worked))),
      clause(
        'invariant',
        'never_negative',
        t.forall(0, DID, t.op('ge', t.load(worked, [t.bound(0, DID)]), t.int(0n))),
      ),
    ],
    histories: [
      {
        ...clause('history', 'only_grows', t.op('le', t.load(total, [], 'old'), t.load(total))),
        always: false,
      },
    ],
    functions: [
      fn('init', { kind: 'init', body: [addTo(members, env('creator'))] }),
      fn('join', {
        locals: locals(BOOL, BOOL, INT, BOOL),
        body: [
          has(0, members, caller),
          op(1, 'not', local(0)),
          require(local(1), 'already a member'),
          size(2, members),
          op(3, 'lt', local(2), number(10_000n)),
          require(local(3), 'the bank is full'),
          addTo(members, caller),
        ],
      }),
      fn('record', {
        params: params(DID, HOURS),
        locals: locals(DID, HOURS, BOOL, BOOL, BOOL, BOOL, HOURS, HOURS, HOURS, HOURS),
        body: [
          op(2, 'gt', local(1), number(0n, HOURS)),
          require(local(2), 'the amount must be positive'),
          has(3, members, caller),
          when(local(3), [has(4, members, local(0))], [copy(4, flag(false))]),
          require(local(4), 'both must be members'),
          op(5, 'ne', local(0), caller),
          require(local(5), 'nobody works for themselves'),
          transfer(caller, local(0), local(1)),
          load(6, worked, [local(0)]),
          op(7, 'add', local(6), local(1)),
          store(local(7), worked, [local(0)]),
          load(8, total),
          op(9, 'add', local(8), local(1)),
          store(local(9), total),
        ],
        ensures: [
          clause(
            'ensures',
            'ensures.1',
            t.op(
              'eq',
              t.load(worked, [t.local(0, DID)]),
              t.op('add', t.load(worked, [t.local(0, DID)], 'old'), t.local(1)),
            ),
          ),
        ],
      }),
      fn('hours_of', {
        kind: 'view',
        params: params(DID),
        result: HOURS,
        resultWords: [HOURS],
        locals: locals(DID, HOURS),
        body: [load(1, worked, [local(0)]), give(local(1))],
      }),
    ],
  });
}
