/**
 * The blocks of code in the design, `../shared/design/language.md`, which the repository does not ship: every one of them
 * checks without a mistake. Blocks that are no whole source get what they need around them, here, by their order.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyse, format } from '../../compiler/index.ts';
import { runTests } from '../../testing/index.ts';
import { programOf } from '../testing/compiled.ts';
import { blocksOf } from './blocks.ts';

const DESIGN = join(import.meta.dirname, '../../../shared/design/language.md');

/** What stands around a block, with `@` in its place; what of it is only sketched is written out. */
type Setting = { readonly title: string; readonly around: (block: string, all: readonly string[]) => string };

const SETTINGS: readonly Setting[] = [
  { title: 'a contract', around: (block) => block },
  { title: 'types', around: (block) => block },
  {
    title: 'proofs',
    around: (block) => `contract Credit {
      uses ledger.write;
      currency hours { decimals 2 }
      state { credit: Map<Did, Amount<hours>>; }
      rule withdraw(x: Amount<hours>)
        requires x > 0 hours && x <= credit[caller] else "that is not yours"
      {
        credit[caller] -= x;
        ledger.transfer(self, caller, x);
      }
      fn credit_of(d: Did) -> Amount<hours> { return credit[d]; }
      ${block}
    }`,
  },
  {
    title: 'tests',
    around: (block, [bank]) => `${bank}\n${block.replace('{ … }', '{ expect amounts.length <= 20; }')}`,
  },
];

const blocks = existsSync(DESIGN) ? blocksOf(readFileSync(DESIGN, 'utf8')).map(({ shown }) => shown) : null;

describe('the blocks of the design', () => {
  if (blocks === null) {
    test('are not beside this checkout', () => {
      console.warn(`nothing at ${DESIGN}: the blocks of the design are not checked here`);
      expect(existsSync(DESIGN)).toBe(false);
    });
    return;
  }
  test('are those that are known here', () => expect(blocks.length).toBe(SETTINGS.length));
  test.each(SETTINGS.map((setting, index) => ({ ...setting, block: blocks[index]! })))(
    '$title',
    async ({ around, block }) => {
      const source = around(block, blocks);
      const { diagnostics } = analyse(new Map([['design.ccl', source]]), 'design.ccl');
      expect(
        diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
      ).toEqual([]);
      expect(await format(source, { file: 'design.ccl' })).toMatchObject({ ok: true });
      expect(runTests(programOf(source)).filter(({ failure }) => failure !== null)).toEqual([]);
    },
  );
});
