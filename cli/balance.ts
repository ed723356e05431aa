/** A balance that a node proves, checked by the client: the answer with its proof in; the amount out, or why not to believe it. */
import { BALANCES, balanceOf, keyOf, overlay } from '../host/index.ts';
import { readProved, type Trust, verifyQuery } from '../runtime/index.ts';

export type ProvedBalance =
  | { readonly ok: true; readonly amount: bigint; readonly height: bigint; readonly root: Uint8Array }
  | { readonly ok: false; readonly reason: string };

/** `answer` is that of `GET /api/v1/query?prove=true`. The amount is read from the proved bytes, not from the node's words. */
export function provedBalance(
  answer: unknown,
  currency: string,
  account: string,
  trust: Trust,
): ProvedBalance {
  const proved = readProved(answer);
  if (proved === null) return { ok: false, reason: 'the answer carries no proof' };
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
