/**
 * A run that does something, made smaller: fewer steps, then plainer values and people, as long as `still` says that it
 * does the same. Deterministic, and bounded in how often it asks.
 */
import { type AbiType, type AbiValue, joinVariant, splitVariant, variantsOf } from '../vm/index.ts';
import { type Action, type Arena, entryOf, MEMBERS } from './refute/steps.ts';
import { memberDid } from './world.ts';

export type Still = (actions: readonly Action[]) => boolean;

/** Without the steps that it does not need: first in large parts, then one by one. The first and the last stay. */
export function shorten(actions: readonly Action[], still: Still): readonly Action[] {
  let best = actions;
  for (let size = best.length >> 1; size > 1; size >>= 1) best = withoutParts(best, size, still);
  for (let before = best.length + 1; best.length < before; ) {
    before = best.length;
    best = withoutParts(best, 1, still);
  }
  return best;
}

function withoutParts(actions: readonly Action[], size: number, still: Still): readonly Action[] {
  let best = actions;
  for (let end = best.length - 1; end > 1; end -= size) {
    const start = Math.max(1, end - size);
    const tried = best.toSpliced(start, end - start);
    if (still(tried)) best = tried;
  }
  return best;
}

/** The same steps with plainer values, as long as some value gets plainer. */
export function simplify(arena: Arena, actions: readonly Action[], still: Still): readonly Action[] {
  let best = actions;
  let asked = 0;
  for (let changed = true; changed && asked < ASKED_MAX; ) {
    changed = false;
    for (let at = 0; at < best.length; at++) {
      for (const plainer of plainerActions(arena, best[at]!)) {
        if (++asked > ASKED_MAX) return best;
        const tried = best.with(at, plainer);
        if (!still(tried)) continue;
        best = tried;
        changed = true;
        break;
      }
    }
  }
  return best;
}

/** Plainer values of the types, one after the other, as long as `still`; how many steps that took. */
export function simplifyValues(
  values: readonly AbiValue[],
  types: readonly AbiType[],
  still: (values: readonly AbiValue[]) => boolean,
): { readonly values: readonly AbiValue[]; readonly steps: number } {
  let best = values;
  let steps = 0;
  let asked = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (const [at, type] of types.entries()) {
      for (const plainer of plainerValues(best[at]!, type)) {
        if (++asked > ASKED_MAX) return { values: best, steps };
        const tried = best.with(at, plainer);
        if (!still(tried)) continue;
        best = tried;
        steps += 1;
        changed = true;
        break;
      }
    }
  }
  return { values: best, steps };
}

// ---- private -----------------------------------------------------------------------------------

const ASKED_MAX = 600;

function plainerActions(arena: Arena, action: Action): readonly Action[] {
  switch (action.kind) {
    case 'wait':
      return plainerWaits(action.seconds).map((seconds) => ({ ...action, seconds }));
    case 'pay':
      return [
        ...plainerNumbers(action.amount)
          .filter((amount) => amount > 0n)
          .map((amount) => ({ ...action, amount })),
        ...plainerDids(action.from).map((from) => ({ ...action, from })),
      ];
    case 'deploy':
      return plainerArguments(arena, 0, action.args).map((args) => ({ ...action, args }));
    case 'call':
      return [
        ...plainerArguments(arena, action.callee, action.args).map((args) => ({ ...action, args })),
        ...plainerDids(action.by).map((by) => ({ ...action, by })),
      ];
    // Random sequences hold none of these.
    case 'later':
    case 'prove':
      return [];
  }
}

function plainerArguments(
  arena: Arena,
  callee: number,
  args: readonly AbiValue[],
): readonly (readonly AbiValue[])[] {
  const { params } = entryOf(arena, callee);
  return args.flatMap((arg, at) => plainerValues(arg, params[at]!.type).map((value) => args.with(at, value)));
}

/** Values of the type that an author would rather read; those that are plainest come first. */
function plainerValues(value: AbiValue, type: AbiType): readonly AbiValue[] {
  switch (type.kind) {
    case 'Bool':
      return value === true ? [false] : [];
    case 'Did':
      return plainerDids(value as string);
    case 'Text':
      return value === '' ? [] : ['', 'a'].filter((text) => text.length < (value as string).length);
    case 'Bytes':
      return (value as Uint8Array).length === 0 ? [] : [new Uint8Array(0)];
    case 'Hash':
      return (value as Uint8Array).every((byte) => byte === 0)
        ? []
        : [new Uint8Array((value as Uint8Array).length)];
    case 'Struct': {
      const fields = value as { readonly [name: string]: AbiValue };
      return type.fields.flatMap((field) =>
        plainerValues(fields[field.name]!, field.type).map((inner) => ({ ...fields, [field.name]: inner })),
      );
    }
    case 'Tuple': {
      const items = value as readonly AbiValue[];
      return type.items.flatMap((item, at) =>
        plainerValues(items[at]!, item).map((inner) => items.with(at, inner)),
      );
    }
    case 'List':
      return plainerLists(value as readonly AbiValue[], type.item);
    case 'Enum':
    case 'Option':
      return plainerVariants(value, type);
    default:
      return typeof value === 'bigint' ? plainerNumbers(value) : [];
  }
}

/** Half of it, without one element, with a plainer one. */
function plainerLists(list: readonly AbiValue[], item: AbiType): readonly (readonly AbiValue[])[] {
  const half = list.length > 2 ? [list.slice(0, list.length >> 1), list.slice(list.length >> 1)] : [];
  const shorter = list.map((_, at) => list.toSpliced(at, 1));
  const plainer = list.flatMap((one, at) => plainerValues(one, item).map((inner) => list.with(at, inner)));
  return [...half, ...shorter, ...plainer];
}

function plainerVariants(
  value: AbiValue,
  type: Extract<AbiType, { readonly kind: 'Enum' | 'Option' }>,
): readonly AbiValue[] {
  const split = splitVariant(type, value)!;
  const { fields } = variantsOf(type)[split.index]!;
  const inner = fields.flatMap((field, at) =>
    plainerValues(split.values[at]!, field.type).map((one) =>
      joinVariant(type, { ...split, values: split.values.with(at, one) }),
    ),
  );
  const first = variantsOf(type)[0]!;
  const simplest =
    split.index > 0 && first.fields.length === 0 ? [joinVariant(type, { index: 0, values: [] })] : [];
  return [...simplest, ...inner];
}

const MINUTE = 60n;
const HOUR = 3_600n;
const DAY = 86_400n;

/** What a calendar would say: a second, a minute, an hour, a day, a week, a month; else whole days. */
function plainerWaits(seconds: bigint): readonly bigint[] {
  const round = [1n, MINUTE, HOUR, DAY, 2n * DAY, 7n * DAY, 30n * DAY].filter((one) => one < seconds);
  if (seconds % DAY !== 0n && seconds > DAY) return [...round, (seconds / DAY + 1n) * DAY];
  const days = seconds / DAY;
  return [...round, (days / 2n) * DAY, (days - 1n) * DAY].filter((one) => one > 0n);
}

/** Towards zero: zero, one, a half, ten times less, one less. */
function plainerNumbers(value: bigint): readonly bigint[] {
  const size = value < 0n ? -value : value;
  const sign = value < 0n ? -1n : 1n;
  const towards = [0n, 1n, 100n, size / 1_000n, size / 10n, size / 2n, size - 1n];
  const smaller = towards.filter((one) => one >= 0n && one < size);
  const positive = value < 0n ? [size] : [];
  return [...positive, ...new Set(smaller)].map((one, at) =>
    positive.length > 0 && at === 0 ? one : one * sign,
  );
}

/** People in the order in which they are introduced. */
function plainerDids(did: string): readonly string[] {
  // Nobody calls what the host runs.
  if (did === '') return [];
  const people = MEMBERS.map(memberDid);
  const at = people.indexOf(did);
  return at < 0 ? people.slice(0, 3) : people.slice(0, at);
}
