/** `ccl node init|start|check`: a node's directory, and the node on it. */
import { join } from 'node:path';
import { Command } from 'commander';
import {
  checkDirectory,
  initDirectory,
  type Node,
  type OpenedKey,
  openNode,
  parseGenesis,
  type Refused,
  renderGenesis,
} from '../runtime/index.ts';
import { fail } from './failure.ts';
import { readBytes } from './file.ts';
import {
  DEV_VALIDATOR,
  type FoundingOptions,
  genesisOf,
  makeDevKeys,
  withFoundingOptions,
  writeDevKeys,
} from './founding.ts';
import { openKey, type SecretOptions, withSecretOptions } from './passphrase.ts';
import { createProver } from './prover.ts';
import { command, type Shell } from './shell.ts';
import { jsonText } from './terminal.ts';

type InitOptions = FoundingOptions & { readonly genesis?: string; readonly json?: true };
type StartOptions = SecretOptions & {
  readonly key?: string;
  readonly host: string;
  readonly port: string;
  readonly interval: string;
  readonly dev?: true;
  readonly json?: true;
};

/** The solver's resource that re-proving one deployment may take: some minutes of work. */
const PROVING_WORK_MAX = 4_000_000_000;

export function declare(shell: Shell): Command {
  return new Command('node')
    .description('Makes, runs and checks a node.')
    .addCommand(initCommand(shell))
    .addCommand(startCommand(shell))
    .addCommand(checkCommand(shell));
}

function initCommand(shell: Shell): Command {
  const made = command('init <directory>', 'Makes the directory of a node and the genesis of its chain.', [
    'ccl node init chain --dev',
    'ccl node init chain --validator @alice.key --member @bob.key --currency hours:2 --limit "100.00 hours"',
    'ccl node init chain --genesis genesis.json',
  ])
    .option('--genesis <file>', 'use this genesis instead of making one')
    .option('--json', 'print JSON');
  return withFoundingOptions(made).action((directory: string, options: InitOptions) =>
    init(shell, directory, options),
  );
}

function startCommand(shell: Shell): Command {
  const made = command('start <directory>', 'Runs the node until Ctrl-C; it always stops at a whole block.', [
    'ccl node start chain --dev',
    'ccl node start chain --key alice.key --port 26680',
  ])
    .option('--key <file>', "the validator's key")
    .option('--dev', `use the throw-away key ${DEV_VALIDATOR} of a chain made with --dev`)
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <number>', 'where to listen; 0 takes any free port', '26680')
    .option(
      '--interval <milliseconds>',
      'time between blocks; 0 makes one as soon as a transaction waits',
      '0',
    )
    .option('--json', 'print one JSON object per line');
  return withSecretOptions(made).action((directory: string, options: StartOptions) =>
    start(shell, directory, options),
  );
}

function checkCommand(shell: Shell): Command {
  return command(
    'check <directory>',
    'Reads the whole block log and the state, and says what a start would mend.',
    ['ccl node check chain'],
  )
    .option('--json', 'print JSON')
    .action((directory: string, options: { readonly json?: true }) => check(shell, directory, options));
}

// ---- init --------------------------------------------------------------------------------------

async function init({ terminal }: Shell, directory: string, options: InitOptions): Promise<void> {
  const devKeys = options.dev ? makeDevKeys(directory) : [];
  const genesis =
    options.genesis === undefined
      ? renderGenesis(genesisOf(directory, options, devKeys))
      : readBytes(options.genesis);
  const made = await initDirectory(directory, genesis);
  if (!made.ok) return refuse(made);
  writeDevKeys(devKeys);
  const keys = devKeys.map(({ path }) => path);
  if (options.json) return terminal.out(jsonText({ chainId: made.chainId, directory, keys }));
  terminal.out(`${made.chainId}\n`);
  terminal.note(
    options.dev
      ? `Throw-away keys: ${keys.join(', ')}\nNext: ccl node start ${directory} --dev\n`
      : `Next: ccl node start ${directory} --key FILE\n`,
  );
}

// ---- start -------------------------------------------------------------------------------------

async function start(shell: Shell, directory: string, options: StartOptions): Promise<void> {
  const validatorKey = await validatorKeyOf(shell, directory, options);
  const opened = await openNode({
    directory,
    validatorKey,
    prover: createProver(PROVING_WORK_MAX),
    clock: () => BigInt(Math.floor(Date.now() / 1000)),
    intervalMs: numberOf(options.interval, 'number of milliseconds', 3_600_000),
    api: { host: options.host, port: numberOf(options.port, 'port', 65_535) },
    report: ({ code, message }) => tell(shell, options, code, message),
  });
  if (!opened.ok) return refuse(opened);
  await runUntilStopped(shell, opened.node, options);
}

async function runUntilStopped(shell: Shell, node: Node, options: StartOptions): Promise<void> {
  const { host, port } = node.address!;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  shell.onInterrupt(() => {
    shell.finish('interrupted');
    void node.stop();
  });
  process.once('SIGTERM', () => void node.stop());
  const where = `${node.chainId} listens on ${url} (block ${node.height()})`;
  shell.terminal.out(
    options.json
      ? lineOf({ code: 'Listening', chainId: node.chainId, url, height: node.height() })
      : `${where}\n`,
  );
  const failure = await node.ended;
  if (failure !== null) fail('C0401', { reason: failure.message, name: failure.code });
  tell(shell, options, 'Stopped', `stopped at block ${node.height()}`);
}

/** `--dev` takes the throw-away key beside the chain; such a key runs only chains that were made for it. */
async function validatorKeyOf(shell: Shell, directory: string, options: StartOptions): Promise<OpenedKey> {
  const path = options.key ?? (options.dev ? join(directory, DEV_VALIDATOR) : null);
  if (path === null)
    return fail('C0201', { reason: 'the key of the validator is missing: give --key FILE, or --dev' });
  const genesis = parseGenesis(readBytes(join(directory, 'genesis.json')));
  if (!genesis.ok)
    return fail('C0401', { reason: `the genesis is not valid: ${genesis.message}`, name: 'BadGenesis' });
  const key = await openKey(shell, path, options);
  return key.dev && !genesis.value.dev ? fail('C0305', { path, chain: genesis.value.name }) : key;
}

function tell({ terminal }: Shell, options: StartOptions, code: string, message: string): void {
  if (options.json) terminal.out(lineOf({ code, message }));
  else terminal.note(`${message} (${code})\n`);
}

function lineOf(value: object): string {
  return `${JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? each.toString() : each))}\n`;
}

// ---- check -------------------------------------------------------------------------------------

async function check(
  { terminal }: Shell,
  directory: string,
  options: { readonly json?: true },
): Promise<void> {
  const checked = await checkDirectory(directory);
  if (!checked.ok) return refuse(checked);
  const { chainId, height, notices } = checked;
  if (options.json) return terminal.out(jsonText({ chainId, height, notices }));
  terminal.out(`${chainId} is whole, up to block ${height}\n`);
  for (const { code, message } of notices) terminal.out(`a start would mend: ${message} (${code})\n`);
}

function refuse({ error }: Refused): never {
  return fail('C0401', { reason: error.message, name: error.code });
}

function numberOf(text: string, what: string, max: number): number {
  const sound = /^[0-9]{1,9}$/.test(text) && Number(text) <= max;
  return sound ? Number(text) : fail('C0208', { text, what, example: '26680' });
}
