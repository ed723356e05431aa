/** Actions as text and back. What stands in them for the contract's own account may be another account later. */
import type { Action } from './steps.ts';

export function textOfActions(account: string, actions: readonly Action[]): string {
  return JSON.stringify(actions, (_, value: unknown) => {
    if (value === account) return 'self';
    if (typeof value === 'bigint') return `int ${value}`;
    if (value instanceof Uint8Array) return `hex ${Buffer.from(value).toString('hex')}`;
    return typeof value === 'string' ? `text ${value}` : value;
  });
}
