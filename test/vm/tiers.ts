/**
 * Both tiers side by side: the same calls on equal hosts must give equal outcomes and leave equal traces. Counts what was
 * met, so that a run that missed something can say so.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type AbiType,
  type AbiValue,
  type Artifact,
  type Call,
  type Contracts,
  compilationOf,
  type Entry,
  execute,
  type Host,
  joinVariant,
  OP_NAMES,
  type Outcome,
  type Program,
  rowOf,
  type Sight,
  TRAPS,
  validate,
  variantsOf,
} from '../../vm/index.ts';
import { CALLER, commit, type Recorder, recorder, SEED_SETTING } from './recorder.ts';

/** How gas ran out, or did not: before the first opcode, at the entry of a block, within one, or by a hair. */
const GAS_EDGES = ['exact', 'one less', 'before the code', 'entry of a block', 'operation'] as const;

/** How often each thing was met. Opcodes count once for each execution that reaches them. */
export type Counts = {
  readonly executions: { all: number; ok: number };
  readonly opcodes: Map<string, number>;
  readonly traps: Map<string, number>;
  readonly edges: Map<string, number>;
};

/** A trap that validation excludes, so no program can meet it, and one that only enums meet, which these programs have none of. */
const EXCLUDED = ['StackOverflow', 'BadVariant'];

export function createCounts(): Counts {
  const zeros = (names: readonly string[]) => new Map(names.map((name) => [name, 0]));
  return {
    executions: { all: 0, ok: 0 },
    opcodes: zeros(OP_NAMES),
    traps: zeros(Object.keys(TRAPS).filter((kind) => !EXCLUDED.includes(kind))),
    edges: zeros(GAS_EDGES),
  };
}

/** What was never met. */
export function missed({ opcodes, traps, edges }: Counts): string[] {
  return [opcodes, traps, edges].flatMap((map) =>
    [...map].filter(([, count]) => count === 0).map(([name]) => name),
  );
}

/** Runs a call on both tiers, on two hosts that were alike before and must be alike after. Throws when they differ. */
export function executeBoth(
  program: Program,
  call: Call,
  hosts: { readonly interpreter: Recorder; readonly wasm: Recorder },
): Outcome {
  const compilation = compilationOf(program);
  if (!compilation.ok) throw new Error(compilation.reason);
  const expected = execute(program, call, hosts.interpreter, { tier: 'interpreter' });
  const found = execute(program, call, hosts.wasm, { tier: 'wasm' });
  if (!isDeepStrictEqual(found, expected) || !isDeepStrictEqual(hosts.wasm.calls, hosts.interpreter.calls))
    throw new Error(
      `the tiers differ on ${show(call)}\ninterpreter ${show(expected)} ${hosts.interpreter.calls.join('; ')}\nwasm        ${show(found)} ${hosts.wasm.calls.join('; ')}`,
    );
  return expected;
}

/** Calls an artifact's entries on both tiers, several times in a row, with ample gas and on every edge of it. */
export function compareTiers(artifact: Artifact, numbers: readonly number[], counts: Counts): void {
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const { program } = validated;
  const draw = (at: number, bound: number) => (numbers[at % numbers.length] ?? 0) % bound;
  const stored = { interpreter: new Map<string, Uint8Array>(), wasm: new Map<string, Uint8Array>() };
  for (let turn = 0; turn < 3; turn++) {
    const called = artifact.entries[draw(turn, artifact.entries.length)];
    if (called === undefined) return;
    const entry = called.name;
    const args = draw(turn + 1, 40) === 0 ? [] : argumentsOf(called, (bound) => draw(turn + 2, bound));
    const run = (
      gasLimit: number,
    ): { outcome: Outcome; hosts: { interpreter: Recorder; wasm: Recorder } } => {
      const hosts = {
        interpreter: hostOf(numbers[turn] ?? 0, stored.interpreter, { program, tier: 'interpreter' }),
        wasm: hostOf(numbers[turn] ?? 0, stored.wasm, { program, tier: 'wasm' }),
      };
      const outcome = executeBoth(program, { entry, args, gasLimit }, hosts);
      note(counts, artifact, outcome);
      return { outcome, hosts };
    };
    const { outcome, hosts } = run(1_000_000_000_000);
    if (outcome.gasUsed > called.gasMax)
      throw new Error(`${entry} used ${outcome.gasUsed} gas and states ${called.gasMax}`);
    watch(
      counts,
      program,
      { entry, args, gasLimit: called.gasMax },
      hostOf(numbers[turn] ?? 0, stored.interpreter, { program, tier: 'interpreter' }),
      outcome,
    );
    for (const limit of gasLimits(outcome, (bound) => draw(turn + 3, bound), counts)) run(limit);
    if (!outcome.ok) continue;
    commit(hosts.interpreter, outcome.writes);
    commit(hosts.wasm, outcome.writes);
  }
}

/** Runs a call once more, under observation, and counts each opcode that it reaches. */
function watch(counts: Counts, program: Program, call: Call, host: Recorder, expected: Outcome): void {
  const reached = new Set<string>();
  const observer = ({ function: fn, instruction }: Sight) => {
    reached.add(program.artifact.functions[fn]!.code[instruction]!.op);
  };
  const found = execute(program, call, host, { observer });
  if (!isDeepStrictEqual(found, expected))
    throw new Error(`observed, it differs on ${show(call)}\n${show(expected)}\n${show(found)}`);
  for (const op of reached) add(counts.opcodes, op);
}

/** Arguments that fit the parameters of an entry point. */
export function argumentsOf({ params }: Entry, draw: (bound: number) => number): AbiValue[] {
  return params.map(({ type }) => someValue(type, draw));
}

function someValue(type: AbiType, draw: (bound: number) => number): AbiValue {
  switch (type.kind) {
    case 'Unit':
      return null;
    case 'Bool':
      return draw(2) === 1;
    case 'Did':
      return draw(3) === 0 ? 'did:icn:other' : CALLER;
    case 'Text':
      return ['', 'x', 'é'.repeat(200)][draw(3)] ?? '';
    case 'Bytes':
      return new Uint8Array(draw(40));
    case 'Hash':
      return new Uint8Array(32).fill(draw(3));
    case 'Struct':
      return Object.fromEntries(type.fields.map((field) => [field.name, someValue(field.type, draw)]));
    case 'Tuple':
      return type.items.map((item) => someValue(item, draw));
    case 'List':
      return Array.from({ length: draw(type.capacity + 1) % 5 }, () => someValue(type.item, draw));
    case 'Enum':
    case 'Option': {
      const variants = variantsOf(type);
      const index = draw(variants.length);
      const values = variants[index]!.fields.map((field) => someValue(field.type, draw));
      return joinVariant(type, { index, values });
    }
    default:
      return ARGUMENTS[draw(ARGUMENTS.length)] ?? 0n;
  }
}

const ARGUMENTS = [0n, 1n, 2n, 5n, -1n, 1_000n, 2n ** 31n, 2n ** 63n - 1n, -(2n ** 63n)];

function gasLimits({ ok, gasUsed }: Outcome, draw: (bound: number) => number, counts: Counts): number[] {
  add(counts.edges, 'exact');
  if (ok) add(counts.edges, 'one less');
  const share = (part: number) => Math.floor((gasUsed * part) / 100);
  return [gasUsed, Math.max(0, gasUsed - 1), share(draw(100)), share(60 + draw(40)), share(draw(10))];
}

/** What runs at other accounts, and where. */
type Peer = { readonly program: Program; readonly tier: 'interpreter' | 'wasm' };

/**
 * A host with storage, that refuses some of its calls and charges for others. At every account but the null DID there is
 * a contract of the same code; some executions begin deep in a row of calls.
 */
function hostOf(seed: number, stored: Map<string, Uint8Array>, peer: Peer): Recorder {
  const plain = recorder({ ...SEED_SETTING, caller: seed % 17 === 0 ? null : CALLER });
  const refused = seed % 24;
  const call: Host['call'] = (op, operands, args) => {
    const answer = plain.call(op, operands, args);
    const turn = plain.calls.length;
    if (turn === refused) {
      const kind = (['Refused', 'NotBuilt', 'LimitReached'] as const)[seed % 3] ?? 'Refused';
      return { ok: false, kind, message: `call ${turn}` };
    }
    if (!answer.ok || turn % 2 === 0) return answer;
    return { ...answer, gas: (seed * turn) % ((rowOf(op).host?.gasMax ?? 0) + 1) };
  };
  const callers = CALL_STACK.slice(0, [0, 0, 5, 6, 7][Math.floor(seed / 7) % 5]);
  const host: Recorder = {
    ...plain,
    env: { ...plain.env, callers },
    call,
    stored,
    load: (key) => stored.get(Buffer.from(key).toString('hex')),
  };
  return { ...host, contracts: contractsOf(host, peer) };
}

const CALL_STACK = [1, 2, 3, 4, 5, 6, 7].map((at) => `did:icn:contract:c${at}`);

/** Contracts of the same code at every account; the creator of each is the account of the next. */
function contractsOf(host: Recorder, peer: Peer): Contracts {
  const refusal = (contract: string) => (contract === '' ? 'there is no account' : null);
  return {
    refusal,
    call: ({ contract, method, args, spends, gasLimit }) => {
      host.calls.push(`${contract} ${method.name} ${show(args)} ${show(spends)} ${gasLimit}`);
      const refused = refusal(contract);
      if (refused !== null) return { ok: false, kind: 'Refused', message: refused, gasUsed: 0 };
      const { callers = [], self } = host.env;
      const env = {
        ...host.env,
        self: contract,
        caller: self,
        callerIsContract: true,
        creator: `did:icn:contract:d${callers.length}`,
        callers: [...callers, self],
      };
      const inner = { ...host, env, load: () => undefined };
      const call = { entry: method.name, args, gasLimit };
      const withPeers = { ...inner, contracts: contractsOf(inner, peer) };
      const outcome = execute(peer.program, call, withPeers, { tier: peer.tier });
      if (outcome.ok) return outcome;
      const { kind, message } = outcome.trap;
      return { ok: false, kind, message: `${contract}: ${message}`, gasUsed: outcome.gasUsed };
    },
  };
}

function note(counts: Counts, artifact: Artifact, outcome: Outcome): void {
  counts.executions.all += 1;
  if (outcome.ok) {
    counts.executions.ok += 1;
    return;
  }
  const { kind, function: fn, instruction } = outcome.trap;
  add(counts.traps, kind);
  if (kind !== 'OutOfGas') return;
  const leads = fn < 0 || beginsBlock(artifact, fn, instruction);
  add(counts.edges, fn < 0 ? 'before the code' : leads ? 'entry of a block' : 'operation');
}

function beginsBlock({ functions }: Artifact, fn: number, at: number): boolean {
  const code = functions[fn]?.code ?? [];
  const before = code[at - 1];
  if (before === undefined || before.op === 'JumpIf' || rowOf(before.op).flow === 'end') return true;
  return code.some(({ op, operands }) => rowOf(op).operands.includes('target') && operands.at(-1) === at);
}

function add(map: Map<string, number>, name: string): void {
  map.set(name, (map.get(name) ?? 0) + 1);
}

function show(data: unknown): string {
  const text = JSON.stringify(data, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

const SHOWN_MAX = 4_000;
