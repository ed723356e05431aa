/** Amounts on the command line: `2.50 hours` into smallest units. */
import { amountText } from '../host/index.ts';
import type { CurrencyDecl } from '../vm/index.ts';
import { fail } from './failure.ts';

export type NamedAmount = { readonly currency: string; readonly amount: bigint };

/** `2.50 hours`, in one argument each, or `2.50` and `hours` in two. */
export function readAmounts(
  words: readonly string[],
  currencies: readonly CurrencyDecl[],
): readonly NamedAmount[] {
  const parts = words.join(' ').trim().split(/\s+/);
  return Array.from({ length: Math.ceil(parts.length / 2) }, (_, i) =>
    readAmount(parts[2 * i]!, parts[2 * i + 1] ?? '', currencies),
  );
}

function readAmount(digits: string, name: string, currencies: readonly CurrencyDecl[]): NamedAmount {
  const currency = currencies.find((candidate) => candidate.name === name);
  const [, whole = '', fraction = ''] = /^(\d[\d_]*)(?:\.(\d+))?$/.exec(digits) ?? [];
  const fits = currency !== undefined && whole !== '' && fraction.length <= currency.decimals;
  if (!fits)
    return fail('C0208', {
      text: `${digits} ${name}`.trim(),
      what: 'amount',
      example: exampleOf(currencies),
    });
  return {
    currency: name,
    amount: BigInt(whole.replaceAll('_', '') + fraction.padEnd(currency.decimals, '0')),
  };
}

function exampleOf(currencies: readonly CurrencyDecl[]): string {
  const [first] = currencies;
  return first === undefined
    ? '"2.50 hours", and this contract has no currency'
    : `"${amountText(10n ** BigInt(first.decimals), first)}"`;
}
