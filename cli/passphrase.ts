/** The passphrase of a keystore: from a private file, an open descriptor, or the terminal; never from an argument. */
import { readSync } from 'node:fs';
import type { Command } from 'commander';
import { type OpenedKey, openKeystore, readPassphraseFile, readPrivateFile } from '../runtime/index.ts';
import { fail } from './failure.ts';
import { failKey } from './keyfile.ts';
import type { Shell } from './shell.ts';
import { askSecret, type Terminal } from './terminal.ts';

export type SecretOptions = { readonly passphraseFile?: string; readonly passphraseFd?: string };

/** Adds the options by which a passphrase is given. */
export function withSecretOptions(command: Command): Command {
  return command
    .option('--passphrase-file <file>', 'read the passphrase from a file of mode 0600')
    .option('--passphrase-fd <number>', 'read the passphrase from an open file descriptor');
}

/** The key in a keystore file; asks for the passphrase where the file is sealed. */
export async function openKey({ terminal }: Shell, path: string, options: SecretOptions): Promise<OpenedKey> {
  const file = readPrivateFile(path);
  if (!file.ok) return failKey(path, file);
  const unsealed = openKeystore(file.value, '');
  if (unsealed.ok && unsealed.value.dev) return unsealed.value;
  if (!unsealed.ok && unsealed.code !== 'WrongPassphrase') return failKey(path, unsealed);
  const passphrase = await givenPassphrase(terminal, options, `Passphrase of ${path}: `);
  const opened = openKeystore(file.value, passphrase);
  return opened.ok ? opened.value : failKey(path, opened);
}

/** A passphrase for a new key; on the terminal it is asked for twice. */
export async function newPassphrase({ terminal }: Shell, options: SecretOptions): Promise<string> {
  const first = await givenPassphrase(terminal, options, 'New passphrase: ');
  if (first === '') return fail('C0304', {});
  if (options.passphraseFile !== undefined || options.passphraseFd !== undefined) return first;
  const second = await askSecret('The same again: ');
  return first === second ? first : fail('C0303', {});
}

async function givenPassphrase(
  terminal: Terminal,
  options: SecretOptions,
  question: string,
): Promise<string> {
  const { passphraseFile, passphraseFd } = options;
  if (passphraseFile !== undefined) {
    const read = readPassphraseFile(passphraseFile);
    return read.ok ? read.value : failKey(passphraseFile, read);
  }
  if (passphraseFd !== undefined) return readDescriptor(passphraseFd);
  return terminal.interactive ? askSecret(question) : fail('C0302', {});
}

const PASSPHRASE_BYTES_MAX = 4096;

/** The first line of the descriptor. */
function readDescriptor(text: string): string {
  if (!/^[0-9]{1,4}$/.test(text)) return fail('C0208', { text, what: 'file descriptor', example: '3' });
  const buffer = Buffer.alloc(PASSPHRASE_BYTES_MAX);
  let length = 0;
  try {
    for (;;) {
      const count = readSync(Number(text), buffer, length, buffer.length - length, null);
      if (count === 0) break;
      length += count;
    }
  } catch (error) {
    return fail('C0306', {
      descriptor: text,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
  return buffer.toString('utf8', 0, length).replace(/\r?\n.*$/s, '');
}
