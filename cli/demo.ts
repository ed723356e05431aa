/**
 * `npm run demo`: the whole way of a contract, one line a step, all of it real: imported, refuted, mended, proved,
 * built, deployed on an embedded node, used, and found again after a restart. Ends with 1 when a step is not as it
 * should be. Works in a temporary folder, which it removes.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  type Analysis,
  analyse,
  build,
  certificateOf,
  claimsOf,
  type core,
  encodeCertificate,
  failsBuild,
  format,
  hasErrors,
  importIcn,
  lowerProgram,
  marksOf,
  portableParts,
  type Row,
  renderTrace,
} from '../compiler/index.ts';
import { amountText } from '../host/index.ts';
import { type Body, foundChain, type Node, trustOf } from '../runtime/index.ts';
import { type Artifact, encodeArtifact } from '../vm/index.ts';
import { provedBalance } from './balance.ts';
import {
  balancesOf,
  COOPERATIVE,
  genesisFor,
  HOURS,
  newPerson,
  type Person,
  startNode,
  transact,
} from './embedded.ts';
import { openTerminal } from './terminal.ts';
import { openVerifier, type Verified, type Verifier } from './verification.ts';

const ROOT = join(import.meta.dirname, '..');
const FOREIGN = join(
  ROOT,
  '..',
  'shared',
  'inputs',
  'icn-ccl',
  'contracts',
  'protocol',
  'infrastructure-credit-v1.ccl.json',
);
const SHIPPED = join(ROOT, 'examples', 'infrastructure-credit', 'original.ccl.json');
const MENDED = join(ROOT, 'examples', 'infrastructure-credit', 'InfrastructureCredit.ccl');
const TIME_BANK = join(ROOT, 'examples', 'timebank', 'TimeBank.ccl');

const TERMINAL = openTerminal(process.argv);
const STARTED = performance.now();

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
process.exitCode = await demonstrate();

async function demonstrate(): Promise<number> {
  const verifier = await openVerifier(TERMINAL, { cache: false });
  try {
    const folder = temporaryFolder();
    await refuteImported(verifier, folder);
    const credit = await proveExample(verifier, MENDED);
    const bank = await proveExample(verifier, TIME_BANK);
    await runChain(folder, bank, credit);
    return 0;
  } catch (error) {
    TERMINAL.out(
      `${TERMINAL.paint('red', 'FAILED')}  ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return 1;
  } finally {
    await verifier.close();
  }
}

/** Goes when the process does. */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ccl-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// ---- a contract that nobody here wrote ---------------------------------------------------------

async function refuteImported(verifier: Verifier, folder: string): Promise<void> {
  const analysis = await importContract(folder);
  const contract = onlyContract(analysis);
  const { report } = await verifier.verify(analysis, contract);
  const found = report.rows.filter(
    ({ kind, answer, confirmed }) => kind === 'stranger' && answer === 'refuted' && confirmed,
  );
  must(found.length === 1, `the stranger check refutes one rule of ${contract.name}, from deployment`);
  const [row] = found;
  step(`verified ${contract.name}: the stranger check refutes \`${row!.rule}\` by itself: ${row!.message}`);
  details(renderTrace(row!.trace!).split('\n'));
}

async function importContract(folder: string): Promise<Analysis> {
  const path = existsSync(FOREIGN) ? FOREIGN : SHIPPED;
  const imported = importIcn(basename(path), readFileSync(path, 'utf8'));
  if (!imported.ok)
    throw new Error(
      `${path} is not imported: ${imported.diagnostics.map(({ message }) => message).join('; ')}`,
    );
  const file = join(folder, 'Imported.ccl');
  const formatted = await format(imported.source, { file });
  must(formatted.ok, 'the imported source has no syntax errors');
  writeFileSync(file, formatted.ok ? formatted.text : '');
  const { decisions } = imported;
  must(
    decisions.some(({ kind }) => kind === 'self'),
    'the treasury becomes `self`',
  );
  step(
    `imported ${basename(path)} to CCL source, with ${decisions.length} decisions, each with its line in the JSON`,
  );
  details(decisions.map(({ line, text }) => `line ${line}: ${text}`));
  return analyseFile(file);
}

// ---- contracts that are proved -----------------------------------------------------------------

/** A verified build of an example: what deployment needs. */
type Example = {
  readonly analysis: Analysis;
  readonly artifact: Artifact;
  readonly bytes: Uint8Array;
  readonly certificate: string;
};

async function proveExample(verifier: Verifier, path: string): Promise<Example> {
  const analysis = analyseFile(path);
  const contract = onlyContract(analysis);
  const verified = await verifier.verify(analysis, contract);
  const { report, solver } = verified;
  const broken = report.rows.filter(failsBuild);
  must(
    broken.length === 0,
    `${contract.name} is proved, but for ${broken.map(({ rule, kind, name }) => `${rule} ${kind} ${name}`).join(', ')}`,
  );
  const certificate = certificateOf(report, solver);
  const artifact = build(contract, { claims: claimsOf(certificate), marks: marksOf(contract) });
  const bytes = encodeArtifact(artifact);
  const hours = artifact.currencies.find(({ name }) => name === 'hours');
  must(hours?.decimals === 2, `${contract.name} binds \`hours\` with two decimals`);
  step(
    `proved and built ${contract.name}: ${provedText(verified)}; ${bytes.length} bytes, ${certificate.proofs.length} proofs in its certificate`,
  );
  return { analysis, artifact, bytes, certificate: encodeCertificate(certificate) };
}

function provedText({ report: { rows } }: Verified): string {
  const clauses = rows.filter(({ answer }) => answer === 'proved').length;
  const strangers = rows.filter(({ kind }) => kind === 'stranger');
  must(
    strangers.length > 0 && strangers.every(({ answer }) => answer === 'proved'),
    'no stranger lowers an account',
  );
  return `${clauses} obligations hold, no stranger can take anything${warningText(rows)}`;
}

function warningText(rows: readonly Row[]): string {
  const warned = rows.filter(({ kind, answer }) => kind === 'may-revert' && answer !== 'proved').length;
  return warned === 0 ? '' : `, ${warned} warnings that a sum may not fit in 64 bits`;
}

// ---- a chain -----------------------------------------------------------------------------------

async function runChain(folder: string, bank: Example, credit: Example): Promise<void> {
  const people = ['alice', 'bob', 'carol'].map(newPerson) as [Person, Person, Person];
  const genesis = genesisFor(people);
  const directory = join(folder, 'chain');
  const node = await startNode(directory, genesis, people[0]);
  step(
    `started an embedded node for ${people.map(({ name }) => name).join(', ')}, who may deploy and owe 100.00 hours each: chain ${node.chainId}`,
  );
  const accounts = await useContracts(node, people, bank, credit).catch(async (error: unknown) => {
    await node.stop();
    throw error;
  });
  const before = stateOf(node, accounts);
  step(`balances, which sum to zero: ${balancesText(accounts, before.balances)}`);
  step(`state root ${before.root} after block ${node.height()}`);
  await node.stop();
  await restart(directory, genesis, people[0], accounts, before);
}

type Account = { readonly name: string; readonly did: string };
type State = { readonly balances: readonly bigint[]; readonly root: string };

/** Both contracts deployed and used; the accounts that hold hours. */
async function useContracts(
  node: Node,
  [alice, bob, carol]: readonly [Person, Person, Person],
  bank: Example,
  credit: Example,
): Promise<readonly Account[]> {
  const timeBank = await deploy(node, alice, bank, []);
  await call(node, bob, bank, timeBank, 'join', [], 0n);
  await call(node, carol, bank, timeBank, 'join', [], 0n);
  await call(node, bob, bank, timeBank, 'record', [alice.did, 500n], 500n);
  await call(node, alice, bank, timeBank, 'record', [carol.did, 250n], 250n);
  step(
    'bob and carol joined; bob recorded 5.00 hours of alice, alice 2.50 hours of carol, each within a signed limit',
  );
  const treasury = await deploy(node, alice, credit, [alice.did]);
  const paid = await transact(
    node,
    carol,
    { kind: 'transfer', to: treasury, currency: HOURS, amount: 150n },
    [],
    0,
  );
  must(paid.ok, `carol pays into the treasury${paid.ok ? '' : `: ${paid.reason}`}`);
  await call(node, alice, credit, treasury, 'issue_credits', [bob.did, 100n], 0n);
  const entry = { kind: 'call', contract: treasury, entry: 'issue_credits', args: [carol.did, 50n] } as const;
  const stolen = await transact(node, carol, entry, [], gasOf(credit, 'issue_credits'));
  must(!stolen.ok, 'carol, who is not the steward, cannot drain the treasury');
  step(
    `carol paid 1.50 hours into the treasury, its steward alice issued 1.00 to bob; carol herself was refused: ${stolen.ok ? '' : stolen.reason}`,
  );
  return [alice, bob, carol, { name: 'the treasury', did: treasury }];
}

async function deploy(node: Node, by: Person, example: Example, args: readonly string[]): Promise<string> {
  const { analysis, artifact, bytes, certificate } = example;
  const sources = portableParts(analysis.parts).map(({ name, text }) => ({ name, text }));
  const body: Body = {
    kind: 'deploy',
    cooperative: COOPERATIVE,
    artifact: bytes,
    sources,
    certificate: new TextEncoder().encode(certificate),
    args,
  };
  const sent = await transact(node, by, body, [], gasOf(example, 'init'));
  if (!sent.ok) throw new Error(`${artifact.name} is not deployed: ${sent.reason}`);
  const { contract } = sent.value as { readonly contract: string };
  const decided = await node.waitForDeployment(contract);
  if (!decided.ok || decided.value.outcome.event.name !== 'ContractDeployed')
    throw new Error(
      `${artifact.name} is not callable: ${decided.ok ? decided.value.reason : decided.error.message}`,
    );
  step(
    `deployed ${artifact.name}: recompiled, proved again by the validator, and callable as ${contract.slice(0, 25)}…`,
  );
  return contract;
}

/** `spend`: the most that the call may take from its signer, in hundredths of an hour. */
async function call(
  node: Node,
  by: Person,
  example: Example,
  contract: string,
  entry: string,
  args: readonly (string | bigint)[],
  spend: bigint,
): Promise<void> {
  const spends = spend === 0n ? [] : [{ currency: HOURS, amount: spend }];
  const done = await transact(
    node,
    by,
    { kind: 'call', contract, entry, args },
    spends,
    gasOf(example, entry),
  );
  must(done.ok, `${by.name} calls ${entry}${done.ok ? '' : `: ${done.reason}`}`);
}

function gasOf({ artifact }: Example, name: string): number {
  return (
    artifact.entries.find((entry) => entry.name === name || (name === 'init' && entry.kind === 'init'))
      ?.gasMax ?? 0
  );
}

function stateOf(node: Node, accounts: readonly Account[]): State {
  const balances = balancesOf(
    node,
    accounts.map(({ did }) => did),
  );
  must(balances.reduce((sum, balance) => sum + balance, 0n) === 0n, 'balances sum to zero');
  return { balances, root: Buffer.from(node.root()).toString('hex') };
}

function balancesText(accounts: readonly Account[], balances: readonly bigint[]): string {
  return accounts
    .map(({ name }, at) => `${name} ${amountText(balances[at]!, { name: 'hours', decimals: 2 })}`)
    .join(', ');
}

/** The same state from disk, and a balance that is proved to someone who trusts only the genesis. */
async function restart(
  directory: string,
  genesis: Uint8Array,
  validator: Person,
  accounts: readonly Account[],
  before: State,
): Promise<void> {
  const node = await startNode(directory, genesis, validator);
  try {
    const after = stateOf(node, accounts);
    must(after.root === before.root, 'the root is the same after a restart');
    must(
      after.balances.every((balance, at) => balance === before.balances[at]),
      'the balances are the same after a restart',
    );
    step(
      `stopped the node and started it from disk: the same balances and the same root at block ${node.height()}`,
    );
    await proveBalance(node, genesis, accounts[1]!, before);
  } finally {
    await node.stop();
  }
}

async function proveBalance(node: Node, genesis: Uint8Array, account: Account, before: State): Promise<void> {
  const founding = foundChain(genesis);
  if (!founding.ok) throw new Error(founding.message);
  const answer = await node.prove(`/balance/${encodeURIComponent(HOURS)}/${encodeURIComponent(account.did)}`);
  if (!answer.ok) throw new Error(answer.error.message);
  const { response, header } = answer.value;
  if (response.proof === null) throw new Error('the node gives no proof');
  const claim = {
    key: response.key,
    value: response.value,
    proof: response.proof,
    header: header.header,
    signatures: header.signatures,
  };
  const proved = provedBalance(claim, HOURS, account.did, trustOf(founding.value));
  if (!proved.ok) throw new Error(`the proof does not hold: ${proved.reason}`);
  must(proved.amount === before.balances[1], 'the proved balance is the one that was read');
  must(Buffer.from(proved.root).toString('hex') === before.root, 'the proof leads to the root');
  step(
    `verified the Merkle proof of ${account.name}'s ${amountText(proved.amount, { name: 'hours', decimals: 2 })} against the signed header of block ${proved.height + 1n}`,
  );
}

// ---- telling -----------------------------------------------------------------------------------

function analyseFile(path: string): Analysis {
  const analysis = analyse(new Map([[path, readFileSync(path, 'utf8')]]), path);
  must(
    !hasErrors(analysis),
    `${basename(path)} has no mistakes: ${analysis.diagnostics.map(({ message }) => message).join('; ')}`,
  );
  return analysis;
}

function onlyContract(analysis: Analysis): core.Contract {
  const [contract] = lowerProgram(analysis).contracts;
  return contract ?? fail(`${analysis.file} holds a contract`);
}

function step(text: string): void {
  const seconds = ((performance.now() - STARTED) / 1000).toFixed(1).padStart(5);
  TERMINAL.out(`${TERMINAL.paint('dim', `${seconds} s`)}  ${text}\n`);
}

function details(lines: readonly string[]): void {
  TERMINAL.out(lines.map((line) => `           ${line}\n`).join(''));
}

function must(condition: boolean, what: string): void {
  if (!condition) fail(what);
}

function fail(what: string): never {
  throw new Error(`it is not so that ${what}`);
}
