/** What the chapter on the virtual machine shows is so: its program, its trace, the sections and files that it names. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse, build, lineOfPart, localsOf, lowerProgram } from '../../compiler/index.ts';
import { traceRule } from '../../testing/index.ts';
import { assemble, execute, validate } from '../../vm/index.ts';
import { recorder } from '../vm/recorder.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/vm.md'), 'utf8');

describe('docs/vm.md', () => {
  test('its program assembles, validates and runs', () => {
    const [, text = ''] = /\$ cat double\.asm\n([\s\S]*?)\$ ccl asm/.exec(PAGE) ?? [];
    const assembled = assemble(text);
    if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
    const validated = validate(assembled.artifact);
    if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
    const outcome = execute(validated.program, { entry: 'double', args: [21n], gasLimit: 2_000 }, recorder());
    expect(outcome).toMatchObject({ ok: true, result: 42n });
  });

  test('its trace is what the trace of that call shows', () => {
    const path = join(ROOT, 'examples/timebank/TimeBank.ccl');
    const analysis = analyse(new Map([['TimeBank.ccl', readFileSync(path, 'utf8')]]), 'TimeBank.ccl');
    const contract = lowerProgram(analysis).contracts[0]!;
    const { visits } = traceRule({
      artifact: build(contract, { claims: [], marks: [] }),
      creator: 'alice',
      initArgs: [],
      others: [],
      before: [{ entry: 'join', args: [], by: 'bob', spending: null }],
      call: { entry: 'record', args: ['alice', '2.50 hours'], by: 'bob', spending: null },
      locals: new Map([[contract.name, localsOf(contract)]]),
      lineOf: (offset) => lineOfPart(analysis.parts, offset),
      stepsMax: 1_000,
    });
    const shown = visits.find(({ line }) => line?.text === 'worked[provider] += amount;')!;
    expect(PAGE).toMatch(new RegExp(`^${shown.gas} +\\d+ +worked\\[provider\\] \\+= amount;$`, 'm'));
    expect(shown.effects).toEqual([{ kind: 'write', place: 'worked[alice]', value: '2.50 hours' }]);
  });

  test('the files that it names are there', () => {
    const named = [...PAGE.matchAll(/`((?:vm|test)\/[a-z/.]+)`/g)].map(([, path]) => path!);
    expect(named.length).toBeGreaterThan(8);
    for (const path of named) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
  });
});
