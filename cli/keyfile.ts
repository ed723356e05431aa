/** What is wrong with a key file, or with a passphrase file, as a failure of the command: each kind has its own help. */
import type { KeystoreAnswer } from '../runtime/index.ts';
import { fail } from './failure.ts';

type Wrong = Extract<KeystoreAnswer<unknown>, { readonly ok: false }>;

const HELPS: { readonly [code in Wrong['code']]: string } = {
  NotAKeystore: 'name a file that `ccl keys new` made',
  DamagedKeystore: 'restore it from a backup',
  WrongPassphrase: 'try again; nobody can recover a passphrase that is lost',
  WrongMode: 'only its owner may read such a file',
  CannotRead: 'check the path, and who may read and write there',
  FileExists: 'choose another name: a key is never written over',
};

/** The messages of the system, such as `ENOENT: no such file or directory, open 'k'`, are no words for people. */
export function failKey(path: string, { code, message }: Wrong): never {
  if (message.includes('ENOENT:') || message.includes('ENOTDIR:')) return fail('C0101', { path });
  if (message.includes('EISDIR:')) return fail('C0102', { path });
  if (/E(ACCES|PERM|ROFS):/.test(message)) return fail('C0103', { path, reason: 'you are not allowed to' });
  const reason = message.includes(path) ? message : `${path}: ${message}`;
  return fail('C0301', { reason, name: code, help: HELPS[code] });
}
