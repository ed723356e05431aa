/** `Work.ccl` at work: a program, a tier and storage that keeps what is committed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, build, lowerProgram } from '../compiler/index.ts';
import {
  type AbiValue,
  compilationOf,
  type Event,
  execute,
  type Host,
  hexOf,
  type Outcome,
  type Program,
  type StorageWrite,
  validate,
} from '../vm/index.ts';
import { CHARGE, lengthAt } from '../vm/program.ts';
import { decodeLeaf } from '../vm/storage.ts';
import { ENGINE } from '../vm/wasm/engine.ts';
import { createInstance } from '../vm/wasm/instance.ts';
import { layoutOf } from '../vm/wasm/layout.ts';
import { encodeModule } from '../vm/wasm/module.ts';

export type Session = {
  /** The result of a call, which is not committed. */
  readonly call: (entry: string, args: readonly AbiValue[]) => AbiValue;
  /** What a call writes and emits; `events` makes data of what was emitted. */
  readonly run: (
    entry: string,
    args: readonly AbiValue[],
  ) => { readonly writes: readonly StorageWrite[]; readonly events: () => readonly Event[] };
  /** The sum of the integers that a call writes. */
  readonly runSum: (entry: string, args: readonly AbiValue[]) => bigint;
  readonly commit: (entry: string, args: readonly AbiValue[]) => void;
};

export function workProgram(): Program {
  return programOf('Work');
}

/** A contract of `Work.ccl` by its name. */
function programOf(name: string): Program {
  const path = 'Work.ccl';
  const text = readFileSync(join(import.meta.dirname, path), 'utf8');
  const { contracts } = lowerProgram(analyse(new Map([[path, text]]), path));
  const artifacts = contracts.map((contract) => build(contract, { claims: [], marks: [] }));
  const artifact = artifacts.find((one) => one.name === name);
  if (artifact === undefined) throw new Error(`Work.ccl holds no contract ${name}`);
  const validated = validate(artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}

/** The one other contract, on a tier: it stands at every account, and keeps nothing. */
function othersOn(tier: 'interpreter' | 'wasm'): NonNullable<Host['contracts']> {
  const program = programOf('Other');
  const env = { ...HOST.env, caller: HOST.env.self, callerIsContract: true };
  return {
    refusal: (_, { identity }) => (program.offers.has(identity) ? null : 'another interface'),
    call: ({ contract, method, args, gasLimit }) => {
      const host = { ...HOST, env: { ...env, self: contract } };
      const outcome = execute(program, { entry: method.name, args, gasLimit }, host, { tier });
      if (!outcome.ok) throw new Error(outcome.trap.message);
      return outcome;
    },
  };
}

export function session(program: Program, tier: 'interpreter' | 'wasm'): Session {
  const compilation = compilationOf(program);
  if (!compilation.ok) throw new Error(compilation.reason);
  const stored = new Map<string, Uint8Array>();
  const host: Host = { ...HOST, load: (key) => stored.get(hexOf(key)), contracts: othersOn(tier) };
  const run = (entry: string, args: readonly AbiValue[]): Outcome & { readonly ok: true } => {
    const outcome = execute(program, { entry, args, gasLimit: Number.MAX_SAFE_INTEGER }, host, { tier });
    if (!outcome.ok) throw new Error(`${entry}: ${outcome.trap.message}`);
    return outcome;
  };
  return {
    call: (entry, args) => run(entry, args).result,
    run: (entry, args) => {
      const outcome = run(entry, args);
      return { writes: outcome.writes, events: () => outcome.events };
    },
    runSum: (entry, args) =>
      run(entry, args).writes.reduce((sum, { value }) => sum + (value === undefined ? 0n : intOf(value)), 0n),
    commit: (entry, args) => {
      for (const { key, value } of run(entry, args).writes)
        if (value === undefined) stored.delete(hexOf(key));
        else stored.set(hexOf(key), value);
    },
  };
}

/** A view of one number as it would be without gas: the same module but for its charges. */
export function withoutGas(program: Program, entry: string): (n: bigint) => bigint {
  const code = program.code.slice();
  for (let pc = 0; pc < code.length; pc += lengthAt(program.code, pc))
    if (program.code[pc] === CHARGE) code.fill(0, pc, pc + 2);
  const free = { ...program, code };
  const { bytes, owed } = encodeModule(free, layoutOf(free), 'counted');
  const instance = createInstance({ module: new ENGINE.Module(bytes), owed }, free);
  const run = instance.run(program.entries.get(entry)!.function);
  return (n) => {
    instance.stack[0] = n;
    run(0n);
    return instance.stack[0]!;
  };
}

/** The integer of a stored leaf. */
function intOf(stored: Uint8Array): bigint {
  const decoded = decodeLeaf('int', stored);
  return decoded as bigint;
}

export const HOST: Host = {
  env: {
    self: 'did:icn:contract:0',
    caller: 'did:icn:caller',
    callerIsContract: false,
    creator: 'did:icn:1',
    cooperative: '',
    time: 0n,
    block: 0n,
  },
  load: () => undefined,
  call: () => ({ ok: false, kind: 'NotBuilt', message: 'the work calls no host' }),
  holdsPermission: () => false,
  reputationOf: () => 0n,
};
