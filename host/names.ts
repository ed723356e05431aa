/** Names of cooperatives, currencies and permissions: what people read, and what must not mislead them. */

import { utf8 } from '../vm/index.ts';

/** So that the keys of the tables that hold names stay short. */
const NAME_BYTES_MAX = 128;

/** Well-formed text of 1 to 128 bytes of UTF-8 without control characters and without spaces at either end. */
export function nameIsSound(name: string): boolean {
  if (name === '' || !name.isWellFormed() || utf8(name).length > NAME_BYTES_MAX) return false;
  return name.trim() === name && !/\p{C}/u.test(name);
}
