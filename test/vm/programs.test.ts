/**
 * Whole programs in assembly text, run on a fake host, on both tiers. `;! reputation 50`, `;! permissions a b`, `;! gas 10`,
 * `;! caller none`, `;! contract` in a fixture set the scene; the first twelve fixtures are the seed's own tests.
 */
import { describe, expect, test } from 'vitest';
import {
  type AbiValue,
  assemble,
  execute,
  formatValue,
  hexOf,
  type Outcome,
  type Program,
  type Value,
  validate,
} from '../../vm/index.ts';
import { fixtures, goldenTests } from '../harness.ts';
import { commit, recorder, SEED_SETTING, type Setting } from './recorder.ts';
import { executeBoth } from './tiers.ts';

goldenTests('vm/programs', '.asm', ({ text }) => {
  const program = programOf(text);
  const host = recorder(settingOf(text));
  const other = recorder(settingOf(text));
  const out: string[] = [];
  for (const entry of program.artifact.entries) {
    const call = { entry: entry.name, args: [], gasLimit: gasOf(text) ?? entry.gasMax };
    const outcome = executeBoth(program, call, { interpreter: host, wasm: other });
    if (outcome.ok) {
      commit(host, outcome.writes);
      commit(other, outcome.writes);
    }
    other.calls.length = 0;
    out.push(`${entry.name}: ${outcomeText(program, outcome)}`);
    if (host.calls.length > 0) out.push(...host.calls.splice(0).map((call) => `  host ${call}`));
  }
  return `${out.join('\n')}\n`;
});

describe("what the seed's tests assert", () => {
  const expected: Record<string, bigint[] | string> = {
    'seed-01-push-pop': [10n, 30n],
    'seed-02-arithmetic': [30n],
    'seed-03-memory': [42n],
    'seed-04-jump': [1n, 2n],
    'seed-05-jumpif': [1n],
    'seed-06-comparison': [1n],
    'seed-07-cooperative': 'CooperativeCreated',
    'seed-08-reputation': [75n],
    'seed-09-division-by-zero': 'Division by zero',
    'seed-10-event': 'CustomEvent',
    'seed-11-insufficient-reputation': 'Insufficient reputation to execute contract',
    'seed-12-missing-permission': 'Missing permission: cooperative.create',
  };
  const programs = fixtures('vm/programs', '.asm').filter(({ name }) => name.startsWith('seed-'));

  test('there are twelve', () => {
    expect(programs.map(({ name }) => name.replace('.asm', ''))).toEqual(Object.keys(expected));
  });

  for (const { name, text } of programs)
    test(name, () => {
      const outcome = execute(
        programOf(text),
        { entry: 'main', args: [], gasLimit: 100_000 },
        recorder(settingOf(text)),
      );
      const found = outcome.ok
        ? outcome.stack.length > 0
          ? outcome.stack.map(wordOfValue)
          : outcome.events[0]?.name
        : outcome.trap.message;
      expect(found).toEqual(expected[name.replace('.asm', '')]);
    });
});

describe('variants', () => {
  const program = programOf(`.contract variants
.event Chosen(choice: Enum Choice {Yes (), Block (reason: Text)})
.rule main(choice: Enum Choice {Yes (), Block (reason: Text)}, tag: Int) -> Option<Int> = main
.function main (int text int) -> (int int)
  LocalGet 0
  LocalGet 1
  EmitEvent Chosen
  LocalGet 2
  Push 5
  Return
.rule shout(tag: Int) -> Unit = shout
.function shout (int) -> ()
  LocalGet 0
  PushConst "no"
  EmitEvent Chosen
  Return
`);
  const run = (entry: string, args: readonly AbiValue[]): Outcome =>
    execute(program, { entry, args, gasLimit: 100_000 }, recorder(SEED_SETTING));

  test('go in and come out as values', () => {
    expect(run('main', ['Yes', 0n])).toMatchObject({ ok: true, result: null });
    const outcome = run('main', [{ Block: { reason: 'no' } }, 1n]);
    expect(outcome).toMatchObject({ ok: true, result: { some: 5n } });
    expect(outcome.ok && outcome.events[0]?.fields).toEqual([
      { name: 'choice', value: { Block: { reason: 'no' } } },
    ]);
  });

  test('that are none of the type are refused as arguments', () => {
    for (const value of ['No', 'Block', 1n, null, { Block: {} }, { Block: { reason: 1n } }])
      expect(run('main', [value, 0n])).toMatchObject({ ok: false, trap: { kind: 'BadArgument' } });
  });

  test('that code makes of a tag beyond the type are neither results nor fields of events', () => {
    for (const tag of [2n, -1n, 2n ** 63n - 1n]) {
      expect(run('main', ['Yes', tag])).toMatchObject({ ok: false, trap: { kind: 'BadVariant' } });
      expect(run('shout', [tag])).toMatchObject({ ok: false, trap: { kind: 'BadVariant' } });
    }
  });
});

/** Bool is 0 or 1 on the seed's stack. */
function wordOfValue(value: Value): Value {
  return typeof value === 'boolean' ? (value ? 1n : 0n) : value;
}

function programOf(text: string): Program {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  const validated = validate(assembled.artifact);
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  return validated.program;
}

function settingOf(text: string): Setting {
  const reputation = orderOf(text, 'reputation');
  const permissions = orderOf(text, 'permissions');
  return {
    ...SEED_SETTING,
    recorded: reputation === null ? null : BigInt(reputation[0] ?? 0),
    permissions: permissions ?? SEED_SETTING.permissions,
    callerIsContract: orderOf(text, 'contract') !== null,
    caller: orderOf(text, 'caller') === null ? SEED_SETTING.caller : null,
  };
}

function gasOf(text: string): number | null {
  const gas = orderOf(text, 'gas');
  return gas === null ? null : Number(gas[0]);
}

function orderOf(text: string, name: string): string[] | null {
  const found = new RegExp(`^;! ${name}( .*)?$`, 'm').exec(text);
  return found === null ? null : (found[1] ?? '').split(' ').filter((word) => word !== '');
}

function outcomeText(program: Program, outcome: Outcome): string {
  if (!outcome.ok) {
    const { kind, message, function: fn, instruction } = outcome.trap;
    return `${kind} at ${fn}:${instruction}, gas ${outcome.gasUsed}\n  ${message}`;
  }
  const lines = [`ok, gas ${outcome.gasUsed}`, `  stack [${outcome.stack.map(valueText).join(', ')}]`];
  if (outcome.result !== null) {
    const entry = program.artifact.entries.find(({ result }) => result.kind !== 'Unit');
    if (entry !== undefined)
      lines.push(`  result ${formatValue(entry.result, outcome.result, program.artifact.currencies)}`);
  }
  for (const { source, name, fields } of outcome.events)
    lines.push(
      `  event ${name} from ${source} { ${fields.map((field) => `${field.name}: ${valueText(field.value as Value)}`).join(', ')} }`,
    );
  for (const line of outcome.logs) lines.push(`  log ${JSON.stringify(line)}`);
  for (const { key, value } of outcome.writes)
    lines.push(`  write ${hexOf(key)} = ${value === undefined ? 'nothing' : hexOf(value)}`);
  return lines.join('\n');
}

function valueText(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Uint8Array) return `0x${hexOf(value)}`;
  return typeof value === 'object' ? `[${value.map(valueText).join(', ')}]` : String(value);
}
