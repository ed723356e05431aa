/** Keys: signatures, DIDs of keys, and the keystore file. */
export { didOfKey } from '../../vm/index.ts';
export * from './keystore.ts';
export * from './signature.ts';
