/**
 * Every host function of the language, once: from a row the checker takes the signature and the capability, code
 * generation the opcode, the verifier the model, the editor and the documentation the text. What has no row is
 * not in the language.
 */

export type Capability = 'ledger.read' | 'ledger.write';

/** `Currency` is the name of a declared currency; `Amount` is an amount of the currency at hand. */
export type ParamType = 'Did' | 'Amount' | 'Currency';

export type HostFunction = {
  /** As written: `module.function`. */
  readonly name: string;
  readonly capability: Capability;
  readonly opcode: 'Transfer' | 'Balance' | 'CanPay' | 'Total';
  readonly params: readonly { readonly name: string; readonly type: ParamType }[];
  readonly result: 'Unit' | 'Amount' | 'Bool';
  /** May stand in specifications: it reads and cannot revert. */
  readonly readable: boolean;
  /** When it reverts, over readable state, in the notation of language.md, section 5; null when it never does. */
  readonly reverts: string | null;
  /** The model that `verify/` gives it. */
  readonly model: 'transfer' | 'balance' | 'canPay' | 'total';
  readonly doc: string;
};

export const HOST_FUNCTIONS: readonly HostFunction[] = [
  {
    name: 'ledger.transfer',
    capability: 'ledger.write',
    opcode: 'Transfer',
    params: [
      { name: 'from', type: 'Did' },
      { name: 'to', type: 'Did' },
      { name: 'amount', type: 'Amount' },
    ],
    result: 'Unit',
    readable: false,
    reverts:
      'amount < 0, or to is null, or from is neither self, nor the caller within the spending limit, nor an account with a mandate that covers it, or !ledger.can_pay(from, amount), or an account is frozen',
    model: 'transfer',
    doc: 'Moves `amount` from one account to another. From the own account, from the caller up to the spending limit, or under a mandate; reverts when the payer cannot pay.',
  },
  {
    name: 'ledger.balance',
    capability: 'ledger.read',
    opcode: 'Balance',
    params: [
      { name: 'account', type: 'Did' },
      { name: 'currency', type: 'Currency' },
    ],
    result: 'Amount',
    readable: true,
    reverts: null,
    model: 'balance',
    doc: 'The balance of an account in a currency; negative down to the credit limit in mutual currencies.',
  },
  {
    name: 'ledger.can_pay',
    capability: 'ledger.read',
    opcode: 'CanPay',
    params: [
      { name: 'account', type: 'Did' },
      { name: 'currency', type: 'Currency' },
      { name: 'amount', type: 'Amount' },
    ],
    result: 'Bool',
    readable: true,
    reverts: null,
    model: 'canPay',
    doc: 'Whether the account can pay the amount: its balance less the amount is not below its floor.',
  },
  {
    name: 'ledger.total',
    capability: 'ledger.read',
    opcode: 'Total',
    params: [{ name: 'currency', type: 'Currency' }],
    result: 'Amount',
    readable: true,
    reverts: null,
    model: 'total',
    doc: 'What circulates of a currency: the sum of all positive balances.',
  },
];

/**
 * An event of a host module that `on` waits for. What has no row is not in the language; a row whose module this version
 * does not have yet is not built.
 */
export type HostEvent = {
  readonly name: string;
  readonly module: string;
  readonly signature: string;
  readonly built: boolean;
  readonly doc: string;
};

export const HOST_EVENTS: readonly HostEvent[] = [
  {
    name: 'Accepted',
    module: 'governance',
    signature: 'Accepted(p: Proposal)',
    built: false,
    doc: 'A proposal of the cooperative was accepted.',
  },
];

/** The capability that `capability` includes: `write` capabilities include `read`. */
export function includesCapability(declared: string, needed: Capability): boolean {
  return declared === needed || declared === needed.replace('.read', '.write');
}

/** Capabilities that a contract can declare in this version. */
export const CAPABILITIES: readonly Capability[] = ['ledger.read', 'ledger.write'];

/**
 * A name of the language. `built` is false for what language.md describes and this version does not have yet:
 * the name is taken all the same.
 */
export type BuiltIn = {
  readonly name: string;
  readonly kind: 'type' | 'environment' | 'function' | 'specification' | 'module' | 'method';
  readonly signature: string;
  readonly built: boolean;
  readonly doc: string;
};

export const BUILT_INS: readonly BuiltIn[] = [
  {
    name: 'Int',
    kind: 'type',
    signature: 'Int',
    built: true,
    doc: 'A signed 64-bit integer; every operation is checked and reverts on overflow.',
  },
  { name: 'Bool', kind: 'type', signature: 'Bool', built: true, doc: '`true` or `false`.' },
  {
    name: 'Amount',
    kind: 'type',
    signature: 'Amount<currency>',
    built: true,
    doc: 'An amount of one currency, counted in its smallest unit. Amounts of different currencies never add.',
  },
  {
    name: 'Ratio',
    kind: 'type',
    signature: 'Ratio',
    built: true,
    doc: 'Parts per million, written as a percentage: `67%`.',
  },
  { name: 'Time', kind: 'type', signature: 'Time', built: true, doc: 'A moment, in seconds.' },
  {
    name: 'Duration',
    kind: 'type',
    signature: 'Duration',
    built: true,
    doc: 'A length of time, in seconds: `36h`.',
  },
  {
    name: 'Did',
    kind: 'type',
    signature: 'Did',
    built: true,
    doc: 'A decentralised identifier: who someone is.',
  },
  { name: 'Text', kind: 'type', signature: 'Text', built: true, doc: 'UTF-8 text of at most 1,024 bytes.' },
  {
    name: 'Map',
    kind: 'type',
    signature: 'Map<K, V>',
    built: true,
    doc: 'State only. Every key has a value, zero until it is written.',
  },
  {
    name: 'Set',
    kind: 'type',
    signature: 'Set<T, n>',
    built: true,
    doc: 'State only. At most `n` elements; `in`, `add`, `remove`, `size`.',
  },
  {
    name: 'Bytes',
    kind: 'type',
    signature: 'Bytes',
    built: true,
    doc: 'At most 1,024 bytes: `0x00ff`. `b[i]` is a number from 0 to 255; `++` joins, `.length` counts.',
  },
  {
    name: 'Hash',
    kind: 'type',
    signature: 'Hash',
    built: true,
    doc: '32 bytes, such as `hash(x)` gives; written `0x` and 64 digits.',
  },
  {
    name: 'Contract',
    kind: 'type',
    signature: 'Contract<I>',
    built: true,
    doc: 'Another contract, by the interface that it implements: `Contract<I>.at(id)` reverts where there is none. Known within one call; state keeps its `Did`.',
  },
  { name: 'Option', kind: 'type', signature: 'Option<T>', built: true, doc: '`none` or `some(x)`.' },
  {
    name: 'List',
    kind: 'type',
    signature: 'List<T, n>',
    built: true,
    doc: 'At most `n` elements: `[a, b]`. In the state a list grows (`add`, `pop`, `clear`), and code may read and write it as a whole; anywhere else it is a value, which does not change.',
  },
  {
    name: 'caller',
    kind: 'environment',
    signature: 'caller: Did',
    built: true,
    doc: 'The immediate caller: who signed the transaction, or the account of the calling contract.',
  },
  {
    name: 'creator',
    kind: 'environment',
    signature: 'creator: Did',
    built: true,
    doc: 'Who deployed the contract.',
  },
  {
    name: 'self',
    kind: 'environment',
    signature: 'self: Did',
    built: true,
    doc: "The contract's own account.",
  },
  {
    name: 'now',
    kind: 'environment',
    signature: 'now: Time',
    built: true,
    doc: 'Block time, constant within a call.',
  },
  {
    name: 'block',
    kind: 'environment',
    signature: 'block: Int',
    built: true,
    doc: 'Block height, constant within a call.',
  },
  {
    name: 'periods',
    kind: 'environment',
    signature: 'periods: Int',
    built: true,
    doc: 'In `on every`: how many periods have gone by since it ran last, at least one.',
  },
  {
    name: 'min',
    kind: 'function',
    signature: 'min(a, b)',
    built: true,
    doc: 'The lesser of two values of one ordered type.',
  },
  {
    name: 'max',
    kind: 'function',
    signature: 'max(a, b)',
    built: true,
    doc: 'The greater of two values of one ordered type.',
  },
  {
    name: 'abs',
    kind: 'function',
    signature: 'abs(x)',
    built: true,
    doc: 'The value without its sign; reverts for the least `Int`.',
  },
  {
    name: 'mul_div',
    kind: 'function',
    signature: 'mul_div(a, b, c)',
    built: true,
    doc: '`a * b / c` with a 128-bit product, rounded toward negative infinity; reverts unless `c > 0` and the result fits.',
  },
  {
    name: 'isqrt',
    kind: 'function',
    signature: 'isqrt(x: Int) -> Int',
    built: true,
    doc: 'The largest integer whose square is at most `x`; reverts when `x` is negative.',
  },
  {
    name: 'pow',
    kind: 'function',
    signature: 'pow(x: Int, n: Int) -> Int',
    built: true,
    doc: '`x` to the power of `n`; reverts when `n` is negative or the result does not fit.',
  },
  {
    name: 'share',
    kind: 'function',
    signature: 'share(x, ratio), share(x, n, d)',
    built: true,
    doc: 'A share of an amount or number, as a `Ratio` or as the fraction `n / d`, rounded toward negative infinity.',
  },
  {
    name: 'share_up',
    kind: 'function',
    signature: 'share_up(x, ratio)',
    built: true,
    doc: 'A share of an amount or number, rounded toward positive infinity: `share(x, r) + share_up(x, 100% - r) == x`.',
  },
  {
    name: 'hash',
    kind: 'function',
    signature: 'hash(x) -> Hash',
    built: true,
    doc: 'SHA-256 of the bytes of a `Text`, `Bytes` or `Hash`; of any other value, of its type and its canonical encoding.',
  },
  { name: 'some', kind: 'function', signature: 'some(x)', built: true, doc: 'An `Option` with a value.' },
  { name: 'none', kind: 'function', signature: 'none', built: true, doc: 'An `Option` without a value.' },
  {
    name: 'old',
    kind: 'specification',
    signature: 'old(e)',
    built: true,
    doc: 'In a clause: the value of `e` when the call began.',
  },
  {
    name: 'result',
    kind: 'specification',
    signature: 'result',
    built: true,
    doc: 'In `ensures`: the value returned.',
  },
  {
    name: 'sum',
    kind: 'specification',
    signature: 'sum(map, v => e)',
    built: true,
    doc: 'In a clause: the sum over all entries of a map.',
  },
  {
    name: 'count',
    kind: 'specification',
    signature: 'count(map, v => c)',
    built: true,
    doc: 'In a clause: how many entries of a map, or elements of a set, satisfy `c`.',
  },
  {
    name: 'called',
    kind: 'specification',
    signature: 'called(rule)',
    built: true,
    doc: 'In a history clause: whether the call was one of `rule`.',
  },
  {
    name: 'after',
    kind: 'specification',
    signature: 'after(run, e)',
    built: true,
    doc: 'In a `prove`: the value of `e` at the end of a run.',
  },
  {
    name: 'ledger',
    kind: 'module',
    signature: 'ledger',
    built: true,
    doc: 'Balances, limits, transfers and totals.',
  },
  {
    name: 'cooperative',
    kind: 'module',
    signature: 'cooperative',
    built: false,
    doc: 'Members, roles, resources.',
  },
  { name: 'governance', kind: 'module', signature: 'governance', built: false, doc: 'Proposals and votes.' },
  { name: 'reputation', kind: 'module', signature: 'reputation', built: false, doc: 'Scores by context.' },
  { name: 'identity', kind: 'module', signature: 'identity', built: false, doc: 'DIDs and credentials.' },
  {
    name: 'federation',
    kind: 'module',
    signature: 'federation',
    built: false,
    doc: 'Federations of cooperatives.',
  },
  {
    name: 'trust',
    kind: 'module',
    signature: 'trust',
    built: false,
    doc: 'Transitive trust between members.',
  },
  {
    name: 'transaction',
    kind: 'module',
    signature: 'transaction',
    built: false,
    doc: 'Pending calls with signers.',
  },
  { name: 'system', kind: 'module', signature: 'system', built: false, doc: 'Logs and events.' },
];

/** What a value of some types, or what the state holds, offers after a dot. */
export type Method = BuiltIn & {
  readonly kind: 'method';
  readonly on: 'Map' | 'Set' | 'List' | 'Text' | 'Bytes';
  /** `Key`: a key or an element; `Size`: a number that the text of the contract says. Null: a property, written without parentheses. */
  readonly params: readonly ('Key' | 'Int' | 'Size')[] | null;
  /** `Key`: an element; `List`: a list of as many elements as `Size` says. */
  readonly result: 'Unit' | 'Bool' | 'Int' | 'Key' | 'List';
  readonly writes: boolean;
};

export const METHODS: readonly Method[] = [
  {
    on: 'Map',
    name: 'has',
    kind: 'method',
    signature: 'm.has(k) -> Bool',
    params: ['Key'],
    result: 'Bool',
    writes: false,
    built: true,
    doc: 'Whether the entry was written and not removed.',
  },
  {
    on: 'Map',
    name: 'remove',
    kind: 'method',
    signature: 'm.remove(k)',
    params: ['Key'],
    result: 'Unit',
    writes: true,
    built: true,
    doc: 'Removes the entry: it reads as zero again.',
  },
  {
    on: 'Set',
    name: 'add',
    kind: 'method',
    signature: 's.add(x)',
    params: ['Key'],
    result: 'Unit',
    writes: true,
    built: true,
    doc: 'Adds an element if it is not there; reverts when the set is full.',
  },
  {
    on: 'Set',
    name: 'remove',
    kind: 'method',
    signature: 's.remove(x)',
    params: ['Key'],
    result: 'Unit',
    writes: true,
    built: true,
    doc: 'Removes an element if it is there.',
  },
  {
    on: 'Set',
    name: 'size',
    kind: 'method',
    signature: 's.size: Int',
    params: null,
    result: 'Int',
    writes: false,
    built: true,
    doc: 'How many elements the set has.',
  },
  {
    on: 'Set',
    name: 'page',
    kind: 'method',
    signature: 's.page(from, n) -> List',
    params: ['Int', 'Size'],
    result: 'List',
    writes: false,
    built: true,
    doc: 'At most `n` elements as a list, beginning with that of the number `from`; the order stands until the set changes.',
  },
  {
    on: 'List',
    name: 'page',
    kind: 'method',
    signature: 'l.page(from, n) -> List',
    params: ['Int', 'Size'],
    result: 'List',
    writes: false,
    built: true,
    doc: 'At most `n` elements of a list in the state as a list, beginning with index `from`.',
  },
  {
    on: 'List',
    name: 'length',
    kind: 'method',
    signature: 'l.length: Int',
    params: null,
    result: 'Int',
    writes: false,
    built: true,
    doc: 'How many elements the list has.',
  },
  {
    on: 'List',
    name: 'add',
    kind: 'method',
    signature: 'l.add(x)',
    params: ['Key'],
    result: 'Unit',
    writes: true,
    built: true,
    doc: 'Puts an element behind the last one of a list in the state; reverts when the list is full.',
  },
  {
    on: 'List',
    name: 'pop',
    kind: 'method',
    signature: 'l.pop() -> T',
    params: [],
    result: 'Key',
    writes: true,
    built: true,
    doc: 'Takes the last element off a list in the state and gives it; reverts when the list is empty.',
  },
  {
    on: 'List',
    name: 'clear',
    kind: 'method',
    signature: 'l.clear()',
    params: [],
    result: 'Unit',
    writes: true,
    built: true,
    doc: 'Takes every element off a list in the state; its gas grows with their number.',
  },
  {
    on: 'Text',
    name: 'length',
    kind: 'method',
    signature: 't.length: Int',
    params: null,
    result: 'Int',
    writes: false,
    built: true,
    doc: 'How many bytes the text has in UTF-8.',
  },
  {
    on: 'Bytes',
    name: 'length',
    kind: 'method',
    signature: 'b.length: Int',
    params: null,
    result: 'Int',
    writes: false,
    built: true,
    doc: 'How many bytes there are.',
  },
];

/** Whether it has a meaning only where it is called: a value may then bear its name, as `count` often does. */
export function isOnlyCalled({ kind, name }: BuiltIn): boolean {
  return (
    ['sum', 'count', 'after'].includes(name) || (kind === 'function' && name !== 'some' && name !== 'none')
  );
}
