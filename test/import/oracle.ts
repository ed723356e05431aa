/**
 * What the format's interpreter does with a rule, written from its description alone (FORMAT.md, sections 3 to 6): the
 * JSON itself, arguments and a caller in; a value, transfers and the next state out, or a failure. Arithmetic beyond 64
 * bits fails here, where the original leaves it open.
 */

export type Did = { readonly did: string };
export type Value =
  | bigint
  | boolean
  | string
  | null
  | Did
  | readonly Value[]
  | { readonly map: { readonly [key: string]: Value } };
export type Transfer = {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
  readonly currency: string;
};
export type State = ReadonlyMap<string, Value>;
export type Outcome =
  | {
      readonly ok: true;
      readonly value: Value;
      readonly transfers: readonly Transfer[];
      readonly state: State;
    }
  | { readonly ok: false };

/** Any part of the JSON; the fixtures are known to be of the format. */
// biome-ignore lint/suspicious/noExplicitAny: the tree is walked by its own tags
type Tree = any;

/** `dids` says who a DID of the contract is. */
export function initialState(contract: Tree, dids: (text: string) => string): State {
  const entries = contract.state_vars.map((variable: Tree) => [
    variable.name,
    readValue(variable.initial_value, dids),
  ]);
  return new Map(entries as [string, Value][]);
}

export function runRule(
  contract: Tree,
  name: string,
  state: State,
  args: ReadonlyMap<string, Value>,
  sender: string,
  dids: (text: string) => string,
): Outcome {
  const rule = contract.rules.find((each: Tree) => each.name === name);
  const participants = contract.participants.map((text: string) => ({ did: dids(text) }));
  const run: Run = {
    locals: new Map(args),
    state: new Map(state),
    participants,
    sender,
    dids,
    transfers: [],
  };
  try {
    for (const condition of rule.requires) if (!truthy(evaluate(run, condition))) return { ok: false };
    const returned = runBlock(run, rule.body);
    const value = returned === undefined ? null : returned.value;
    return { ok: true, value, transfers: run.transfers, state: run.state };
  } catch (error) {
    if (error === FAILED) return { ok: false };
    throw error;
  }
}

type Run = {
  readonly locals: Map<string, Value>;
  readonly state: Map<string, Value>;
  readonly participants: readonly Value[];
  readonly sender: string;
  readonly dids: (text: string) => string;
  readonly transfers: Transfer[];
};

const FAILED = Symbol('the rule failed');

function failed(): never {
  throw FAILED;
}

function runBlock(run: Run, block: Tree): { readonly value: Value } | undefined {
  for (const stmt of block) {
    const [kind] = Object.keys(stmt) as [string];
    const returned = STATEMENTS[kind]!(run, stmt[kind]);
    if (returned !== undefined) return returned;
  }
  return undefined;
}

const STATEMENTS: {
  readonly [kind: string]: (run: Run, fields: Tree) => { readonly value: Value } | undefined;
} = {
  Assign: (run, { name, value }) => {
    run.locals.set(name, evaluate(run, value));
    return undefined;
  },
  SetState: (run, { key, value }) => {
    const stored = evaluate(run, value);
    run.state.set(key, stored);
    run.locals.set(key, stored);
    return undefined;
  },
  LedgerTransfer: (run, { from, to, amount, currency }) => {
    const [payer, payee] = [didIn(evaluate(run, from)), didIn(evaluate(run, to))];
    const moved = intIn(evaluate(run, amount));
    if (moved < 0n) failed();
    run.transfers.push({ from: payer, to: payee, amount: moved, currency: String(evaluate(run, currency)) });
    return undefined;
  },
  If: (run, { condition, then_block, else_block }) =>
    runBlock(run, truthy(evaluate(run, condition)) ? then_block : (else_block ?? [])),
  Return: (run, { value }) => ({ value: evaluate(run, value) }),
  Expr: (run, expr) => {
    evaluate(run, expr);
    return undefined;
  },
};

function evaluate(run: Run, expr: Tree): Value {
  const [kind] = Object.keys(expr) as [string];
  return EXPRESSIONS[kind]!(run, expr[kind]);
}

const EXPRESSIONS: { readonly [kind: string]: (run: Run, fields: Tree) => Value } = {
  Literal: (run, value) => readValue(value, run.dids),
  Var: (run, name) => {
    if (run.locals.has(name)) return run.locals.get(name)!;
    if (run.state.has(name)) return run.state.get(name)!;
    if (name === 'participants') return run.participants;
    return name === 'sender' ? { did: run.sender } : failed();
  },
  FieldAccess: (run, { object, field }) => {
    const value = evaluate(run, object);
    const fields =
      typeof value === 'object' && value !== null && 'map' in value
        ? (value.map as { readonly [key: string]: Value })
        : failed();
    return Object.hasOwn(fields, field) ? fields[field]! : failed();
  },
  BinOp: (run, { op, left, right }) => {
    const values = [evaluate(run, left), evaluate(run, right)] as const;
    return operate(op, ...values);
  },
  UnOp: (run, { op, operand }) => {
    const value = evaluate(run, operand);
    return op === 'Not' ? !truthy(value) : int64(-intIn(value));
  },
  Call: (run, { name, args }) => {
    const [value] = args.map((arg: Tree) => evaluate(run, arg)) as [Value];
    if (name === 'abs') return int64(intIn(value) < 0n ? -intIn(value) : intIn(value));
    return Array.isArray(value) ? BigInt(value.length) : BigInt(Buffer.byteLength(String(value)));
  },
  List: (run, items) => items.map((item: Tree) => evaluate(run, item)),
  Set: (run, items) => items.map((item: Tree) => evaluate(run, item)),
  Map: (run, pairs) => ({
    map: Object.fromEntries(pairs.map(([key, value]: [string, Tree]) => [key, evaluate(run, value)])),
  }),
  In: (run, { elem, collection }) => {
    const value = evaluate(run, elem);
    const items = evaluate(run, collection);
    return Array.isArray(items) ? items.some((item) => same(item, value)) : failed();
  },
};

function operate(op: string, left: Value, right: Value): Value {
  switch (op) {
    case 'And':
      return truthy(left) && truthy(right);
    case 'Or':
      return truthy(left) || truthy(right);
    case 'Eq':
      return same(left, right);
    case 'Ne':
      return !same(left, right);
    default:
      return arithmetic(op, intIn(left), intIn(right));
  }
}

function arithmetic(op: string, a: bigint, b: bigint): Value {
  switch (op) {
    case 'Add':
      return int64(a + b);
    case 'Sub':
      return int64(a - b);
    case 'Mul':
      return int64(a * b);
    case 'Div':
      return b === 0n ? failed() : int64(a / b);
    case 'Mod':
      return b === 0n ? failed() : a % b;
    case 'Lt':
      return a < b;
    case 'Le':
      return a <= b;
    case 'Gt':
      return a > b;
    default:
      return a >= b;
  }
}

function readValue(tagged: Tree, dids: (text: string) => string): Value {
  if (tagged === 'None') return null;
  const [[kind, content]] = Object.entries(tagged) as [[string, Tree]];
  if (kind === 'Int') return BigInt(content);
  if (kind === 'Did') return { did: dids(content) };
  if (kind === 'List' || kind === 'Set') return content.map((item: Tree) => readValue(item, dids));
  if (kind !== 'Map') return content;
  return {
    map: Object.fromEntries(Object.entries(content).map(([key, value]) => [key, readValue(value, dids)])),
  };
}

function truthy(value: Value): boolean {
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  return value !== null;
}

function same(a: Value, b: Value): boolean {
  return typeof a === typeof b && show(a) === show(b);
}

function show(value: Value): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}n` : each));
}

function int64(value: bigint): bigint {
  return BigInt.asIntN(64, value) === value ? value : failed();
}

function intIn(value: Value): bigint {
  return typeof value === 'bigint' ? value : failed();
}

function didIn(value: Value): string {
  return typeof value === 'object' && value !== null && 'did' in value ? value.did : failed();
}
