/** `ccl call CONTRACT rule args --key FILE`: a rule on a chain: simulated, shown, signed, sent, and its result. */
import type { Command } from 'commander';
import { renderValue, type Spend } from '../runtime/index.ts';
import type { Artifact, Entry } from '../vm/index.ts';
import { argumentsOf } from './account.ts';
import { NODE_URL, openClient, pathOf } from './client.ts';
import { fail } from './failure.ts';
import { openKey, type SecretOptions, withSecretOptions } from './passphrase.ts';
import { projectNetwork } from './project.ts';
import { type Remote, remoteContract, showOnChain } from './remote.ts';
import { command, type Shell } from './shell.ts';
import { agreedSpends, ledgerCurrencies, type SpendOptions } from './spending.ts';
import { jsonText } from './terminal.ts';
import { type Committed, checkDevKey, send } from './transaction.ts';

type Options = SecretOptions &
  SpendOptions & { readonly key: string; readonly node: string; readonly json?: true };

export function declare(shell: Shell): Command {
  const made = command(
    'call <contract> <rule> [args...]',
    'Calls a rule of a contract on a chain; shows what it takes before signing. Put -- before arguments that begin with -.',
    [
      'ccl call did:icn:contract:4f… join --key bob.key',
      'ccl call did:icn:contract:4f… record @alice.key "2.50 hours" --key bob.key',
    ],
  )
    .requiredOption('--key <file>', 'the key that signs')
    .option('--node <address>', 'the node', projectNetwork().node ?? NODE_URL)
    .option(
      '--spend <amount...>',
      'the most that the call may take, such as "2.50 hours"; 0 of it for nothing',
    )
    .option('--yes', 'sign without asking what the simulation says it takes')
    .option('--json', 'print the result as JSON');
  return withSecretOptions(made).action(
    (contract: string, rule: string, args: readonly string[], options: Options) =>
      callRule(shell, contract, rule, args, options),
  );
}

async function callRule(
  shell: Shell,
  id: string,
  rule: string,
  texts: readonly string[],
  options: Options,
): Promise<void> {
  const client = openClient(options.node);
  const remote = await remoteContract(client, id);
  const entry = ruleOf(remote.artifact, rule);
  const args = argumentsOf(remote.artifact, entry, texts);
  const key = await openKey(shell, options.key, options);
  await checkDevKey(client, key, options.key);
  const path = `/api/v1/contracts${pathOf(id)}/simulate${pathOf(rule)}`;
  const simulated = await client.simulate(path, { sender: key.did, args: args.map(renderValue) });
  const taken = (simulated.field('spends') as readonly { currency: string; amount: string }[]).map(
    ({ currency, amount }): Spend => ({ currency, amount: BigInt(amount) }),
  );
  const currencies = await ledgerCurrencies(client, remote.currencies);
  const spends = await agreedSpends(shell, currencies, taken, options);
  const body = { kind: 'call', contract: id, entry: rule, args } as const;
  const committed = await send(client, key, { body, spends, gasInside: entry.gasMax });
  shell.terminal.out(
    options.json
      ? jsonText({ ...committed, shown: shownOf(remote, entry, committed) })
      : resultText(remote, entry, committed),
  );
}

function ruleOf(artifact: Artifact, name: string): Entry {
  const rules = artifact.entries.filter(({ kind }) => kind === 'rule');
  const found = rules.find((entry) => entry.name === name);
  if (artifact.entries.some((entry) => entry.kind === 'view' && entry.name === name)) fail('C0412', { name });
  const names = rules.map((entry) => entry.name).join(', ');
  return found ?? fail('C0204', { contract: artifact.name, what: 'rule', name, names });
}

/** The result and the contract's events in words, as `ccl run` shows them; `result` has them in smallest units. */
function shownOf(remote: Remote, entry: Entry, { result }: Committed): Shown {
  return {
    result: entry.result.kind === 'Unit' ? null : showOnChain(remote, entry.result, result.value),
    events: result.events
      .filter(({ source }) => source === remote.id)
      .map(({ name, fields }) => ({ name, fields: shownFields(remote, name, fields) })),
  };
}

type ShownField = { readonly name: string; readonly value: string };
type Shown = {
  readonly result: string | null;
  readonly events: readonly { readonly name: string; readonly fields: readonly ShownField[] }[];
};

function shownFields(
  remote: Remote,
  name: string,
  fields: { readonly [name: string]: unknown },
): readonly ShownField[] {
  const shape = remote.artifact.events.find((event) => event.name === name);
  return (shape?.fields ?? []).map((field) => ({
    name: field.name,
    value: showOnChain(remote, field.type, fields[field.name]),
  }));
}

function resultText(remote: Remote, entry: Entry, committed: Committed): string {
  const { hash, height, result } = committed;
  const shown = shownOf(remote, entry, committed);
  const lines = [
    ...(shown.result === null ? [] : [`result       ${shown.result}`]),
    ...shown.events.map(
      ({ name, fields }) =>
        `event        ${name}(${fields.map((field) => `${field.name}: ${field.value}`).join(', ')})`,
    ),
    `block        ${height}`,
    `transaction  ${hash}`,
    `gas          ${result.gasUsed}`,
  ];
  return `${lines.join('\n')}\n`;
}
