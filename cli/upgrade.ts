/** `ccl upgrade FILE --contract ID --key FILE`: proves a version, signs and sends it, and waits until it is in its place. */
import type { Command } from 'commander';
import { build } from '../compiler/index.ts';
import { successorRefusal } from '../host/index.ts';
import { buildContract } from './build.ts';
import { type Client, NODE_URL, openClient } from './client.ts';
import { decisionOn, fieldIn, materialsOf } from './deployment.ts';
import { fail } from './failure.ts';
import { checkLock } from './lock.ts';
import { openKey, type SecretOptions, withSecretOptions } from './passphrase.ts';
import { projectAround, projectNetwork } from './project.ts';
import { type Remote, remoteContract } from './remote.ts';
import { command, type Shell } from './shell.ts';
import { contractOf, soundFile } from './source.ts';
import { agreedSpends, ledgerCurrencies, type SpendOptions } from './spending.ts';
import { jsonText, progress } from './terminal.ts';
import { checkDevKey, send } from './transaction.ts';

type Options = SecretOptions &
  SpendOptions & {
    readonly key: string;
    readonly node: string;
    readonly contract: string;
    readonly json?: true;
  };

export function declare(shell: Shell): Command {
  const made = command(
    'upgrade <file>',
    'Proves a version of a contract and puts it in the place of the one that is deployed.',
    ['ccl upgrade TimeBank.ccl --contract did:icn:contract:4f… --key chain/keys/alice.key'],
  )
    .requiredOption('--contract <id>', 'the contract on the chain')
    .requiredOption('--key <file>', 'the key that signs; its holder needs the permission contract.upgrade')
    .option('--node <address>', 'the node', projectNetwork().node ?? NODE_URL)
    .option('--spend <amount...>', 'the most that upgrade may take from you, such as "2.50 hours"')
    .option('--json', 'print JSON');
  return withSecretOptions(made).action((file: string, options: Options) => upgrade(shell, file, options));
}

async function upgrade(shell: Shell, file: string, options: Options): Promise<void> {
  const { terminal } = shell;
  const project = projectAround(file);
  if (project !== null) checkLock(project, { locked: true });
  const analysis = soundFile(terminal, file, options);
  if (analysis === null) return shell.finish('wrong');
  const client = openClient(options.node);
  const remote = await remoteContract(client, options.contract);
  const contract = contractOf(analysis, remote.artifact.name);
  checkSuccessor(remote, build(contract, { claims: [], marks: [] }));
  const built = await buildContract(terminal, analysis, contract, options);
  if (built === null) return shell.finish('wrong');
  const key = await openKey(shell, options.key, options);
  await checkDevKey(client, key, options.key);
  const entry = built.artifact.entries.find(({ kind }) => kind === 'upgrade');
  const body = { ...materialsOf(analysis, built), kind: 'upgrade', contract: options.contract } as const;
  const spends = await upgradeSpends(shell, client, remote, options);
  const committed = await send(client, key, { body, spends, gasInside: entry?.gasMax ?? 0 });
  const id = fieldIn(client, committed.result.value, 'deployment');
  progress(
    terminal,
    `version ${contract.version} is in block ${committed.height}; the validators prove it again`,
  );
  const decided = await decisionOn(terminal, client, id);
  if (decided.status !== 'callable') fail('C0415', { reason: decided.reason });
  const { height } = decided;
  if (options.json)
    return terminal.out(
      jsonText({
        contract: options.contract,
        version: contract.version,
        transaction: committed.hash,
        height,
      }),
    );
  terminal.out(`${options.contract}\n`);
  terminal.note(`${contract.name} is version ${contract.version} since block ${height}\n`);
}

/** Before anything is proved. */
function checkSuccessor({ artifact }: Remote, next: Parameters<typeof successorRefusal>[1]): void {
  const refusal = successorRefusal(artifact, next);
  if (refusal !== null) fail('C0414', { reason: refusal.message });
}

/** `upgrade` cannot be simulated before it is there: what it may take has to be said. */
async function upgradeSpends(shell: Shell, client: Client, { currencies }: Remote, options: Options) {
  if (options.spend === undefined) return [];
  return agreedSpends(shell, await ledgerCurrencies(client, currencies), [], options);
}
