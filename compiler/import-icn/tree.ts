/**
 * The contract tree of the Intercooperative Network's JSON form: a JSON tree in, typed plain data with places out.
 * Reading is as strict as the reference loader: unknown fields are ignored, everything else must be as the format
 * says (fields present, variants known, integers within 64 bits). Records may also stand as arrays in field order.
 */
import type { Span } from '../syntax/ast.ts';
import type { Json } from './json.ts';

/** Where something stands: its JSON path and its range in the text. */
export type Place = { readonly path: string; readonly span: Span };

export type Text = { readonly text: string; readonly place: Place };

export type Contract = {
  readonly name: Text;
  readonly participants: readonly Text[];
  readonly currency: Text | null;
  readonly stateVars: readonly StateVar[];
  readonly rules: readonly Rule[];
  readonly triggers: readonly Trigger[];
};
export type StateVar = { readonly name: Text; readonly initial: Value; readonly place: Place };
export type Rule = {
  readonly name: Text;
  readonly params: readonly Text[];
  readonly requires: readonly Expr[];
  readonly body: readonly Stmt[];
  readonly place: Place;
};
export type Trigger = { readonly name: Text; readonly place: Place };

export type Value = { readonly place: Place } & (
  | { readonly kind: 'Int'; readonly value: bigint }
  | { readonly kind: 'String' | 'Did'; readonly value: string }
  | { readonly kind: 'Bool'; readonly value: boolean }
  | { readonly kind: 'List' | 'Set'; readonly items: readonly Value[] }
  | { readonly kind: 'Map'; readonly entries: readonly { readonly key: string; readonly value: Value }[] }
  | { readonly kind: 'None' }
);

export const BINARY_OPS = [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Mod',
  'Eq',
  'Ne',
  'Lt',
  'Le',
  'Gt',
  'Ge',
  'And',
  'Or',
] as const;
export const UNARY_OPS = ['Not', 'Neg'] as const;
export type BinaryOp = (typeof BINARY_OPS)[number];
export type UnaryOp = (typeof UNARY_OPS)[number];

export type Expr = { readonly place: Place } & (
  | { readonly kind: 'Literal'; readonly value: Value }
  | { readonly kind: 'Var'; readonly name: string }
  | { readonly kind: 'FieldAccess'; readonly object: Expr; readonly field: string }
  | { readonly kind: 'BinOp'; readonly op: BinaryOp; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'UnOp'; readonly op: UnaryOp; readonly operand: Expr }
  | { readonly kind: 'Call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: 'List' | 'Set'; readonly items: readonly Expr[] }
  | { readonly kind: 'Map'; readonly entries: readonly { readonly key: string; readonly value: Expr }[] }
  | { readonly kind: 'In'; readonly elem: Expr; readonly collection: Expr }
);

export type Stmt = { readonly place: Place } & (
  | { readonly kind: 'Assign' | 'SetState'; readonly name: string; readonly value: Expr }
  | {
      readonly kind: 'LedgerTransfer';
      readonly from: Expr;
      readonly to: Expr;
      readonly amount: Expr;
      readonly currency: Expr;
    }
  | { readonly kind: 'SetCreditLimit'; readonly account: Expr; readonly currency: Expr; readonly limit: Expr }
  | {
      readonly kind: 'If';
      readonly condition: Expr;
      readonly then: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  | {
      readonly kind: 'For';
      readonly variable: string;
      readonly iterable: Expr;
      readonly body: readonly Stmt[];
    }
  | { readonly kind: 'Return'; readonly value: Expr }
  | { readonly kind: 'Expr'; readonly value: Expr }
);

/** Called for each place where the JSON is not of the format; reading goes on. */
export type Complain = (place: Place, problem: string) => void;

/** The contract, or null when `complain` was called. */
export function readContract(json: Json, complain: Complain): Contract | null {
  let sound = true;
  const contract = contractOf(json, (place, problem) => {
    sound = false;
    complain(place, problem);
  });
  return sound ? contract : null;
}

type Read<T> = (json: Json, complain: Complain) => T | null;

const contractOf: Read<Contract> = (json, complain) => {
  const record = recordOf(
    json,
    ['name', 'participants', 'currency', 'state_vars', 'rules', 'triggers'],
    complain,
  );
  if (record === null) return null;
  const name = record.field('name', textOf);
  const participants = record.field('participants', listOf(textOf));
  const currency = record.optional('currency', textOf);
  const stateVars = record.field('state_vars', listOf(stateVarOf));
  const rules = record.field('rules', listOf(ruleOf));
  const triggers = record.field('triggers', listOf(triggerOf));
  if (!name || !participants || !stateVars || !rules || !triggers) return null;
  return { name, participants, currency, stateVars, rules, triggers };
};

const stateVarOf: Read<StateVar> = (json, complain) => {
  const record = recordOf(json, ['name', 'initial_value'], complain);
  const name = record?.field('name', textOf);
  const initial = record?.field('initial_value', readValue);
  return name && initial ? { name, initial, place: placeOf(json) } : null;
};

const ruleOf: Read<Rule> = (json, complain) => {
  const record = recordOf(json, ['name', 'params', 'requires', 'body'], complain);
  const name = record?.field('name', textOf);
  const params = record?.field('params', listOf(paramOf));
  const requires = record?.field('requires', listOf(exprOf));
  const body = record?.field('body', listOf(stmtOf));
  return name && params && requires && body ? { name, params, requires, body, place: placeOf(json) } : null;
};

const paramOf: Read<Text> = (json, complain) =>
  recordOf(json, ['name'], complain)?.field('name', textOf) ?? null;

const triggerOf: Read<Trigger> = (json, complain) => {
  const record = recordOf(json, ['name', 'schedule', 'action'], complain);
  const name = record?.field('name', textOf);
  const schedule = record?.field('schedule', textOf);
  const action = record?.field('action', listOf(stmtOf));
  return name && schedule && action ? { name, place: placeOf(json) } : null;
};

const readValue: Read<Value> = (json, complain) => {
  const variant = variantOf(json, 'a value', Object.keys(VALUES), complain);
  if (variant === null) return null;
  const place = placeOf(json);
  if (variant.name === 'None') return bare(variant, complain) ? { kind: 'None', place } : null;
  return payloadOf(variant, complain, (payload) => VALUES[variant.name]!(payload, complain, place));
};

const VALUES: { readonly [name: string]: (payload: Json, complain: Complain, place: Place) => Value | null } =
  {
    Int: (payload, complain, place) => {
      const value = intOf(payload, complain);
      return value === null ? null : { kind: 'Int', value, place };
    },
    String: (payload, complain, place) => {
      const text = textOf(payload, complain);
      return text && { kind: 'String', value: text.text, place };
    },
    Bool: (payload, complain, place) => {
      if (payload.kind !== 'boolean') return wrong(payload, 'true or false', complain);
      return { kind: 'Bool', value: payload.value, place };
    },
    Did: (payload, complain, place) => {
      const text = textOf(payload, complain);
      return text && { kind: 'Did', value: text.text, place };
    },
    List: (payload, complain, place) => {
      const items = listOf(readValue)(payload, complain);
      return items && { kind: 'List', items, place };
    },
    Set: (payload, complain, place) => {
      const items = listOf(readValue)(payload, complain);
      return items && { kind: 'Set', items, place };
    },
    Map: (payload, complain, place) => {
      if (payload.kind !== 'object') return wrong(payload, 'an object', complain);
      const entries = payload.entries.map(({ key, value }) => ({ key, value: readValue(value, complain) }));
      const sound = entries.filter((entry): entry is { key: string; value: Value } => entry.value !== null);
      return sound.length === entries.length ? { kind: 'Map', entries: sound, place } : null;
    },
    None: () => null,
  };

const exprOf: Read<Expr> = (json, complain) => {
  const variant = variantOf(json, 'an expression', Object.keys(EXPRESSIONS), complain);
  if (variant === null) return null;
  return payloadOf(variant, complain, (payload) =>
    EXPRESSIONS[variant.name]!(payload, complain, placeOf(json)),
  );
};

const EXPRESSIONS: {
  readonly [name: string]: (payload: Json, complain: Complain, place: Place) => Expr | null;
} = {
  Literal: (payload, complain, place) => {
    const value = readValue(payload, complain);
    return value && { kind: 'Literal', value, place };
  },
  Var: (payload, complain, place) => {
    const name = textOf(payload, complain);
    return name && { kind: 'Var', name: name.text, place };
  },
  FieldAccess: (payload, complain, place) => {
    const record = recordOf(payload, ['object', 'field'], complain);
    const object = record?.field('object', exprOf);
    const field = record?.field('field', textOf);
    return object && field ? { kind: 'FieldAccess', object, field: field.text, place } : null;
  },
  BinOp: (payload, complain, place) => {
    const record = recordOf(payload, ['op', 'left', 'right'], complain);
    const op = record?.field('op', operatorOf(BINARY_OPS));
    const left = record?.field('left', exprOf);
    const right = record?.field('right', exprOf);
    return op && left && right ? { kind: 'BinOp', op, left, right, place } : null;
  },
  UnOp: (payload, complain, place) => {
    const record = recordOf(payload, ['op', 'operand'], complain);
    const op = record?.field('op', operatorOf(UNARY_OPS));
    const operand = record?.field('operand', exprOf);
    return op && operand ? { kind: 'UnOp', op, operand, place } : null;
  },
  Call: (payload, complain, place) => {
    const record = recordOf(payload, ['name', 'args'], complain);
    const name = record?.field('name', textOf);
    const args = record?.field('args', listOf(exprOf));
    return name && args ? { kind: 'Call', name: name.text, args, place } : null;
  },
  List: (payload, complain, place) => {
    const items = listOf(exprOf)(payload, complain);
    return items && { kind: 'List', items, place };
  },
  Set: (payload, complain, place) => {
    const items = listOf(exprOf)(payload, complain);
    return items && { kind: 'Set', items, place };
  },
  Map: (payload, complain, place) => {
    const entries = listOf(pairOf)(payload, complain);
    return entries && { kind: 'Map', entries, place };
  },
  In: (payload, complain, place) => {
    const record = recordOf(payload, ['elem', 'collection'], complain);
    const elem = record?.field('elem', exprOf);
    const collection = record?.field('collection', exprOf);
    return elem && collection ? { kind: 'In', elem, collection, place } : null;
  },
};

const pairOf: Read<{ key: string; value: Expr }> = (json, complain) => {
  if (json.kind !== 'array' || json.items.length !== 2)
    return wrong(json, 'a pair ["name", expression]', complain);
  const key = textOf(json.items[0]!, complain);
  const value = exprOf(json.items[1]!, complain);
  return key && value ? { key: key.text, value } : null;
};

const stmtOf: Read<Stmt> = (json, complain) => {
  const variant = variantOf(json, 'a statement', Object.keys(STATEMENTS), complain);
  if (variant === null) return null;
  return payloadOf(variant, complain, (payload) =>
    STATEMENTS[variant.name]!(payload, complain, placeOf(json)),
  );
};

const STATEMENTS: {
  readonly [name: string]: (payload: Json, complain: Complain, place: Place) => Stmt | null;
} = {
  Assign: (payload, complain, place) => {
    const record = recordOf(payload, ['name', 'value'], complain);
    const name = record?.field('name', textOf);
    const value = record?.field('value', exprOf);
    return name && value ? { kind: 'Assign', name: name.text, value, place } : null;
  },
  SetState: (payload, complain, place) => {
    const record = recordOf(payload, ['key', 'value'], complain);
    const name = record?.field('key', textOf);
    const value = record?.field('value', exprOf);
    return name && value ? { kind: 'SetState', name: name.text, value, place } : null;
  },
  LedgerTransfer: (payload, complain, place) => {
    const record = recordOf(payload, ['from', 'to', 'amount', 'currency'], complain);
    const from = record?.field('from', exprOf);
    const to = record?.field('to', exprOf);
    const amount = record?.field('amount', exprOf);
    const currency = record?.field('currency', exprOf);
    return from && to && amount && currency
      ? { kind: 'LedgerTransfer', from, to, amount, currency, place }
      : null;
  },
  SetCreditLimit: (payload, complain, place) => {
    const record = recordOf(payload, ['account', 'currency', 'limit'], complain);
    const account = record?.field('account', exprOf);
    const currency = record?.field('currency', exprOf);
    const limit = record?.field('limit', exprOf);
    return account && currency && limit ? { kind: 'SetCreditLimit', account, currency, limit, place } : null;
  },
  If: (payload, complain, place) => {
    const record = recordOf(payload, ['condition', 'then_block', 'else_block'], complain);
    const condition = record?.field('condition', exprOf);
    const then = record?.field('then_block', listOf(stmtOf));
    const otherwise = record?.optional('else_block', listOf(stmtOf));
    return condition && then ? { kind: 'If', condition, then, otherwise: otherwise ?? [], place } : null;
  },
  For: (payload, complain, place) => {
    const record = recordOf(payload, ['var', 'iterable', 'body'], complain);
    const variable = record?.field('var', textOf);
    const iterable = record?.field('iterable', exprOf);
    const body = record?.field('body', listOf(stmtOf));
    return variable && iterable && body
      ? { kind: 'For', variable: variable.text, iterable, body, place }
      : null;
  },
  Return: (payload, complain, place) => {
    const value = recordOf(payload, ['value'], complain)?.field('value', exprOf);
    return value ? { kind: 'Return', value, place } : null;
  },
  Expr: (payload, complain, place) => {
    const value = exprOf(payload, complain);
    return value && { kind: 'Expr', value, place };
  },
};

// ---- the encodings of serde --------------------------------------------------------------------

type RecordReader = {
  field<T>(name: string, read: Read<T>): T | null;
  /** Null where the field is absent or `null`. */
  optional<T>(name: string, read: Read<T>): T | null;
};

/** A record: an object with these fields, or an array of all of them in this order. */
function recordOf(json: Json, names: readonly string[], complain: Complain): RecordReader | null {
  const fields = fieldsOf(json, names);
  if (fields === null) return wrong(json, `an object with ${listed(names)}`, complain);
  return {
    field: (name, read) => {
      const value = fields.get(name);
      if (value !== undefined) return read(value, complain);
      complain(placeOf(json), `the field "${name}" is missing`);
      return null;
    },
    optional: (name, read) => {
      const value = fields.get(name);
      return value === undefined || value.kind === 'null' ? null : read(value, complain);
    },
  };
}

function fieldsOf(json: Json, names: readonly string[]): ReadonlyMap<string, Json> | null {
  if (json.kind === 'object') return new Map(json.entries.map(({ key, value }) => [key, value]));
  if (json.kind !== 'array' || json.items.length !== names.length) return null;
  return new Map(names.map((name, index) => [name, json.items[index]!]));
}

type VariantReader = { readonly name: string; readonly payload: Json | null; readonly json: Json };

/** A variant: `"Name"`, or an object with one key that is the name. */
function variantOf(
  json: Json,
  what: string,
  names: readonly string[],
  complain: Complain,
): VariantReader | null {
  const entry = json.kind === 'object' && json.entries.length === 1 ? json.entries[0]! : null;
  const name = json.kind === 'string' ? json.value : entry?.key;
  if (name === undefined) return wrong(json, `${what} (one of ${listed(names)})`, complain);
  if (names.includes(name)) return { name, payload: entry?.value ?? null, json };
  complain(placeOf(json), `"${name}" is not ${what}; there are ${listed(names)}`);
  return null;
}

function payloadOf<T>(
  variant: VariantReader,
  complain: Complain,
  read: (payload: Json) => T | null,
): T | null {
  if (variant.payload !== null) return read(variant.payload);
  complain(placeOf(variant.json), `"${variant.name}" needs its content: {"${variant.name}": …}`);
  return null;
}

function operatorOf<T extends string>(names: readonly T[]): Read<T> {
  return (json, complain) => {
    const found = variantOf(json, 'an operator', names, complain);
    return found !== null && bare(found, complain)
      ? (names.find((name) => name === found.name) ?? null)
      : null;
  };
}

/** A variant without content is a bare text; `{"Name": null}` means the same. */
function bare(variant: VariantReader, complain: Complain): boolean {
  if (variant.payload === null || variant.payload.kind === 'null') return true;
  complain(placeOf(variant.json), `"${variant.name}" has no content`);
  return false;
}

function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (json, complain) => {
    if (json.kind !== 'array') return wrong(json, 'an array', complain);
    const items = json.items.map((item) => read(item, complain));
    const sound = items.filter((item): item is NonNullable<typeof item> => item !== null);
    return sound.length === items.length ? sound : null;
  };
}

function textOf(json: Json, complain: Complain): Text | null {
  return json.kind === 'string'
    ? { text: json.value, place: placeOf(json) }
    : wrong(json, 'a text in double quotes', complain);
}

function intOf(json: Json, complain: Complain): bigint | null {
  if (json.kind !== 'number') return wrong(json, 'an integer', complain);
  if (!/^(?:0|-?[1-9][0-9]*)$/.test(json.text)) {
    complain(placeOf(json), `${json.text} is not an integer: fractions and exponents are not allowed here`);
    return null;
  }
  const value = json.text.length > 20 ? null : BigInt(json.text);
  if (value !== null && BigInt.asIntN(64, value) === value) return value;
  complain(placeOf(json), `${json.text} does not fit in a signed 64-bit integer`);
  return null;
}

function wrong(json: Json, expected: string, complain: Complain): null {
  complain(placeOf(json), `${expected} is expected here, and this is ${NOUNS[json.kind]}`);
  return null;
}

const NOUNS: { readonly [kind in Json['kind']]: string } = {
  object: 'an object',
  array: 'an array',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  return quoted.length === 1 ? quoted[0]! : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}

function placeOf(json: Json): Place {
  return { path: json.path, span: json.span };
}
