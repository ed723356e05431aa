/** A balance that a node proves, checked by the client: value, proof and header in; the amount out, or why not to believe it. */
import { BALANCES, balanceOf, keyOf, overlay } from '../host/index.ts';
import { type ProvedValue, type Trust, verifyQuery } from '../runtime/index.ts';

export type ProvedBalance =
  /** `height` is the block after which the root was this one; the header of the next states it. */
  | { readonly ok: true; readonly amount: bigint; readonly height: bigint; readonly root: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** The amount is read from the proved bytes, not from the node's words. */
export function provedBalance(
  proved: ProvedValue,
  currency: string,
  account: string,
  trust: Trust,
): ProvedBalance {
  const key = keyOf(BALANCES, currency, account);
  if (proved.key !== key) return { ok: false, reason: 'the proof is about something else' };
  const verified = verifyQuery(proved, trust);
  if (!verified.ok) return verified;
  const { value, header } = proved;
  const state = overlay({ get: (asked) => (asked === key && value !== null ? value : undefined) });
  return {
    ok: true,
    amount: balanceOf(state, currency, account),
    height: header.height - 1n,
    root: header.appRoot,
  };
}
