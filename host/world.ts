/**
 * What a contract's execution sees of the world: an overlay of the state, a moment and who calls, as the VM's `Host`.
 * Each operation that the host modules answer is a row of `OPERATIONS`; one without a row is not built, and says so.
 */
import {
  type Contracts,
  compareText,
  type Event,
  type Host,
  type HostAnswer,
  hexOf,
  type Operand,
  type OpName,
  rowOf,
  type Value,
} from '../vm/index.ts';
import { holdsPermission } from './cooperative.ts';
import { isContractAccount, isRegistered } from './identity.ts';
import { amountIn, balanceOf, canPay, type Moment, payFromContract, total, transfer } from './ledger.ts';
import { type Answer, type Refusal, refuse } from './refusals.ts';
import type { State } from './state.ts';
import { STORAGE } from './storage.ts';
import { read } from './tables.ts';

export type Spend = { readonly currency: string; readonly amount: bigint };
/** The most of each currency that an execution may take from its caller; what is not named, nothing. */
export type Spends = readonly Spend[] | 'unlimited';

/** Who executes and for whom. `currencies` are the ledger's ids by the artifact's indices; `caller` is null in a view. */
export type Standing = {
  readonly contract: string;
  readonly creator: string;
  readonly cooperative: string;
  readonly currencies: readonly string[];
  readonly caller: string | null;
  readonly spends: Spends;
  /** The contracts whose calls led here, outermost first. */
  readonly callers: readonly string[];
};

export type World = {
  readonly host: Host;
  /** What was taken from the caller so far, in the order of the currencies' ids. */
  readonly spent: () => Spend[];
  /** The last refusal of a host module. */
  readonly refused: () => Refusal | null;
};

/** Host calls, and calls of other `contracts` where there are some, read `state` and write to it; the caller keeps or drops it. */
export function makeWorld(
  state: State,
  moment: Moment,
  standing: Standing,
  contracts: Contracts | null,
): World {
  const scene: Scene = { state, moment, standing, spent: new Map(), refusal: null };
  const { contract, creator, cooperative, caller, callers } = standing;
  const callerIsContract = caller !== null && isContractAccount(caller);
  return {
    host: {
      env: {
        self: contract,
        caller,
        callerIsContract,
        creator,
        cooperative,
        time: moment.time,
        block: moment.block,
        callers,
      },
      ...(contracts !== null && { contracts }),
      load: (key) => read(state, STORAGE, contract, hexOf(key)),
      call: (op, operands, args) => answer(scene, op, operands, args),
      holdsPermission: (did, permission) => holdsPermission(state, cooperative, did, permission),
      // No reputation module yet: nobody has any, so a clause that asks for some refuses everybody.
      reputationOf: () => 0n,
    },
    spent: () =>
      [...scene.spent]
        .map(([currency, amount]) => ({ currency, amount }))
        .sort((a, b) => compareText(a.currency, b.currency)),
    refused: () => scene.refusal,
  };
}

// ---- private -----------------------------------------------------------------------------------

type Scene = {
  readonly state: State;
  readonly moment: Moment;
  readonly standing: Standing;
  readonly spent: Map<string, bigint>;
  refusal: Refusal | null;
};
type Operation = (scene: Scene, operands: readonly Operand[], args: readonly Value[]) => HostAnswer;

/** Gas beyond the opcode's own, for the leaves that an operation reads and writes in the state. */
const READ_GAS = 200;
const WRITE_GAS = 4_800;
/** Two balances, the currency's sums, its journal. */
const TRANSFER_GAS = 4 * (READ_GAS + WRITE_GAS);

const OPERATIONS: { readonly [op in OpName]?: Operation } = {
  Transfer: transferFor,
  Balance: ({ state, standing }, [currency], [did]) =>
    values(READ_GAS, balanceOf(state, idOf(standing, currency), did as string)),
  CanPay: ({ state, standing }, [currency], [did, amount]) =>
    values(2 * READ_GAS, canPay(state, idOf(standing, currency), did as string, amount as bigint)),
  Total: ({ state, standing }, [currency]) => values(READ_GAS, total(state, idOf(standing, currency))),
  VerifyDIDOf: ({ state }, _, [did]) => values(READ_GAS, isRegistered(state, did as string)),
  VerifyDID: ({ state, standing }) =>
    values(READ_GAS, standing.caller !== null && isRegistered(state, standing.caller)),
};

function answer(scene: Scene, op: OpName, operands: readonly Operand[], args: readonly Value[]): HostAnswer {
  const operation = OPERATIONS[op];
  if (operation !== undefined) return operation(scene, operands, args);
  return {
    ok: false,
    kind: 'NotBuilt',
    message: `${op}: the ${rowOf(op).host?.module ?? 'host'} module does not do this yet`,
  };
}

/** A contract moves its own money, and its caller's up to the spending limit: a member's, or that of a contract. */
function transferFor(
  scene: Scene,
  [operand]: readonly Operand[],
  [from, to, amount]: readonly Value[],
): HostAnswer {
  const { state, moment, standing } = scene;
  const payment = {
    from: from as string,
    to: to as string,
    currency: idOf(standing, operand),
    amount: amount as bigint,
  };
  if (payment.from === standing.contract)
    return posted(scene, payFromContract(state, moment, standing.contract, payment));
  if (payment.from !== standing.caller) return refused(scene, refuse('NotTheirMoney', payment.from));
  if (payment.amount < 0n)
    return refused(scene, refuse('NegativeAmount', amountIn(state, payment.currency, payment.amount)));
  const spent = (scene.spent.get(payment.currency) ?? 0n) + payment.amount;
  const limit = limitOf(standing.spends, payment.currency);
  if (limit !== null && spent > limit)
    return refused(
      scene,
      refuse(
        'SpendingLimit',
        `${amountIn(state, payment.currency, spent)}, the limit is ${amountIn(state, payment.currency, limit)}`,
      ),
    );
  const paid = isContractAccount(payment.from)
    ? payFromContract(state, moment, payment.from, payment)
    : transfer(state, moment, payment);
  if (paid.ok && payment.amount > 0n) scene.spent.set(payment.currency, spent);
  return posted(scene, paid);
}

function posted(scene: Scene, paid: Answer<readonly Event[]>): HostAnswer {
  return paid.ok ? { ok: true, values: [], events: paid.value, gas: TRANSFER_GAS } : refused(scene, paid);
}

function refused(scene: Scene, refusal: Refusal): HostAnswer {
  scene.refusal = refusal;
  return { ok: false, kind: 'Refused', message: refusal.message };
}

function values(gas: number, ...given: Value[]): HostAnswer {
  return { ok: true, values: given, gas };
}

/** Null: as much as they have. */
function limitOf(spends: Spends, currency: string): bigint | null {
  if (spends === 'unlimited') return null;
  return spends.filter((spend) => spend.currency === currency).reduce((sum, { amount }) => sum + amount, 0n);
}

/** Validation has checked the index against the artifact, and deployment has bound each of its currencies. */
function idOf({ currencies }: Standing, operand: Operand | undefined): string {
  const id = currencies[Number(operand)];
  if (id === undefined) throw new Error(`no currency ${operand}`);
  return id;
}
