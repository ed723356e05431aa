/** Names of cooperatives, currencies and permissions: what people read, and what must not mislead them. */

const NAME_UNITS_MAX = 128;

/** Well-formed text of 1 to 128 units without control characters and without spaces at either end. */
export function nameIsSound(name: string): boolean {
  if (name.length === 0 || name.length > NAME_UNITS_MAX || !name.isWellFormed()) return false;
  return name.trim() === name && !/\p{C}/u.test(name);
}
