/** Sources and the code that is made of them; every artifact validates. */
import { expect } from 'vitest';
import { disassemble, validate } from '../../vm/index.ts';
import { goldenTests } from '../harness.ts';
import { contractsOf } from '../testing/compiled.ts';

goldenTests('codegen', '.ccl', ({ text }) => {
  const artifacts = contractsOf(text);
  for (const artifact of artifacts) expect(validate(artifact)).toMatchObject({ ok: true });
  return artifacts.map(disassemble).join('\n');
});
