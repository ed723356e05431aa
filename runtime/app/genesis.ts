/**
 * The genesis file: text in, typed genesis or the first mistake with its field's path out. Its SHA-256 is part of the
 * chain id, so every byte of it counts. 64-bit values are decimal strings; small ones may be numbers.
 */
import type { GenesisMember, Genesis as HostGenesis } from '../../host/index.ts';
import { sha256 } from '../../vm/index.ts';
import type { Decoded } from '../codec/schema.ts';
import { TX_LIMITS } from '../codec/transaction.ts';

/** Consensus parameters; governance will change them. */
export type Parameters = {
  /** Gas units that a member can have at most, and gets back each second of block time. */
  readonly gasAllowanceMax: number;
  readonly gasRefillPerSecond: number;
  /** Sum of the gas limits, and of the bytes, of a block's transactions. */
  readonly blockGasMax: number;
  readonly blockBytesMax: number;
  /** Blocks after which a deployment that was not attested is dropped. */
  readonly deploymentExpiryBlocks: number;
  /** Deployments that wait for attestation at a time, and that become callable in one block. */
  readonly deploymentsPendingMax: number;
  readonly deploymentsPerBlockMax: number;
  /** Hooks of contracts that one block runs; what is due beyond that runs in the next. */
  readonly hooksPerBlockMax: number;
  /** Whether contracts with clauses marked `unproved` are accepted. */
  readonly acceptUnproved: boolean;
};

export type GenesisValidator = { readonly did: string; readonly power: bigint };

export type Genesis = {
  readonly name: string;
  /** Seconds since 1970. */
  readonly time: bigint;
  /** Made with `--dev`: throw-away keys may sign here, and only here. */
  readonly dev: boolean;
  readonly parameters: Parameters;
  readonly validators: readonly GenesisValidator[];
  readonly host: HostGenesis;
};

export const DEFAULT_PARAMETERS: Parameters = {
  gasAllowanceMax: 200_000_000,
  gasRefillPerSecond: 100_000,
  blockGasMax: 1_000_000_000,
  blockBytesMax: 4 << 20,
  deploymentExpiryBlocks: 1_000,
  deploymentsPendingMax: 64,
  deploymentsPerBlockMax: 8,
  hooksPerBlockMax: 64,
  acceptUnproved: false,
};

/** Smallest and largest value of each parameter; a block must hold its largest transaction, and fit its codec. */
const RANGES: { readonly [name in Exclude<keyof Parameters, 'acceptUnproved'>]: readonly [number, number] } =
  {
    gasAllowanceMax: [1, 2 ** 50],
    gasRefillPerSecond: [0, 2 ** 50],
    blockGasMax: [1, 2 ** 50],
    blockBytesMax: [TX_LIMITS.txBytesMax, 6 << 20],
    deploymentExpiryBlocks: [1, 2 ** 40],
    deploymentsPendingMax: [1, 1024],
    deploymentsPerBlockMax: [1, 1024],
    hooksPerBlockMax: [0, 1024],
  };
const VALIDATORS_MAX = 256;

export const GENESIS_BYTES_MAX = 16 << 20;
const POWER_MAX = 10n ** 12n;

export function parseGenesis(data: Uint8Array): Decoded<Genesis> {
  if (data.length > GENESIS_BYTES_MAX)
    return { ok: false, message: `genesis: larger than ${GENESIS_BYTES_MAX} bytes` };
  try {
    return {
      ok: true,
      value: readGenesis(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data)), 'genesis'),
    };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The text of a genesis file, for `ccl node init`: what `parseGenesis` reads back as the same. */
export function renderGenesis(genesis: Genesis): string {
  const { name, time, dev, parameters, validators, host } = genesis;
  const file = { format: FORMAT, name, time: time.toString(), dev, parameters, validators, ...host };
  return `${JSON.stringify(file, renderValue, 2)}\n`;
}

/** `<name>-<first eight bytes of the file's SHA-256>`. */
export function chainIdOf(genesis: Genesis, data: Uint8Array): string {
  return `${genesis.name}-${toHex(sha256(data).slice(0, 8))}`;
}

// ---- reading -----------------------------------------------------------------------------------

const FORMAT = 'ccl-genesis-1';

type Fields = Readonly<Record<string, unknown>>;

function readGenesis(json: unknown, path: string): Genesis {
  const fields = object(json, path, [
    'format',
    'name',
    'time',
    'dev',
    'parameters',
    'validators',
    'cooperatives',
    'currencies',
    'members',
  ]);
  if (fields['format'] !== FORMAT) throw wrong(`${path}.format`, `"${FORMAT}"`);
  const name = text(fields['name'], `${path}.name`);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name))
    throw wrong(`${path}.name`, 'up to 32 letters, digits and . _ -');
  const time = int(fields['time'], `${path}.time`, 0n, 1n << 62n);
  return {
    name,
    time,
    dev: fields['dev'] === undefined ? false : boolean(fields['dev'], `${path}.dev`),
    parameters: readParameters(fields['parameters'] ?? {}, `${path}.parameters`),
    validators: readValidators(fields['validators'], `${path}.validators`),
    host: readHost(fields, path),
  };
}

function readParameters(json: unknown, path: string): Parameters {
  const fields = object(json, path, Object.keys(DEFAULT_PARAMETERS));
  const entries = Object.entries(DEFAULT_PARAMETERS).map(([name, standard]) => {
    const given = fields[name];
    if (given === undefined) return [name, standard];
    const at = `${path}.${name}`;
    if (name === 'acceptUnproved') return [name, boolean(given, at)];
    const [min, max] = RANGES[name as keyof typeof RANGES];
    return [name, Number(int(given, at, BigInt(min), BigInt(max)))];
  });
  return Object.fromEntries(entries) as Parameters;
}

function readValidators(json: unknown, path: string): GenesisValidator[] {
  const validators = array(json, path).map((item, index) => {
    const at = `${path}[${index}]`;
    const fields = object(item, at, ['did', 'power']);
    return {
      did: text(fields['did'], `${at}.did`),
      power: int(fields['power'], `${at}.power`, 1n, POWER_MAX),
    };
  });
  if (validators.length === 0 || validators.length > VALIDATORS_MAX)
    throw wrong(path, `1 to ${VALIDATORS_MAX} validators`);
  const repeated = validators.findIndex(
    ({ did }, index) => validators.findIndex((other) => other.did === did) < index,
  );
  if (repeated >= 0) throw wrong(`${path}[${repeated}].did`, 'each validator once');
  return validators;
}

function readHost(fields: Fields, path: string): HostGenesis {
  return {
    cooperatives: each(fields['cooperatives'], `${path}.cooperatives`, readCooperative),
    currencies: each(fields['currencies'], `${path}.currencies`, readCurrency),
    members: each(fields['members'], `${path}.members`, readMember),
  };
}

function readCooperative(json: unknown, path: string): HostGenesis['cooperatives'][number] {
  const fields = object(json, path, ['id', 'name']);
  return { id: text(fields['id'], `${path}.id`), name: text(fields['name'], `${path}.name`) };
}

function readCurrency(json: unknown, path: string): HostGenesis['currencies'][number] {
  const fields = object(json, path, ['id', 'cooperative', 'name', 'decimals', 'kind']);
  const kind = fields['kind'] ?? 'mutual';
  if (kind !== 'mutual' && kind !== 'issued') throw wrong(`${path}.kind`, '"mutual" or "issued"');
  return {
    id: text(fields['id'], `${path}.id`),
    cooperative: text(fields['cooperative'], `${path}.cooperative`),
    name: text(fields['name'], `${path}.name`),
    decimals: Number(int(fields['decimals'], `${path}.decimals`, 0n, 18n)),
    kind,
  };
}

function readMember(json: unknown, path: string): GenesisMember {
  const fields = object(json, path, ['did', 'key', 'cooperatives', 'permissions', 'limits', 'holdings']);
  return {
    did: text(fields['did'], `${path}.did`),
    key: hex(fields['key'], `${path}.key`, 32),
    cooperatives: each(fields['cooperatives'] ?? [], `${path}.cooperatives`, text),
    permissions: each(fields['permissions'] ?? [], `${path}.permissions`, readPermission),
    limits: each(fields['limits'] ?? [], `${path}.limits`, readLimit),
    holdings: each(fields['holdings'] ?? [], `${path}.holdings`, readHolding),
  };
}

function readPermission(json: unknown, path: string): GenesisMember['permissions'][number] {
  const fields = object(json, path, ['cooperative', 'permission']);
  return {
    cooperative: text(fields['cooperative'], `${path}.cooperative`),
    permission: text(fields['permission'], `${path}.permission`),
  };
}

function readLimit(json: unknown, path: string): GenesisMember['limits'][number] {
  const fields = object(json, path, ['currency', 'floor']);
  return {
    currency: text(fields['currency'], `${path}.currency`),
    floor: int(fields['floor'], `${path}.floor`, INT64_MIN, 0n),
  };
}

function readHolding(json: unknown, path: string): GenesisMember['holdings'][number] {
  const fields = object(json, path, ['currency', 'amount']);
  return {
    currency: text(fields['currency'], `${path}.currency`),
    amount: int(fields['amount'], `${path}.amount`, 0n, INT64_MAX),
  };
}

// ---- fields ------------------------------------------------------------------------------------

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

function object(json: unknown, path: string, known: readonly string[]): Fields {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(path, 'an object');
  const unknown = Object.keys(json).find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrong(`${path}.${unknown}`, `one of ${known.join(', ')}`);
  return json as Fields;
}

function array(json: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(json)) throw wrong(path, 'a list');
  return json;
}

function each<T>(json: unknown, path: string, readItem: (item: unknown, at: string) => T): T[] {
  return array(json, path).map((item, index) => readItem(item, `${path}[${index}]`));
}

function text(json: unknown, path: string): string {
  if (typeof json !== 'string' || !json.isWellFormed()) throw wrong(path, 'text');
  return json;
}

function boolean(json: unknown, path: string): boolean {
  if (typeof json !== 'boolean') throw wrong(path, 'true or false');
  return json;
}

/** A decimal string, or a number that JavaScript holds exactly. */
function int(json: unknown, path: string, min: bigint, max: bigint): bigint {
  const digits = typeof json === 'number' && Number.isSafeInteger(json) ? String(json) : json;
  if (typeof digits !== 'string' || !/^-?(0|[1-9][0-9]{0,18})$/.test(digits)) throw wrong(path, 'an integer');
  const value = BigInt(digits);
  if (value < min || value > max) throw wrong(path, `an integer from ${min} to ${max}`);
  return value;
}

function hex(json: unknown, path: string, byteCount: number): Uint8Array {
  const digits = text(json, path);
  if (!/^[0-9a-f]*$/.test(digits) || digits.length !== 2 * byteCount)
    throw wrong(path, `${byteCount} bytes in lower-case hex`);
  return Uint8Array.from({ length: byteCount }, (_, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

function wrong(path: string, expected: string): Error {
  return new Error(`${path}: expected ${expected}`);
}

function renderValue(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? toHex(value) : value;
}

function toHex(data: Uint8Array): string {
  return [...data].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
