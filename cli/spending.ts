/** What a call would take from its signer: found by simulation, shown, and confirmed before anything is signed. */
import { amountText } from '../host/index.ts';
import type { Spend } from '../runtime/index.ts';
import { readAmounts } from './amount.ts';
import type { Client } from './client.ts';
import { fail } from './failure.ts';
import type { Shell } from './shell.ts';
import { ask } from './terminal.ts';

export type SpendOptions = { readonly spend?: readonly string[]; readonly yes?: true };

/** A currency of the ledger: `id` is `hours@riverside`. */
export type LedgerCurrency = { readonly id: string; readonly name: string; readonly decimals: number };

/** The currencies with these ids, as the ledger has them. */
export async function ledgerCurrencies(
  client: Client,
  ids: readonly string[],
): Promise<readonly LedgerCurrency[]> {
  const found: LedgerCurrency[] = [];
  for (const id of ids) {
    const { answer } = (await client.get('/api/v1/query', { path: `/currency/${encodeURIComponent(id)}` }))
      .json as {
      readonly answer: { readonly name: string; readonly decimals: string };
    };
    found.push({ id, name: answer.name, decimals: Number(answer.decimals) });
  }
  return found;
}

/** The limits to sign: those given with `--spend`, or what the simulation took, once that is confirmed. */
export async function agreedSpends(
  shell: Shell,
  currencies: readonly LedgerCurrency[],
  taken: readonly Spend[],
  options: SpendOptions,
): Promise<readonly Spend[]> {
  if (options.spend !== undefined)
    return enough(currencies, taken, givenSpends(currencies, options.spend), options.spend);
  const spends = taken.filter(({ amount }) => amount > 0n);
  if (spends.length === 0) return [];
  const shown = spendsText(currencies, spends);
  shell.terminal.note(`This call takes at most ${shown} from you.\n`);
  if (options.yes) return spends;
  if (!shell.terminal.interactive) return fail('C0408', { spends: shown });
  const answer = await ask('Sign it? [y/N] ');
  return /^y(es)?$/i.test(answer.trim()) ? spends : fail('C0408', { spends: shown });
}

/** Nothing is signed that the simulation shows to fail. */
function enough(
  currencies: readonly LedgerCurrency[],
  taken: readonly Spend[],
  given: readonly Spend[],
  words: readonly string[],
): readonly Spend[] {
  const limitOf = (id: string) =>
    given.reduce((sum, { currency, amount }) => (currency === id ? sum + amount : sum), 0n);
  const short = taken.filter(({ currency, amount }) => amount > limitOf(currency));
  if (short.length === 0) return given;
  const reason = `it takes ${spendsText(currencies, short)}, and --spend allows ${words.join(' ')}`;
  return fail('C0407', { reason, name: 'SpendingLimit' });
}

function givenSpends(currencies: readonly LedgerCurrency[], words: readonly string[]): readonly Spend[] {
  const declared = currencies.map(({ name, decimals }) => ({ name, decimals, kind: 'mutual' as const }));
  return readAmounts(words, declared).map(({ currency, amount }) => {
    const { id } = currencies.find(({ name }) => name === currency)!;
    return { currency: id, amount };
  });
}

function spendsText(currencies: readonly LedgerCurrency[], spends: readonly Spend[]): string {
  return spends
    .map(({ currency, amount }) =>
      amountText(amount, currencies.find(({ id }) => id === currency) ?? { name: currency, decimals: 0 }),
    )
    .join(', ');
}
