/** `ccl query`: what a chain says: balances, views, contracts, members, transactions, headers; with proofs on demand. */
import { Command } from 'commander';
import { amountText } from '../host/index.ts';
import { foundChain, readProved, renderValue, trustOf } from '../runtime/index.ts';
import { accountOf, argumentsOf } from './account.ts';
import { provedBalance } from './balance.ts';
import { type Client, NODE_URL, openClient, pathOf } from './client.ts';
import { fail } from './failure.ts';
import { readBytes } from './file.ts';
import { projectNetwork } from './project.ts';
import { remoteContract, showOnChain } from './remote.ts';
import { command, type Shell } from './shell.ts';
import { ledgerCurrencies } from './spending.ts';
import { jsonText } from './terminal.ts';

type Options = { readonly node: string; readonly json?: true };
type ProofOptions = Options & { readonly genesis?: string };

export function declare(shell: Shell): Command {
  return new Command('query')
    .description('Asks a chain. Reading needs no key.')
    .addCommand(balanceCommand(shell))
    .addCommand(viewCommand(shell))
    .addCommand(
      plain(
        shell,
        'contract <id>',
        'Who deployed a contract, for whom, and its code hash.',
        (id) => `/api/v1/contracts${pathOf(id)}`,
      ),
    )
    .addCommand(
      plain(
        shell,
        'member <account>',
        'Key, sequence numbers and gas of a member.',
        (who) => `/api/v1/members${pathOf(accountOf(who))}`,
      ),
    )
    .addCommand(
      plain(
        shell,
        'tx <hash>',
        'What became of a transaction.',
        (hash) => `/api/v1/transactions${pathOf(hashOf(hash))}`,
      ),
    )
    .addCommand(
      plain(
        shell,
        'header <height>',
        'A block header with its signatures; `latest` for the last.',
        (height) => `/api/v1/headers${pathOf(heightOf(height))}`,
      ),
    );
}

function balanceCommand(shell: Shell): Command {
  return withNode(
    command(
      'balance <account> [currency]',
      'Balances of an account: a DID, a contract, or @FILE for a key.',
      [
        'ccl query balance @alice.key',
        'ccl query balance @alice.key hours@chain --genesis chain/genesis.json',
      ],
    ),
  )
    .option('--genesis <file>', 'check the proof of the answer against the chain of this genesis')
    .action((account: string, currency: string | undefined, options: ProofOptions) =>
      balance(shell, account, currency, options),
    );
}

function viewCommand(shell: Shell): Command {
  return withNode(
    command('view <contract> <view> [args...]', 'Calls a view of a contract.', [
      'ccl query view did:icn:contract:4f… hours_of @alice.key',
    ]),
  ).action((contract: string, view: string, args: readonly string[], options: Options) =>
    askView(shell, contract, view, args, options),
  );
}

function plain(
  shell: Shell,
  usage: string,
  description: string,
  path: (argument: string) => string,
): Command {
  return withNode(
    command(usage, description, [
      `ccl query ${usage.replace(/<(\w+)>/, (_, name: string) => EXAMPLES[name] ?? name)}`,
    ]),
  ).action(async (argument: string, options: Options) =>
    shell.terminal.out(jsonText((await openClient(options.node).get(path(argument))).json)),
  );
}

function hashOf(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  return fail('C0208', {
    text,
    what: 'hash of a transaction: it has 64 digits from 0 to 9 and a to f',
    example: '5b0c… as `ccl call` prints it',
  });
}

function heightOf(text: string): string {
  if (text === 'latest' || /^[1-9][0-9]{0,18}$/.test(text)) return text;
  return fail('C0208', {
    text,
    what: 'height of a block: it is a number from 1, or `latest`',
    example: 'ccl query header latest',
  });
}

const EXAMPLES: { readonly [argument: string]: string } = {
  id: 'did:icn:contract:4f…',
  account: '@alice.key',
  hash: '5b…',
  height: 'latest',
};

function withNode(made: Command): Command {
  return made
    .option('--node <address>', 'the node', projectNetwork().node ?? NODE_URL)
    .option('--json', 'print JSON');
}

async function balance(
  { terminal }: Shell,
  text: string,
  currency: string | undefined,
  options: ProofOptions,
): Promise<void> {
  const client = openClient(options.node);
  const did = accountOf(text);
  const said = (await client.get(`/api/v1/ledger/balance${pathOf(did)}`)).field('balances') as Amounts;
  const ids = Object.keys(said).filter(
    (id) => currency === undefined || id === currency || id.startsWith(`${currency}@`),
  );
  if (ids.length === 0)
    fail('C0204', {
      contract: 'the ledger',
      what: 'currency',
      name: currency ?? '',
      names: Object.keys(said).join(', '),
    });
  const { amounts, height } =
    options.genesis === undefined
      ? { amounts: said, height: null }
      : await provedAmounts(client, did, ids, options.genesis);
  const currencies = await ledgerCurrencies(client, ids);
  const shown = currencies.map((row) => [row.id, amountText(BigInt(amounts[row.id]!), row)] as const);
  if (options.json) {
    const balances = Object.fromEntries(ids.map((id) => [id, amounts[id]]));
    return terminal.out(jsonText({ did, balances, shown: Object.fromEntries(shown), provedAt: height }));
  }
  for (const [, text] of shown) terminal.out(`${text}\n`);
  if (height !== null) terminal.note(`proved against the signed root after block ${height}\n`);
}

/** Smallest units by the currency's id. */
type Amounts = { readonly [id: string]: string };

/** Every proof is checked here, against the validators of the genesis. */
async function provedAmounts(
  client: Client,
  did: string,
  ids: readonly string[],
  genesis: string,
): Promise<{ readonly amounts: Amounts; readonly height: bigint }> {
  const founding = foundChain(readBytes(genesis));
  if (!founding.ok)
    return fail('C0401', { reason: `${genesis} is not valid: ${founding.message}`, name: 'BadGenesis' });
  const trust = trustOf(founding.value);
  const amounts: { [id: string]: string } = {};
  let height = 0n;
  for (const id of ids) {
    const { json } = await client.get('/api/v1/query', { path: `/balance${pathOf(id, did)}`, prove: 'true' });
    const answer = readProved(json);
    if (answer === null)
      return fail('C0410', { what: `the balance in ${id}`, reason: 'the answer carries no proof' });
    const proved = provedBalance(answer, id, did, trust);
    if (!proved.ok) return fail('C0410', { what: `the balance in ${id}`, reason: proved.reason });
    amounts[id] = proved.amount.toString();
    height = proved.height;
  }
  return { amounts, height };
}

async function askView(
  { terminal }: Shell,
  id: string,
  view: string,
  texts: readonly string[],
  options: Options,
): Promise<void> {
  const client = openClient(options.node);
  const remote = await remoteContract(client, id);
  const views = remote.artifact.entries.filter(({ kind }) => kind === 'view');
  const entry = views.find(({ name }) => name === view);
  if (entry === undefined)
    return fail('C0204', {
      contract: remote.artifact.name,
      what: 'view',
      name: view,
      names: views.map(({ name }) => name).join(', '),
    });
  const args = argumentsOf(remote.artifact, entry, texts);
  const answer = await client.post(`/api/v1/contracts${pathOf(id)}/views${pathOf(view)}`, {
    args: args.map(renderValue),
  });
  const value = answer.field('value');
  const shown = showOnChain(remote, entry.result, value);
  terminal.out(options.json ? jsonText({ value, shown, height: answer.field('height') }) : `${shown}\n`);
}
