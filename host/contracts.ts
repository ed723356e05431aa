/**
 * Contracts: deployed artifacts, their storage, and executions over the state. An execution works on an overlay: it
 * either writes everything it did, or nothing. What the VM asks of the world, `world.ts` answers.
 */
import {
  type AbiValue,
  type Artifact,
  bytes,
  type ContractCall,
  type Contracts,
  contractDid,
  decodeArtifact,
  type Entry,
  type Event,
  encodeValue,
  equalBytes,
  execute,
  fixedBytes,
  hexOf,
  LIMITS,
  list as listOf,
  type Observer,
  type OfferedInterface,
  type Outcome,
  offeredInterface,
  type Program,
  record,
  sha256,
  type Trap,
  uint64,
  utf8,
  validate,
} from '../vm/index.ts';
import {
  CURRENCY_PERMISSION,
  DEPLOY_PERMISSION,
  holdsPermission,
  UPGRADE_PERMISSION,
} from './cooperative.ts';
import { isRegistered } from './identity.ts';
import {
  CURRENCY_NAMES,
  type Currency,
  createCurrency,
  currencyIdOf,
  currencyOf,
  type Moment,
} from './ledger.ts';
import { type Answer, accept, type Refusal, type RefusalCode, refuse } from './refusals.ts';
import { schedule } from './schedule.ts';
import { applyChanges, type Overlay, overlay, type Reader, type State } from './state.ts';
import { writeStorage } from './storage.ts';
import { has, list, read, SHORT_TEXT, type Table, table, write } from './tables.ts';
import { makeWorld, type Spend, type Spends } from './world.ts';

/** `currencies` are the ledger's ids, by the artifact's indices. */
export type ContractRecord = {
  readonly creator: string;
  readonly cooperative: string;
  readonly codeHash: Uint8Array;
  readonly currencies: readonly string[];
  readonly block: bigint;
  readonly time: bigint;
  /** Of the version that was deployed. */
  readonly firstCode: Uint8Array;
  /** How many versions took the place of the one before. */
  readonly upgrades: bigint;
};

export type Deployment = {
  readonly artifact: Uint8Array;
  readonly creator: string;
  readonly cooperative: string;
  readonly args: readonly AbiValue[];
  readonly spends: Spends;
  readonly gasLimit: number;
  readonly observer?: Observer | undefined;
};
/** Another version for a contract; `by` is who signs for it, and the caller of `upgrade`. */
export type Upgrade = {
  readonly contract: string;
  readonly artifact: Uint8Array;
  readonly by: string;
  readonly spends: Spends;
  readonly gasLimit: number;
  readonly observer?: Observer | undefined;
};
export type Call = {
  readonly contract: string;
  readonly entry: string;
  readonly args: readonly AbiValue[];
  readonly caller: string;
  readonly spends: Spends;
  readonly gasLimit: number;
  /** Sees every opcode of the execution, and of those that it calls for. */
  readonly observer?: Observer | undefined;
};
export type Ask = {
  readonly contract: string;
  readonly entry: string;
  readonly args: readonly AbiValue[];
  readonly gasLimit?: number;
  readonly observer?: Observer | undefined;
};

/** `trap` where the execution had begun; `gasUsed` is 0 where it had not. */
export type Failure = {
  readonly ok: false;
  readonly code: RefusalCode;
  readonly message: string;
  readonly trap?: Trap;
  readonly gasUsed: number;
};
/** `spent` is what was taken from the caller. */
export type Success = {
  readonly ok: true;
  readonly result: AbiValue;
  readonly gasUsed: number;
  readonly events: readonly Event[];
  readonly logs: readonly string[];
  readonly spent: readonly Spend[];
};
/** What validation made of an artifact, which is in it, and the artifact's hash. */
export type Code = { readonly program: Program; readonly hash: Uint8Array };
export type Deployed = Success & { readonly contract: string };

/** What a view may use, where its asker does not say. */
export const VIEW_GAS_MAX = 50_000_000;

export const CONTRACTS: Table<[contract: string], ContractRecord> = table(
  'contract',
  record({
    creator: SHORT_TEXT,
    cooperative: SHORT_TEXT,
    codeHash: fixedBytes(32),
    currencies: listOf(SHORT_TEXT, LIMITS.currencies),
    block: uint64,
    time: uint64,
    firstCode: fixedBytes(32),
    upgrades: uint64,
  }),
);
/** What was put in the place of what: the versions of a contract from the second on, numbered from 1. */
export type VersionRecord = {
  readonly codeHash: Uint8Array;
  readonly by: string;
  readonly block: bigint;
  readonly time: bigint;
};
export const VERSIONS: Table<[contract: string, number: string], VersionRecord> = table(
  'version',
  record({ codeHash: fixedBytes(32), by: SHORT_TEXT, block: uint64, time: uint64 }),
);
/** Artifacts by their hash in hex: one copy, however often it is deployed. */
export const CODE: Table<[hash: string], Uint8Array> = table('code', bytes(LIMITS.artifactBytes));
/** How many contracts a member has deployed: makes their ids distinct. */
export const DEPLOYMENTS: Table<[creator: string], bigint> = table('deployments', uint64);

// ---- deploying ---------------------------------------------------------------------------------

/** Whether bytes are an artifact whose bytecode validates; `hash` is the artifact's. */
export function checkArtifact(data: Uint8Array): Answer<Code> {
  const decoded = decodeArtifact(data);
  if (!decoded.ok) return refuse('BadArtifact', decoded.error.message);
  const validated = validate(decoded.artifact);
  if (!validated.ok) return refuse('InvalidBytecode', validated.errors[0]?.message ?? '');
  return accept({ program: validated.program, hash: decoded.hash });
}

/** `count` is `takeDeploymentNumber` of the creator. */
export function contractIdOf(creator: string, count: bigint, codeHash: Uint8Array): string {
  return contractDid(sha256(encodeValue(DEPLOYMENT_ROW, { creator, count, codeHash })));
}

/** The number of the creator's next deployment, which it uses up. */
export function takeDeploymentNumber(state: State, creator: string): bigint {
  const count = read(state, DEPLOYMENTS, creator) ?? 0n;
  write(state, DEPLOYMENTS, [creator], count + 1n);
  return count;
}

/** Deploys at once; a node goes through attestation and `instantiateContract`. A refusal changes nothing. */
export function deployContract(state: State, moment: Moment, deployment: Deployment): Deployed | Failure {
  const checked = checkArtifact(deployment.artifact);
  if (!checked.ok) return notBegun(checked);
  const scratch = overlay(state);
  const count = takeDeploymentNumber(scratch, deployment.creator);
  const contract = contractIdOf(deployment.creator, count, checked.value.hash);
  const outcome = instantiateContract(scratch, moment, { ...deployment, contract });
  if (outcome.ok) applyChanges(state, scratch.changes());
  return outcome;
}

/** Binds currencies, runs `init` with the creator as caller, and makes the contract callable. A refusal changes nothing. */
export function instantiateContract(
  state: State,
  moment: Moment,
  deployment: Deployment & { readonly contract: string },
): Deployed | Failure {
  const { contract, creator, cooperative } = deployment;
  const checked = checkArtifact(deployment.artifact);
  if (!checked.ok) return notBegun(checked);
  if (!holdsPermission(state, cooperative, creator, DEPLOY_PERMISSION))
    return notBegun(refuse('NoPermission', `${DEPLOY_PERMISSION} of ${cooperative}`));
  if (has(state, CONTRACTS, contract)) return notBegun(refuse('ContractTaken', contract));
  const scratch = overlay(state);
  const { program, hash } = checked.value;
  const bound = bindCurrencies(scratch, creator, cooperative, program.artifact);
  if (!bound.ok) return notBegun(bound);
  const row = {
    creator,
    cooperative,
    codeHash: hash,
    currencies: bound.value,
    block: moment.block,
    time: moment.time,
    firstCode: hash,
    upgrades: 0n,
  };
  write(scratch, CONTRACTS, [contract], row);
  write(scratch, CODE, [hexOf(hash)], deployment.artifact);
  const outcome = runInit(scratch, moment, deployment, { contract, row, program });
  if (!outcome.ok) return outcome;
  scheduleHooks(scratch, moment, { contract, row, program });
  applyChanges(state, scratch.changes());
  return { ...outcome, contract };
}

/** What is told of the versions of a contract. */
const VERSIONS_TOLD = 100;

// ---- upgrading ---------------------------------------------------------------------------------

/**
 * Puts another version in the place of a deployed one and runs its `upgrade` over the state that is there. The account, the
 * creator and the currencies stay. A refusal changes nothing: the contract goes on as it was.
 */
export function upgradeContract(state: State, moment: Moment, upgrade: Upgrade): Success | Failure {
  const checked = checkArtifact(upgrade.artifact);
  if (!checked.ok) return notBegun(checked);
  const refused = upgradeRefusal(state, upgrade.contract, upgrade.by, checked.value);
  if (refused !== null) return notBegun(refused);
  const { contract, by } = upgrade;
  const before = read(state, CONTRACTS, contract)!;
  const scratch = overlay(state);
  const { program, hash } = checked.value;
  const bound = rebindCurrencies(scratch, by, before, program.artifact);
  if (!bound.ok) return notBegun(bound);
  const row = { ...before, codeHash: hash, currencies: bound.value, upgrades: before.upgrades + 1n };
  write(scratch, CONTRACTS, [contract], row);
  write(scratch, CODE, [hexOf(hash)], upgrade.artifact);
  const { block, time } = moment;
  write(scratch, VERSIONS, [contract, `${row.upgrades}`], { codeHash: hash, by, block, time });
  const outcome = runUpgrade(scratch, moment, upgrade, { contract, row, program });
  if (!outcome.ok) return outcome;
  scheduleHooks(scratch, moment, { contract, row, program });
  applyChanges(state, scratch.changes());
  return outcome;
}

/** Why a version cannot take the place of a deployed one, before it is run; null where it can. */
export function upgradeRefusal(
  state: Reader,
  contract: string,
  by: string,
  { program: { artifact } }: Code,
): Refusal | null {
  const row = read(state, CONTRACTS, contract);
  if (row === undefined) return refuse('UnknownContract', contract);
  if (!holdsPermission(state, row.cooperative, by, UPGRADE_PERMISSION))
    return refuse('NoPermission', `${UPGRADE_PERMISSION} of ${row.cooperative}`);
  return successorRefusal(programOf(state, row).artifact, artifact);
}

/** For tools: runs the `upgrade` of the code that is there over the state as it is. */
export function runUpgradeOf(state: State, moment: Moment, contract: string, by: string): Success | Failure {
  const row = read(state, CONTRACTS, contract)!;
  const program = programOf(state, row);
  const gasLimit = program.artifact.entries.find(({ kind }) => kind === 'upgrade')!.gasMax;
  const upgrade = { contract, artifact: NO_BYTES, by, spends: 'unlimited' as const, gasLimit };
  return runUpgrade(state, moment, upgrade, { contract, row, program });
}

const NO_BYTES = new Uint8Array(0);

/**
 * Why one version cannot follow another. What it says of the one before was compiled with that, so their sources have to be
 * the same.
 */
export function successorRefusal(before: Artifact, after: Artifact): Refusal | null {
  const { upgradable } = before.lineage;
  const { predecessor } = after.lineage;
  const deployed = `${before.name} ${before.meta.version}`;
  if (upgradable === null) return refuse('NotUpgradable', deployed);
  if (predecessor === null || before.name !== after.name)
    return refuse('NoSuccessor', `${after.name} ${after.meta.version} has no upgrade from ${deployed}`);
  if (predecessor.version !== before.meta.version)
    return refuse('NoSuccessor', `it comes from ${predecessor.version}, and ${deployed} is deployed`);
  if (!equalBytes(predecessor.source, upgradable))
    return refuse(
      'NoSuccessor',
      `${deployed} was made of another text than the one that was compiled with it`,
    );
  const missing = missingOffer(before, after);
  return missing === null ? null : refuse('NotOffered', `${after.name} ${after.meta.version} and ${missing}`);
}

/** The name of an interface that callers find the contract by, and would not find any more. */
function missingOffer(before: Artifact, after: Artifact): string | null {
  const kept = new Set(after.offers.map((index) => offeredInterface(after, index).identity));
  const lost = before.offers
    .map((index) => offeredInterface(before, index))
    .find(({ identity }) => !kept.has(identity));
  return lost?.interface.name ?? null;
}

/** Those that the version before had stay what they are; others are bound as at a deployment. */
function rebindCurrencies(
  state: State,
  by: string,
  before: ContractRecord,
  artifact: Artifact,
): Answer<string[]> {
  const bound = bindCurrencies(state, by, before.cooperative, artifact);
  if (!bound.ok) return bound;
  const lost = before.currencies.find((id) => !bound.value.includes(id));
  return lost === undefined ? bound : refuse('OtherCurrency', lost);
}

/** The versions that a contract has had, with the code of each, the last one first; at most `VERSIONS_TOLD`. */
export function versionsOf(
  state: Reader,
  contract: string,
): readonly (VersionRecord & { readonly version: string })[] {
  const row = read(state, CONTRACTS, contract);
  if (row === undefined) return [];
  const first = { codeHash: row.firstCode, by: row.creator, block: row.block, time: row.time };
  const told: VersionRecord[] = [];
  for (let at = row.upgrades; at > 0n && told.length < VERSIONS_TOLD; at--)
    told.push(read(state, VERSIONS, contract, `${at}`)!);
  const all = told.length < VERSIONS_TOLD ? [...told, first] : told;
  return all.map((each) => ({ ...each, version: programOf(state, each).artifact.meta.version }));
}

// ---- calling -----------------------------------------------------------------------------------

/** Calls a rule as `caller`. A failure changes nothing; who pays its gas is the caller's to settle. */
export function callContract(state: State, moment: Moment, call: Call): Success | Failure {
  const { contract, entry, args, caller, spends, gasLimit, observer } = call;
  const target = findEntry(state, contract, entry);
  if (!target.ok) return notBegun(target);
  const { row, program, kind } = target.value;
  if (kind !== 'rule') return notBegun(refuse('NotARule', entry));
  if (!isRegistered(state, caller)) return notBegun(refuse('UnknownDid', JSON.stringify(caller)));
  return run(state, moment, {
    contract,
    row,
    program,
    entry,
    args,
    caller,
    spends,
    gasLimit,
    callers: [],
    observer,
  });
}

/** Asks a view, with the state as it is; nothing is written. */
export function viewContract(
  state: Reader,
  moment: Moment,
  { contract, entry, args, gasLimit = VIEW_GAS_MAX, observer }: Ask,
): Success | Failure {
  const target = findEntry(state, contract, entry);
  if (!target.ok) return notBegun(target);
  const { row, program, kind } = target.value;
  if (kind !== 'view') return notBegun(refuse('NotAView', entry));
  return run(overlay(state), moment, {
    contract,
    row,
    program,
    entry,
    args,
    caller: null,
    spends: [],
    gasLimit,
    callers: [],
    observer,
  });
}

export function contractInfo(
  state: Reader,
  contract: string,
): (ContractRecord & { readonly artifact: Artifact }) | undefined {
  const row = read(state, CONTRACTS, contract);
  return row === undefined ? undefined : { ...row, artifact: programOf(state, row).artifact };
}

/** A hook of a deployed contract: how often it runs, and the way to run it, with the most gas that it can use. */
export type Hook = {
  readonly everySeconds: number;
  /** `args` are how many periods went by. Nobody is the caller. */
  readonly run: (moment: Moment, args: readonly AbiValue[], observer?: Observer) => Success | Failure;
};

/** Throws where the contract has no such hook: hooks are named by the schedule, not by people. */
export function hookOf(state: State, contract: string, entry: string): Hook {
  const target = findEntry(state, contract, entry);
  const found = target.ok ? target.value.program.entries.get(entry) : undefined;
  if (!target.ok || found?.kind !== 'hook') throw new Error(`${contract} has no hook ${entry}`);
  const { row, program } = target.value;
  const { everySeconds, gasMax: gasLimit } = found;
  const runOnce = (moment: Moment, args: readonly AbiValue[], observer?: Observer) =>
    run(state, moment, {
      contract,
      row,
      program,
      entry,
      args,
      caller: null,
      callers: [],
      spends: [],
      gasLimit,
      observer,
    });
  return { everySeconds, run: runOnce };
}

/** Each hook of a new version runs for the first time after one period; those of the one before run no more. */
function scheduleHooks(state: State, { time }: Moment, { contract, row, program }: Target): void {
  const { upgrades } = row;
  for (const { kind, name, everySeconds } of program.artifact.entries) {
    if (kind !== 'hook') continue;
    schedule(state, { due: time + BigInt(everySeconds), contract, entry: name, failures: 0n, upgrades });
  }
}

// ---- for tools ---------------------------------------------------------------------------------

export function contractsOf(state: Reader): string[] {
  return list(state, CONTRACTS).map(([contract]) => contract);
}

// ---- private -----------------------------------------------------------------------------------

type Target = { readonly contract: string; readonly row: ContractRecord; readonly program: Program };
type Execution = Target &
  Omit<Call, 'caller'> & { readonly caller: string | null; readonly callers: readonly string[] };

const DEPLOYMENT_ROW = record({ creator: SHORT_TEXT, count: uint64, codeHash: fixedBytes(32) });

/** The ledger's ids of the artifact's currencies: found by cooperative and name, or created where the deployer may. */
function bindCurrencies(
  state: State,
  creator: string,
  cooperative: string,
  artifact: Artifact,
): Answer<string[]> {
  const ids: string[] = [];
  for (const { name, decimals, kind } of artifact.currencies) {
    const id = read(state, CURRENCY_NAMES, cooperative, name);
    const bound =
      id === undefined
        ? createFor(state, creator, { cooperative, name, decimals, kind })
        : matchCurrency(state, id, decimals, kind);
    if (!bound.ok) return bound;
    ids.push(bound.value);
  }
  return accept(ids);
}

function matchCurrency(state: State, id: string, decimals: number, kind: string): Answer<string> {
  const found = currencyOf(state, id);
  if (found === undefined) throw new Error(`currency ${id} has a name and no row`);
  if (found.kind !== kind)
    return refuse('WrongCurrencyKind', `${found.name} is ${found.kind}, the contract declares ${kind}`);
  if (found.decimals !== decimals) {
    return refuse(
      'WrongCurrencyDecimals',
      `${found.name} has ${found.decimals}, the contract declares ${decimals}`,
    );
  }
  return accept(id);
}

function createFor(state: State, creator: string, currency: Currency): Answer<string> {
  const { cooperative, name } = currency;
  if (!holdsPermission(state, cooperative, creator, CURRENCY_PERMISSION)) {
    return refuse(
      'NoPermission',
      `${cooperative} has no currency ${name}, and creating it takes ${CURRENCY_PERMISSION}`,
    );
  }
  const id = currencyIdOf(cooperative, name);
  const created = createCurrency(state, { ...currency, id });
  return created.ok ? accept(id) : created;
}

function runInit(state: Overlay, moment: Moment, deployment: Deployment, target: Target): Success | Failure {
  const { artifact } = target.program;
  const { args, creator, spends, gasLimit, observer } = deployment;
  const init = artifact.entries.find(({ kind }) => kind === 'init');
  if (init !== undefined)
    return run(state, moment, {
      ...target,
      entry: init.name,
      args,
      caller: creator,
      spends,
      gasLimit,
      callers: [],
      observer,
    });
  if (args.length > 0)
    return notBegun(
      refuse('BadArguments', `${artifact.name} has no init, and there are ${args.length} arguments`),
    );
  return { ok: true, result: null, gasUsed: 0, events: [], logs: [], spent: [] };
}

function runUpgrade(state: State, moment: Moment, upgrade: Upgrade, target: Target): Success | Failure {
  const { by: caller, spends, gasLimit, observer } = upgrade;
  const entry = target.program.artifact.entries.find(({ kind }) => kind === 'upgrade')!.name;
  return run(state, moment, { ...target, entry, args: [], caller, spends, gasLimit, callers: [], observer });
}

/** One execution, on an overlay that is kept only when it ends well. */
function run(state: State, moment: Moment, execution: Execution): Success | Failure {
  if (!Number.isSafeInteger(execution.gasLimit) || execution.gasLimit <= 0)
    return notBegun(refuse('BadGasLimit', `${execution.gasLimit}`));
  const scratch = overlay(state);
  const { contract, row, caller, spends, callers } = execution;
  const others = otherContracts(scratch, moment, execution);
  const world = makeWorld(scratch, moment, { ...row, contract, caller, spends, callers }, others.contracts);
  const { program, entry, args, gasLimit } = execution;
  const { observer } = execution;
  const outcome = execute(program, { entry, args, gasLimit }, world.host, { observer });
  if (!outcome.ok) return failureOf(outcome, others.refused() ?? world.refused());
  const bytes = outcome.events.reduce((sum, event) => sum + sizeOfEvent(event), 0);
  if (bytes > EVENT_BYTES_MAX) return tooMuchSaid(bytes, outcome.gasUsed);
  writeStorage(scratch, contract, outcome.writes);
  applyChanges(state, scratch.changes());
  const { result, gasUsed, events, logs } = outcome;
  return { ok: true, result, gasUsed, events, logs, spent: world.spent() };
}

/** What an execution may ask of other contracts; they work on its overlay. `refused` is why the last call failed. */
function otherContracts(
  state: State,
  moment: Moment,
  caller: Execution,
): { readonly contracts: Contracts; readonly refused: () => Refusal | null } {
  let refusal: Refusal | null = null;
  const contracts: Contracts = {
    refusal: (contract, offered) => {
      const found = findOffer(state, caller, contract, offered);
      if (!found.ok) refusal = found;
      return found.ok ? null : found.message;
    },
    call: (request) => {
      const outcome = runOther(state, moment, caller, request);
      if (outcome.ok) return outcome;
      const { code, message, trap, gasUsed } = outcome;
      refusal = refuse(code, '');
      const kind = trap?.kind ?? (code === 'ExecutionFailed' ? 'LimitReached' : 'Refused');
      return { ok: false, kind, message: `${nameOf(state, request)}: ${message}`, gasUsed };
    },
  };
  return { contracts, refused: () => refusal };
}

function runOther(state: State, moment: Moment, caller: Execution, request: ContractCall): Success | Failure {
  const { contract, offered, method, args, gasLimit } = request;
  const found = findOffer(state, caller, contract, offered);
  if (!found.ok) return notBegun(found);
  const { row, program } = found.value;
  const idOf = (currency: number) => caller.row.currencies[currency]!;
  if (gasLimit === 0) return { ...notBegun(refuse('ExecutionFailed', '')), trap: NO_GAS_LEFT };
  return run(state, moment, {
    contract,
    row,
    program,
    entry: method.name,
    args,
    caller: method.kind === 'view' ? null : caller.contract,
    spends: request.spends.map(({ currency, amount }) => ({ currency: idOf(currency), amount })),
    gasLimit,
    callers: [...caller.callers, caller.contract],
    observer: caller.observer,
  });
}

const NO_GAS_LEFT: Trap = { kind: 'OutOfGas', message: '', function: -1, instruction: -1, position: null };

/** A contract that implements an interface, and means the caller's currencies by those that this names. */
function findOffer(
  state: Reader,
  caller: Execution,
  contract: string,
  { interface: { name }, identity, currencies }: OfferedInterface,
): Answer<{ readonly row: ContractRecord; readonly program: Program }> {
  const row = read(state, CONTRACTS, contract);
  if (row === undefined) return refuse('UnknownContract', contract === '' ? 'there is no account' : contract);
  const program = programOf(state, row);
  const offer = program.offers.get(identity);
  if (offer === undefined) return refuse('NotOffered', `${program.artifact.name} and ${name}`);
  const mine = currencies.map((currency) => caller.row.currencies[currency]!);
  const other = mine.find((id, at) => id !== row.currencies[offer.currencies[at]!]);
  return other === undefined ? accept({ row, program }) : refuse('OtherCurrency', other);
}

/** What a message calls the callee. */
function nameOf(state: Reader, { contract, method }: ContractCall): string {
  const row = read(state, CONTRACTS, contract);
  return `${row === undefined ? contract : programOf(state, row).artifact.name}.${method.name}`;
}

/** All events of one execution, names included: they are kept with its result, and one result is one record. */
const EVENT_BYTES_MAX = 8 << 20;

function tooMuchSaid(bytes: number, gasUsed: number): Failure {
  const message = `the events of an execution have at most ${EVENT_BYTES_MAX} bytes, not ${bytes}`;
  return { ok: false, code: 'ExecutionFailed', message, gasUsed };
}

function sizeOfEvent({ source, name, fields }: Event): number {
  const sizes = fields.map((field) => utf8Size(field.name) + sizeOfValue(field.value));
  return sizes.reduce((sum, size) => sum + size, utf8Size(source) + utf8Size(name));
}

function sizeOfValue(value: AbiValue): number {
  if (typeof value === 'string') return utf8Size(value);
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return WORD_BYTES;
  const parts = Array.isArray(value) ? value.map(sizeOfValue) : Object.entries(value).map(sizeOfField);
  return parts.reduce((sum, size) => sum + size, 0);
}

function sizeOfField([name, value]: [string, AbiValue]): number {
  return utf8Size(name) + sizeOfValue(value);
}

const WORD_BYTES = 8;

function utf8Size(text: string): number {
  return utf8(text).length;
}

/** A refusal of ours keeps its code; every other trap is a failed execution. */
function failureOf({ trap, gasUsed }: Extract<Outcome, { ok: false }>, refusal: Refusal | null): Failure {
  const code =
    trap.kind === 'Refused' && refusal !== null
      ? refusal.code
      : trap.kind === 'BadArgument'
        ? 'BadArguments'
        : 'ExecutionFailed';
  return { ok: false, code, message: trap.message, trap, gasUsed };
}

function notBegun({ code, message }: Refusal): Failure {
  return { ok: false, code, message, gasUsed: 0 };
}

function findEntry(
  state: Reader,
  contract: string,
  name: string,
): Answer<{ row: ContractRecord; program: Program; kind: Entry['kind'] }> {
  const row = read(state, CONTRACTS, contract);
  if (row === undefined) return refuse('UnknownContract', contract);
  const program = programOf(state, row);
  const entry = program.entries.get(name);
  if (entry === undefined || entry.kind === 'init' || entry.kind === 'upgrade')
    return refuse('UnknownEntry', `${program.artifact.name}.${name}`);
  return accept({ row, program, kind: entry.kind });
}

/** The program of a deployed contract, made once for each code. */
function programOf(state: Reader, { codeHash }: Pick<ContractRecord, 'codeHash'>): Program {
  const hash = hexOf(codeHash);
  const kept = PROGRAMS.get(hash);
  if (kept !== undefined) return kept;
  const checked = checkArtifact(read(state, CODE, hash) ?? new Uint8Array(0));
  if (!checked.ok) throw new Error(`the stored code ${hash} is damaged: ${checked.message}`);
  if (PROGRAMS.size >= PROGRAMS_MAX) PROGRAMS.delete(PROGRAMS.keys().next().value!);
  PROGRAMS.set(hash, checked.value.program);
  return checked.value.program;
}

/** By the hash of the code, so it makes no difference but in time. */
const PROGRAMS = new Map<string, Program>();
const PROGRAMS_MAX = 256;
