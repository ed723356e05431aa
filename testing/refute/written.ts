/**
 * Actions as text and back. The contract's own account has another name in each version of a contract; here it is
 * `self`.
 */
import type { Action } from './steps.ts';

export function textOfActions(account: string, actions: readonly Action[]): string {
  return JSON.stringify(actions, (_, value: unknown) => {
    if (value === account) return 'self';
    if (typeof value === 'bigint') return `int ${value}`;
    if (value instanceof Uint8Array) return `hex ${Buffer.from(value).toString('hex')}`;
    return typeof value === 'string' ? `text ${value}` : value;
  });
}

export function actionsOfText(account: string, text: string): readonly Action[] {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'string') return value;
    const [kind, rest] = [value.slice(0, 4), value.slice(4)];
    if (kind === 'self') return account;
    if (kind === 'int ') return BigInt(rest);
    return kind === 'hex ' ? Uint8Array.from(Buffer.from(rest, 'hex')) : value.slice('text '.length);
  }) as readonly Action[];
}
