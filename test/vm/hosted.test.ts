/**
 * Every host opcode, on the recording host and on both tiers: typed arguments go out and typed values come in, its
 * capability must be declared, it keeps within its declared gas, and a later trap undoes it.
 */
import { describe, expect, test } from 'vitest';
import { makeWorld } from '../../host/world.ts';
import { openWorld } from '../../testing/world.ts';
import {
  type Artifact,
  assemble,
  type Host,
  type HostAnswer,
  type OpName,
  type Outcome,
  type PlainWord,
  rowOf,
  type Value,
  validate,
  type WordType,
  withGasBounds,
} from '../../vm/index.ts';
import { HOST_OPS, type Recorder, recorder, settle } from './recorder.ts';
import { executeBoth } from './tiers.ts';

/** Of each type a value that is not its zero, as code and as the host must see it. */
const GIVEN: { readonly [K in PlainWord]: readonly [code: string, value: Value] } = {
  int: ['Push -7', -7n],
  bool: ['PushBool true', true],
  text: ['PushConst "tĕxt"', 'tĕxt'],
  bytes: ['PushConst bytes"00ff"', new Uint8Array([0, 255])],
  did: ['PushConst did"did:icn:other"', 'did:icn:other'],
  hash: [`PushConst hash"${'07'.repeat(32)}"`, new Uint8Array(32).fill(7)],
  id: ['PushConst id"p-1"', 'p-1'],
};
const OPS = HOST_OPS.filter((op) => rowOf(op).stack !== 'dynamic');

describe('every host opcode', () => {
  for (const op of OPS)
    test(op, () => {
      const { pops, pushes } = effectOf(op);
      const answer = pushes.map((type) => GIVEN[type as PlainWord][1]);

      const { outcome, host } = runOn(op, `${codeOf(op)}\nHalt`, (given) => ({ ...given, values: answer }));
      expect(outcome).toMatchObject({ ok: true, stack: answer });
      expect(host.heard).toEqual([
        { op, operands: operandsOf(op), args: pops.map((type) => GIVEN[type as PlainWord][1]) },
      ]);
      settle(host, outcome);
      expect(host.done.settled).toEqual(rowOf(op).writes === true ? [op] : []);

      const undone = runOn(op, `${codeOf(op)}\nRevert "no"`);
      expect(undone.outcome).toMatchObject({ ok: false, trap: { kind: 'Requirement', message: 'no' } });
      expect(undone.host.heard.length).toBe(1);
      settle(undone.host, undone.outcome);
      expect(undone.host.done).toEqual({ settled: [], pending: [] });
    });
});

describe('what a host opcode needs', () => {
  test('its capability, declared', () => {
    for (const op of OPS) {
      const capability = rowOf(op).host?.capability ?? '';
      expect(capability).toMatch(/^[a-z]+\.(read|write)$/);
      expect(validate(artifactOf(op, `${codeOf(op)}\nHalt`, ['other.write']))).toMatchObject({
        ok: false,
        errors: [{ code: 'MissingCapability', message: expect.stringContaining(capability) }],
      });
    }
  });

  test('to write, a rule and not a view', () => {
    for (const op of OPS.filter((one) => rowOf(one).writes === true)) {
      const artifact = artifactOf(op, `${codeOf(op)}\nHalt`);
      const entries = artifact.entries.map((entry) => ({ ...entry, kind: 'view' as const }));
      expect(validate({ ...artifact, entries })).toMatchObject({ errors: [{ code: 'ViewWrites' }] });
    }
  });
});

describe('what a host opcode costs', () => {
  test('is what the host says, up to the declared maximum, and the bound covers it', () => {
    for (const op of OPS) {
      const most = rowOf(op).host?.gasMax ?? 0;
      const free = runOn(op, `${codeOf(op)}\nHalt`, (given) => ({ ...given, gas: 0 }));
      const dear = runOn(op, `${codeOf(op)}\nHalt`, (given) => ({ ...given, gas: most }));
      expect(dear.outcome.gasUsed - free.outcome.gasUsed).toBe(most);
      expect(dear.outcome.gasUsed).toBeLessThanOrEqual(dear.bound);
      for (const gas of [most + 1, -1, 0.5])
        expect(() => runOn(op, `${codeOf(op)}\nHalt`, (given) => ({ ...given, gas }))).toThrow(
          `${op} answered with ${gas} gas`,
        );
    }
  });

  test('is looked at after the call: too little gas traps there', () => {
    for (const op of OPS) {
      const free = runOn(op, `${codeOf(op)}\nHalt`);
      const dear = (given: HostAnswer & { ok: true }) => ({ ...given, gas: (given.gas ?? 0) + 1 });
      const { outcome, host } = runOn(op, `${codeOf(op)}\nHalt`, dear, free.outcome.gasUsed);
      expect(outcome).toMatchObject({ ok: false, trap: { kind: 'OutOfGas' } });
      expect(host.heard.length).toBe(1);
    }
  });
});

test('what a host refuses is a trap of that kind at that opcode', () => {
  for (const op of OPS)
    for (const kind of ['Refused', 'NotBuilt', 'LimitReached'] as const) {
      const { outcome } = runOn(op, `${codeOf(op)}\nHalt`, () => ({ ok: false, kind, message: 'no' }));
      const instruction = effectOf(op).pops.length;
      expect(outcome).toMatchObject({ ok: false, trap: { kind, message: 'no', function: 0, instruction } });
    }
});

test('a host that answers with other values than the row says is a defect of ours, and thrown', () => {
  for (const op of OPS.filter((one) => effectOf(one).pushes.length > 0)) {
    const given = effectOf(op).pushes.map((type): Value => (type === 'int' ? 'x' : 5n));
    expect(() => runOn(op, `${codeOf(op)}\nHalt`, (answer) => ({ ...answer, values: given }))).toThrow(op);
    expect(() => runOn(op, `${codeOf(op)}\nHalt`, (answer) => ({ ...answer, values: [] }))).toThrow(op);
  }
});

test('a second row takes from the stack what the first takes from caller and metadata', () => {
  for (const op of OPS.filter((one) => /(With|Of)$/.test(one))) {
    const first = op.replace(/(With|Of)$/, '') as OpName;
    expect(HOST_OPS).toContain(first);
    expect(effectOf(op).pops.length).toBeGreaterThan(effectOf(first).pops.length);
    expect(rowOf(op).host).toEqual(rowOf(first).host);
    expect(rowOf(op).writes).toBe(rowOf(first).writes);
  }
  const alone = OPS.filter((op) => effectOf(op).pops.length === 0 && rowOf(op).operands.length === 0);
  for (const op of alone)
    expect(OPS.filter((one) => one === `${op}With` || one === `${op}Of`).length).toBe(1);
});

test("the node's host answers each, or says which module is not built", () => {
  const world = openWorld({
    members: ['alice'],
    currencies: [{ name: 'hours', decimals: 2, kind: 'mutual' }],
  });
  const [alice = ''] = world.names.keys();
  const standing = { contract: 'did:icn:contract:x', creator: alice, cooperative: 'test' };
  const built: string[] = [];
  for (const op of OPS) {
    const { host } = makeWorld(
      world.state,
      world.clock,
      {
        ...standing,
        currencies: ['test/hours'],
        caller: alice,
        spends: 'unlimited',
        callers: [],
      },
      null,
    );
    const answer = host.call(
      op,
      operandsOf(op),
      effectOf(op).pops.map((type) => GIVEN[type as PlainWord][1]),
    );
    if (answer.ok || answer.kind !== 'NotBuilt') built.push(op);
    else expect(answer.message).toBe(`${op}: the ${rowOf(op).host?.module} module does not do this yet`);
  }
  expect(built).toEqual(['Transfer', 'Balance', 'CanPay', 'Total', 'VerifyDID', 'VerifyDIDOf']);
});

// ---- private -----------------------------------------------------------------------------------

type Answering = (given: HostAnswer & { readonly ok: true }) => HostAnswer;

/** Runs code as a rule on both tiers; `answering` changes what the recorder answers. */
function runOn(
  op: OpName,
  code: string,
  answering: Answering = (given) => given,
  gasLimit?: number,
): { readonly outcome: Outcome; readonly host: Recorder; readonly bound: number } {
  const validated = validate(artifactOf(op, code));
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const bound = validated.program.artifact.entries[0]?.gasMax ?? 0;
  const hosts = { interpreter: answeringHost(answering), wasm: answeringHost(answering) };
  const call = { entry: 'main', args: [], gasLimit: gasLimit ?? bound };
  const outcome = executeBoth(validated.program, call, hosts);
  expect(hosts.wasm.heard).toEqual(hosts.interpreter.heard);
  return { outcome, host: hosts.interpreter, bound };
}

/** What it does is what the recorder does; only the answer to a host opcode may differ. */
function answeringHost(answering: Answering): Recorder {
  const plain = recorder();
  const call: Host['call'] = (op, operands, args) => {
    const answer = plain.call(op, operands, args);
    if (!answer.ok) throw new Error(answer.message);
    return answering(answer);
  };
  return { ...plain, call };
}

function artifactOf(op: OpName, code: string, capabilities = [rowOf(op).host?.capability ?? '']): Artifact {
  const uses = `.uses ${capabilities.join(' ')}\n`;
  const assembled = assemble(
    `.contract hosted\n${uses}.currency hours 2 mutual\n.rule main() -> Unit = main\n.function main () -> ()\n${code}\n`,
  );
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  return withGasBounds(assembled.artifact);
}

function codeOf(op: OpName): string {
  const operands = rowOf(op).operands.map((kind) => (kind === 'int' ? '5' : 'hours'));
  return [...effectOf(op).pops.map((type) => GIVEN[type as PlainWord][0]), [op, ...operands].join(' ')].join(
    '\n',
  );
}

function operandsOf(op: OpName): (bigint | number)[] {
  return rowOf(op).operands.map((kind) => (kind === 'int' ? 5n : 0));
}

function effectOf(op: OpName): { readonly pops: readonly WordType[]; readonly pushes: readonly WordType[] } {
  const { stack } = rowOf(op);
  if (stack === 'dynamic') throw new Error(`${op} has no fixed effect`);
  return stack;
}
