/**
 * The events of one execution. Those of the contract are kept as the words that were emitted, and become data when
 * someone reads them; those of host modules are data from the beginning.
 */
import { fieldsOf } from './abi.ts';
import type { EventShape } from './artifact.ts';
import type { Event } from './host.ts';
import { type InternTable, valueOfWord } from './intern.ts';
import type { Program } from './program.ts';
import type { AbiType } from './value.ts';

/** In order. An array of words holds events of the contract: each is the index of its shape, then its words. */
export type EventLog = {
  readonly items: (Event | BigInt64Array)[];
  /** Takes the words of events that compiled code has emitted since the last time; null when there are none. */
  readonly drain: () => BigInt64Array | null;
};

/** Adds events of others. */
export function addEvents(log: EventLog, events: readonly Event[]): void {
  if (events.length === 0) return;
  drainInto(log);
  log.items.push(...events);
}

/** Adds an event of the contract, of the shape with an index, whose words are the last ones of `stack` below `end`. */
export function addEventWords(
  log: EventLog,
  index: number,
  stack: BigInt64Array,
  base: number,
  end: number,
): void {
  drainInto(log);
  const words = new BigInt64Array(end - base + 1);
  words[0] = BigInt(index);
  words.set(stack.subarray(base, end), 1);
  log.items.push(words);
}

/** The log, complete: nothing is left with the tier. */
export function drainInto({ items, drain }: EventLog): void {
  const words = drain();
  if (words !== null) items.push(words);
}

/** The events of a log that is complete. `self` is the contract's account. */
export function eventsOf(log: EventLog, program: Program, intern: InternTable, self: string): Event[] {
  const events: Event[] = [];
  for (const item of log.items) {
    if (!(item instanceof BigInt64Array)) {
      events.push(item);
      continue;
    }
    for (let at = 0; at < item.length; ) {
      const index = Number(item[at]);
      events.push(eventOf(program, intern, self, index, item, at + 1));
      at += 1 + program.eventWords[index]!.length;
    }
  }
  return events;
}

/** One event of the contract, whose words begin at `from`. Traps when a field holds no variant of its type. */
export function eventOf(
  { artifact, eventWords }: Program,
  intern: InternTable,
  self: string,
  index: number,
  words: BigInt64Array,
  from: number,
): Event {
  const shape = artifact.events[index]!;
  const values = eventWords[index]!.map((type, which) => valueOfWord(intern, type, words[from + which]!));
  return { source: self, name: shape.name, fields: fieldsOf(shape.name, shape.fields, values) };
}

/** Whether any words make an event of the shape, because no field has variants. */
export function takesAllWords({ fields }: EventShape): boolean {
  return fields.every(({ type }) => isPlain(type));
}

function isPlain(type: AbiType): boolean {
  switch (type.kind) {
    case 'Unit':
    case 'Int':
    case 'Bool':
    case 'Ratio':
    case 'Time':
    case 'Duration':
    case 'Did':
    case 'Text':
    case 'Bytes':
    case 'Hash':
    case 'Amount':
      return true;
    case 'Struct':
      return type.fields.every((field) => isPlain(field.type));
    case 'Tuple':
      return type.items.every(isPlain);
    default:
      return false;
  }
}
