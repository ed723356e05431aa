/** `ccl deploy FILE --key FILE`: builds, proves, signs and sends a contract, and waits until it is callable. */

import type { Command } from 'commander';
import { argumentsOf } from './account.ts';
import { type Built, buildContract } from './build.ts';
import { type Client, NODE_URL, openClient } from './client.ts';
import { decisionOn, fieldIn, materialsOf } from './deployment.ts';
import { fail } from './failure.ts';
import { checkLock } from './lock.ts';
import { openKey, type SecretOptions, withSecretOptions } from './passphrase.ts';
import { projectAround, projectNetwork } from './project.ts';
import { command, type Shell } from './shell.ts';
import { contractOf, soundFile } from './source.ts';
import { agreedSpends, ledgerCurrencies, type SpendOptions } from './spending.ts';
import { jsonText, progress } from './terminal.ts';
import { checkDevKey, send } from './transaction.ts';

type Options = SecretOptions &
  SpendOptions & {
    readonly key: string;
    readonly node: string;
    readonly cooperative?: string;
    readonly contract?: string;
    readonly json?: true;
  };

export function declare(shell: Shell): Command {
  const made = command(
    'deploy <file> [args...]',
    'Proves a contract and deploys it; the arguments are those of init.',
    ['ccl deploy TimeBank.ccl --key chain/keys/alice.key --cooperative chain'],
  )
    .requiredOption('--key <file>', 'the key that signs; its holder needs the permission contract.deploy')
    .option(
      '--cooperative <id>',
      'the cooperative that the contract belongs to',
      projectNetwork().cooperative ?? undefined,
    )
    .option('--contract <name>', 'which contract of the file')
    .option('--node <address>', 'the node', projectNetwork().node ?? NODE_URL)
    .option('--spend <amount...>', 'the most that init may take from you, such as "2.50 hours"')
    .option('--json', 'print JSON');
  return withSecretOptions(made).action((file: string, args: readonly string[], options: Options) =>
    deploy(shell, file, args, options),
  );
}

async function deploy(shell: Shell, file: string, texts: readonly string[], given: Options): Promise<void> {
  const { terminal } = shell;
  const reason = 'the cooperative is not named: give --cooperative, or name it in ccl.toml below [network]';
  const options = { ...given, cooperative: given.cooperative ?? fail('C0201', { reason }) };
  const project = projectAround(file);
  if (project !== null) checkLock(project, { locked: true });
  const analysis = soundFile(terminal, file, options);
  if (analysis === null) return shell.finish('wrong');
  const contract = contractOf(analysis, options.contract);
  // Before the proofs, which take a while.
  const client = openClient(options.node);
  const key = await openKey(shell, options.key, options);
  await checkDevKey(client, key, options.key);
  const built = await buildContract(terminal, analysis, contract, options);
  if (built === null) return shell.finish('wrong');
  const init = built.artifact.entries.find(({ kind }) => kind === 'init');
  const args = argumentsOf(built.artifact, init, texts);
  const spends = await initSpends(shell, client, built, options);
  const body = {
    ...materialsOf(analysis, built),
    kind: 'deploy',
    cooperative: options.cooperative,
    args,
  } as const;
  const committed = await send(client, key, { body, spends, gasInside: init?.gasMax ?? 0 });
  const id = fieldIn(client, committed.result.value, 'contract');
  progress(terminal, `${id} is in block ${committed.height}; the validators prove it again`);
  const { status, height, reason: why } = await decisionOn(terminal, client, id);
  if (status !== 'callable') fail('C0409', { reason: why });
  if (options.json) return terminal.out(jsonText({ contract: id, transaction: committed.hash, height }));
  terminal.out(`${id}\n`);
  terminal.note(`${built.artifact.name} is callable since block ${height}\n`);
}

/** `init` cannot be simulated before it is there: what it may take has to be said. */
async function initSpends(shell: Shell, client: Client, { artifact }: Built, options: Options) {
  if (options.spend === undefined) return [];
  const ids = artifact.currencies.map(({ name }) => `${name}@${options.cooperative}`);
  return agreedSpends(shell, await ledgerCurrencies(client, ids), [], options);
}
