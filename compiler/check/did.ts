/** The form of a DID literal (W3C DID Core, section 3.1): `did:`, a method, and an identifier of that method. */

const DID_BYTES_MAX = 256;
const DID = /^did:[a-z0-9]+:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+(?::(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+)*$/;

export function isDid(text: string): boolean {
  return text.length <= DID_BYTES_MAX && DID.test(text);
}
