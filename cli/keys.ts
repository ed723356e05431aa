/** `ccl keys new|show`: keystore files. A new key is sealed with a passphrase; `--dev` makes a throw-away one. */
import { Command } from 'commander';
import {
  DEFAULT_COST,
  describeKeystore,
  didOfKey,
  generateKey,
  readPrivateFile,
  sealKey,
  writeDevKey,
  writePrivateFile,
} from '../runtime/index.ts';
import { failKey } from './keyfile.ts';
import { newPassphrase, type SecretOptions, withSecretOptions } from './passphrase.ts';
import { command, type Shell } from './shell.ts';
import { jsonText } from './terminal.ts';

type NewOptions = SecretOptions & { readonly dev?: true; readonly json?: true };

export function declare(shell: Shell): Command {
  const makeKey = command('new <file>', 'Makes a key and writes it to a new file that only you may read.', [
    'ccl keys new alice.key',
    'ccl keys new --dev throwaway.key',
  ])
    .option('--dev', 'a throw-away key without passphrase, for chains made with --dev only')
    .option('--json', 'print JSON')
    .action((file: string, options: NewOptions) => writeKey(shell, file, options));
  const showKey = command('show <file>', 'Prints the DID of a key file; needs no passphrase.', [
    'ccl keys show alice.key',
  ])
    .option('--json', 'print JSON')
    .action((file: string, options: { readonly json?: true }) => describeKey(shell, file, options));
  return new Command('keys')
    .description('Makes and shows keys.')
    .addCommand(withSecretOptions(makeKey))
    .addCommand(showKey);
}

async function writeKey(shell: Shell, file: string, options: NewOptions): Promise<void> {
  const key = generateKey();
  const text = options.dev
    ? writeDevKey(key)
    : sealKey(key, await newPassphrase(shell, options), DEFAULT_COST);
  const written = writePrivateFile(file, text);
  if (!written.ok) failKey(file, written);
  const did = didOfKey(key.publicKey);
  shell.terminal.out(options.json ? jsonText({ file, did, dev: options.dev === true }) : `${did}\n`);
  if (options.dev)
    shell.terminal.note(`${file} is not sealed: it is a throw-away key, for chains made with --dev.\n`);
}

function describeKey({ terminal }: Shell, file: string, options: { readonly json?: true }): void {
  const read = readPrivateFile(file);
  if (!read.ok) failKey(file, read);
  const found = describeKeystore(read.value);
  if (!found.ok) failKey(file, found);
  terminal.out(options.json ? jsonText({ file, ...found.value }) : `${found.value.did}\n`);
}
