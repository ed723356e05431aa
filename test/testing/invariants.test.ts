/** `test invariants`: what is found, how far it shrinks, and that what is pasted fails for the same reason. */
import { describe, expect, test } from 'vitest';
import { type InvariantsResult, runInvariants, runTests } from '../../testing/index.ts';
import { fixtures, goldenTests } from '../harness.ts';
import { programOf } from './compiled.ts';

const OPTIONS = { seed: 20_260_131, calls: 600, length: 40 };

function resultsOf(text: string): InvariantsResult[] {
  const program = programOf(text);
  return program.invariants.map((plan) => {
    const run = runInvariants(program, plan, OPTIONS);
    for (;;) {
      const { done, value } = run.next();
      if (done === true) return value;
    }
  });
}

const RESULTS = new Map<string, InvariantsResult[]>();
function remembered(name: string, text: string): InvariantsResult[] {
  const results = RESULTS.get(name) ?? resultsOf(text);
  RESULTS.set(name, results);
  return results;
}

goldenTests('testing/invariants', '.ccl', ({ name, text }) =>
  remembered(name, text).map(resultText).join(''),
);

function resultText({ contract, sequences, entries, broken }: InvariantsResult): string {
  const rows = entries.map(({ entry, calls, succeeded, refusals }) => {
    const why = refusals.map(({ reason, count }) => `    ${count} times: ${reason}\n`).join('');
    return `  ${entry}: ${calls} calls, ${succeeded} succeeded\n${why}`;
  });
  const found =
    broken === null ? '' : `  ${broken.says}\n  ${broken.met} steps to ${broken.shown}\n${broken.paste}`;
  return `${contract}: ${sequences} sequences\n${rows.join('')}${found}`;
}

describe('what is pasted', () => {
  for (const { name, text } of fixtures('testing/invariants', '.ccl')) {
    test(`${name} fails for the same reason`, () => {
      for (const { broken } of remembered(name, text)) {
        if (broken === null) continue;
        const [result] = runTests(programOf(`${text}\n${broken.paste}`));
        expect(result!.failure?.message).toContain(broken.says);
        expect(result!.failure?.position).toEqual(broken.span);
      }
    });
  }
});
