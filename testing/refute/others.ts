/**
 * What others do in one environment step of a proof: time goes by, limits are set, and they pay each other and the contract.
 * In a state that was reached they pay, as anybody can; in one that was built their balances become what is meant, as the
 * rest of it did.
 */
import { type core, stepsOfProof } from '../../compiler/index.ts';
import { balanceOf, currencyIdOf, ISSUER, rebalance, setFloor } from '../../host/index.ts';
import { advance, COOPERATIVE, memberDid, pay, runHookHere, type World } from '../world.ts';

export type Later = {
  readonly seconds: bigint;
  readonly blocks: bigint;
  readonly floors: readonly Holding[];
  readonly balances: readonly Holding[];
};
export type Holding = { readonly currency: number; readonly account: string; readonly amount: bigint };

type Scene = {
  readonly contract: core.Contract;
  readonly account: string;
  /** Who has and owes what no other account of the case does. */
  readonly sink: string;
};

/** What is refused is left out. */
export function actAsOthers(scene: Scene, world: World, later: Later): void {
  letTimeGoBy(world, later);
  for (const { currency, account, amount } of later.floors)
    if (account !== scene.account) setFloor(world.state, idOf(scene, currency), account, amount);
  for (const holding of later.balances) payUntil(scene, world, holding);
}

/** As `actAsOthers`, where nobody has to be able to pay, and no hook is scheduled. */
export function changeOthers(scene: Scene, world: World, later: Later): void {
  letTimeGoBy(world, later);
  const { contract, account: own, sink } = scene;
  for (const { name, schedule } of contract.functions) {
    const periods = schedule === undefined ? 0n : later.seconds / schedule.everySeconds;
    if (periods > 0n) runHookHere(world, own, name, [periods]);
  }
  for (const { currency, account, amount } of later.balances) {
    const other = contract.currencies[currency]!.kind === 'issued' ? ISSUER : sink;
    rebalance(world.state, idOf(scene, currency), account, amount, other);
  }
  for (const { currency, account, amount } of later.floors)
    if (account !== scene.account) setFloor(world.state, idOf(scene, currency), account, amount);
}

/** What the model says, the same with time for every hook, nothing, and a day with a payment into the contract. */
export function latersToTry(
  contract: core.Contract,
  proof: number,
  modelled: readonly Later[],
  account: string,
): readonly (readonly Later[])[] {
  const count = stepsOfProof(contract.proofs[proof]!.steps).filter(({ kind }) => kind === 'later').length;
  if (count === 0) return [[]];
  const all = Array.from({ length: count }, (_, i) => modelled[i] ?? NOTHING);
  const periods = contract.functions.map(({ schedule }) => schedule?.everySeconds ?? 0n);
  const longest = periods.reduce((most, period) => (period > most ? period : most), 0n);
  const patient = all.map((later) => ({ ...later, seconds: later.seconds + longest }));
  const balances = contract.currencies.map(({ decimals }, currency) => {
    const amount = 100n * 10n ** BigInt(decimals);
    return { currency, account, amount };
  });
  const busy = all.map(() => ({ ...NOTHING, seconds: DAY, blocks: 1n, balances }));
  return [all, ...(longest === 0n ? [] : [patient]), [], busy];
}

const NOTHING: Later = { seconds: 0n, blocks: 0n, floors: [], balances: [] };
const DAY = 86_400n;

// ---- private -----------------------------------------------------------------------------------

/** Who pays, and is paid, for the others. */
const PAYER = memberDid('erin');

function letTimeGoBy(world: World, { seconds, blocks }: Later): void {
  if (seconds > 0n) advance(world, seconds);
  world.clock.block += blocks;
}

function idOf({ contract }: Scene, currency: number): string {
  return currencyIdOf(COOPERATIVE, contract.currencies[currency]!.name);
}

/** Nobody pays for the contract. */
function payUntil(scene: Scene, world: World, { currency, account, amount: wanted }: Holding): void {
  const { name } = scene.contract.currencies[currency]!;
  const missing = wanted - balanceOf(world.state, idOf(scene, currency), account);
  if (missing > 0n) pay(world, PAYER, account, name, missing);
  if (missing < 0n && account !== scene.account) pay(world, account, PAYER, name, -missing);
}
