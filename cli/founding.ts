/** The genesis of a chain from the command line: who is a member, who validates, which currencies, what credit. */

import { mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  CURRENCY_PERMISSION,
  currencyIdOf,
  DEPLOY_PERMISSION,
  type GenesisMember,
  ISSUE_PERMISSION,
  UPGRADE_PERMISSION,
} from '../host/index.ts';
import {
  DEFAULT_PARAMETERS,
  didOfKey,
  type Genesis,
  generateKey,
  type KeyPair,
  writeDevKey,
  writePrivateFile,
} from '../runtime/index.ts';
import { type CurrencyDecl, parseDid } from '../vm/index.ts';
import { accountOf } from './account.ts';
import { readAmounts } from './amount.ts';
import { fail } from './failure.ts';
import { failKey } from './keyfile.ts';

export type FoundingOptions = {
  readonly dev?: true;
  readonly name?: string;
  readonly cooperative?: string;
  readonly validator?: string;
  readonly member: readonly string[];
  readonly currency: readonly string[];
  readonly limit: readonly string[];
};

export type DevKey = { readonly path: string; readonly key: KeyPair; readonly did: string };

/** Where `--dev` puts the validator's key, relative to the node's directory. */
export const DEV_VALIDATOR = join('keys', 'alice.key');
const DEV_MEMBERS = ['bob', 'carol'].map((name) => join('keys', `${name}.key`));

export function withFoundingOptions(command: Command): Command {
  return command
    .option(
      '--dev',
      'make throw-away keys for alice, bob and carol, with a currency `hours` and a credit limit',
    )
    .option('--name <name>', 'the name of the chain; the name of the directory where it is not given')
    .option(
      '--cooperative <id>',
      'the cooperative of the members; the name of the chain where it is not given',
    )
    .option('--validator <account>', 'who makes the blocks and may deploy: a DID or @FILE of a key')
    .option('--member <account...>', 'further members: DIDs or @FILEs of keys', [])
    .option(
      '--currency <name:decimals...>',
      'currencies of the cooperative, such as hours:2 or coin:0:issued',
      [],
    )
    .option('--limit <amount...>', 'how far each member may go below zero, such as "100.00 hours"', []);
}

const DEV: { readonly currency: readonly string[]; readonly limit: readonly string[] } = {
  currency: ['hours:2'],
  limit: ['100.00 hours'],
};

/** What `renderGenesis` writes. `devKeys`, where there are any, are the members. */
export function genesisOf(directory: string, options: FoundingOptions, devKeys: readonly DevKey[]): Genesis {
  const name = options.name ?? soundName(basename(resolve(directory)));
  const cooperative = options.cooperative ?? name;
  const validator = devKeys[0]?.did ?? validatorOf(options);
  const others = [...devKeys.slice(1).map(({ did }) => did), ...options.member.map(accountOf)];
  const currencies = (options.dev && options.currency.length === 0 ? DEV.currency : options.currency).map(
    currencyOf,
  );
  const limits = options.dev && options.limit.length === 0 ? DEV.limit : options.limit;
  const floors = limits.length === 0 ? [] : readAmounts(limits, currencies);
  const member = (did: string, permissions: readonly string[]): GenesisMember => ({
    did,
    key: keyOf(did),
    cooperatives: [cooperative],
    permissions: permissions.map((permission) => ({ cooperative, permission })),
    limits: floors.map(({ currency, amount }) => ({
      currency: currencyIdOf(cooperative, currency),
      floor: -amount,
    })),
    holdings: [],
  });
  return {
    name,
    time: BigInt(Math.floor(Date.now() / 1000)),
    dev: options.dev === true,
    parameters: DEFAULT_PARAMETERS,
    validators: [{ did: validator, power: 1n }],
    host: {
      cooperatives: [{ id: cooperative, name: cooperative }],
      currencies: currencies.map((currency) => ({
        id: currencyIdOf(cooperative, currency.name),
        cooperative,
        ...currency,
      })),
      members: [
        member(validator, FOUNDER),
        ...others.filter((did) => did !== validator).map((did) => member(did, [])),
      ],
    },
  };
}

const FOUNDER = [DEPLOY_PERMISSION, UPGRADE_PERMISSION, CURRENCY_PERMISSION, ISSUE_PERMISSION];

/** Throw-away keys, the validator's first, for a node in `directory`. */
export function makeDevKeys(directory: string): readonly DevKey[] {
  return [DEV_VALIDATOR, ...DEV_MEMBERS].map((relative) => {
    const key = generateKey();
    return { path: join(directory, relative), key, did: didOfKey(key.publicKey) };
  });
}

export function writeDevKeys(keys: readonly DevKey[]): void {
  for (const { path, key } of keys) {
    mkdirSync(dirname(path), { recursive: true });
    const written = writePrivateFile(path, writeDevKey(key));
    if (!written.ok) failKey(path, written);
  }
}

/** A folder may be called anything; a chain may not. */
function soundName(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 32) || 'chain'
  );
}

function validatorOf({ validator }: FoundingOptions): string {
  const reason = 'the chain needs a validator: give --validator @FILE, --genesis FILE, or --dev';
  return validator === undefined ? fail('C0201', { reason }) : accountOf(validator);
}

function keyOf(did: string): Uint8Array {
  const parsed = parseDid(did);
  const key = parsed?.kind === 'key' ? parsed.publicKey : null;
  return (
    key ??
    fail('C0208', {
      text: did,
      what: 'DID that holds a key',
      example: 'did:icn:z6Mk…, as `ccl keys show` prints it',
    })
  );
}

/** `hours:2`, `coin:0:issued` */
function currencyOf(text: string): CurrencyDecl {
  const [, name, decimals, kind] = /^([A-Za-z_]\w*):(\d{1,2})(?::(mutual|issued))?$/.exec(text) ?? [];
  if (name === undefined || decimals === undefined)
    return fail('C0208', { text, what: 'currency', example: 'hours:2' });
  return { name, decimals: Number(decimals), kind: kind === 'issued' ? 'issued' : 'mutual' };
}
