/**
 * A recording fake host: fixed DIDs, storage in a map, host opcodes noted and answered from what a fixture sets. Its
 * refusals and events are those of the seed's virtual machine.
 */
import {
  type Event,
  type Host,
  type HostAnswer,
  hexOf,
  OPCODES,
  type Operand,
  type OpName,
  type Outcome,
  type PlainWord,
  rowOf,
  type StorageWrite,
  type Value,
} from '../../vm/index.ts';

export const CALLER = 'did:icn:12345';
export const SELF = 'did:icn:contract:test';

export type Setting = {
  /** Reputation of the caller where something was recorded; else the score of the context counts. */
  readonly recorded: bigint | null;
  readonly score: bigint;
  readonly permissions: readonly string[];
  readonly callerIsContract: boolean;
  readonly caller: string | null;
};

/** The execution context of the seed's tests. */
export const SEED_SETTING: Setting = {
  recorded: null,
  score: 100n,
  permissions: ['cooperative.create', 'proposal.create'],
  callerIsContract: false,
  caller: CALLER,
};

/** One host opcode as the host heard it. */
export type Heard = {
  readonly op: OpName;
  readonly operands: readonly Operand[];
  readonly args: readonly Value[];
};

export type Recorder = Host & {
  readonly calls: string[];
  readonly heard: Heard[];
  readonly stored: Map<string, Uint8Array>;
  /** What was done by host opcodes that write: by settled executions, and since. */
  readonly done: { readonly settled: OpName[]; readonly pending: OpName[] };
};

export function recorder(setting: Setting = SEED_SETTING): Recorder {
  const calls: string[] = [];
  const heard: Heard[] = [];
  const done = { settled: [] as OpName[], pending: [] as OpName[] };
  const stored = new Map<string, Uint8Array>();
  let recorded = setting.recorded;
  const reputation = () => recorded ?? setting.score;
  const answers: { readonly [op in OpName]?: (operands: readonly unknown[]) => HostAnswer } = {
    CreateCooperative: () => {
      if (!setting.permissions.includes('cooperative.create'))
        return refusal('Permission denied: cooperative.create');
      if (reputation() < 100n) return refusal('Insufficient reputation to create cooperative');
      return { ok: true, values: [], events: [event('CooperativeCreated', [])] };
    },
    GetReputation: () => ({ ok: true, values: [reputation()] }),
    UpdateReputation: ([amount]) => {
      recorded = reputation() + (amount as bigint);
      const fields = [{ name: 'amount', value: amount as bigint }];
      return { ok: true, values: [], events: [event('ReputationUpdated', fields)], gas: 10 };
    },
  };
  return {
    env: {
      self: SELF,
      caller: setting.caller,
      callerIsContract: setting.callerIsContract,
      creator: CALLER,
      cooperative: 'coop-1',
      time: 1_620_000_000n,
      block: 1n,
    },
    calls,
    heard,
    stored,
    done,
    load: (key) => stored.get(hexOf(key)),
    call: (op, operands, args) => {
      calls.push(`${[op, ...operands].join(' ')} (${args.map(String).join(', ')})`);
      heard.push({ op, operands, args });
      const answer = answers[op]?.(operands) ?? { ok: true, values: zerosOf(op) };
      if (answer.ok && rowOf(op).writes === true) done.pending.push(op);
      return answer;
    },
    holdsPermission: (_did, permission) => setting.permissions.includes(permission),
    reputationOf: () => reputation(),
  };
}

/** Keeps all that an execution did when it succeeded, and drops it otherwise, as a node does. */
export function settle(host: Recorder, outcome: Outcome): void {
  const pending = host.done.pending.splice(0);
  if (!outcome.ok) return;
  host.done.settled.push(...pending);
  commit(host, outcome.writes);
}

/** Keeps the writes of an execution, as a node does at commit. */
export function commit(host: Recorder, writes: readonly StorageWrite[]): void {
  for (const { key, value } of writes) {
    if (value === undefined) host.stored.delete(hexOf(key));
    else host.stored.set(hexOf(key), value);
  }
}

export const ZERO: { readonly [K in PlainWord]: Value } = {
  int: 0n,
  bool: false,
  text: '',
  bytes: new Uint8Array(),
  did: '',
  hash: new Uint8Array(32),
  id: '',
};

function zerosOf(op: OpName): readonly Value[] {
  const { stack } = rowOf(op);
  if (stack === 'dynamic' || rowOf(op).host === undefined) throw new Error(`${op} is not for the host`);
  return stack.pushes.map((type) => ZERO[type as PlainWord]);
}

function event(name: string, fields: Event['fields']): Event {
  return { source: 'cooperative', name, fields };
}

function refusal(message: string): HostAnswer {
  return { ok: false, kind: 'Refused', message };
}

/** The opcodes that the host answers. */
export const HOST_OPS = (Object.keys(OPCODES) as OpName[]).filter((op) => rowOf(op).host !== undefined);
