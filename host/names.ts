/** Names of cooperatives, currencies and permissions: what people read, and what must not mislead them. */
import { utf8 } from '../vm/index.ts';

/** So that the keys of the tables that hold names stay short. */
const NAME_BYTES_MAX = 128;
/** Written out: classes of characters differ between versions of Unicode, and so between machines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Well-formed text of 1 to 128 bytes of UTF-8 without control characters and without a space at either end. */
export function nameIsSound(name: string): boolean {
  if (name === '' || !name.isWellFormed() || utf8(name).length > NAME_BYTES_MAX) return false;
  return !name.startsWith(' ') && !name.endsWith(' ') && !CONTROL.test(name);
}
