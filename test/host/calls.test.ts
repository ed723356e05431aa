/** Contracts that call each other on the host: money, refusals in their order, depth, gas, and what a failure undoes. */
import { describe, expect, test } from 'vitest';
import {
  auditLedger,
  balanceOf,
  callContract,
  createCooperative,
  createCurrency,
  DEPLOY_PERMISSION,
  deployContract,
  grantPermission,
  type Overlay,
  overlay,
  type Spends,
  storageOf,
  transfer,
  viewContract,
} from '../../host/index.ts';
import {
  type AbiValue,
  type Artifact,
  assemble,
  LIMITS,
  type Sight,
  validate,
  withGasBounds,
} from '../../vm/index.ts';
import { COOPERATIVE, deployment, didOf, HOURS, MOMENT, makeWorld } from './purse.ts';

const DESK = `.interface Desk
.method rule deposit(amount: Amount<hours>) -> Amount<hours> gas 60000
.method rule pass(next: Did, turns: Int) -> Int gas 40000
.method view held() -> Amount<hours> gas 5000
`;
const UNOFFERED = '.interface Other\n.method rule deposit(amount: Amount<hours>) -> Unit gas 60000\n';

/** A desk takes what is deposited, counts it, and passes calls on to the next desk or, at the null DID, to itself. */
const TILL = `.contract Till
.uses ledger.write
.currency hours 2 mutual
.slot held () (int) Amount<hours>
.event Deposited(amount: Amount<hours>)
${DESK}.offers Desk
.call Desk pass
.rule deposit(amount: Amount<hours>) -> Amount<hours> = deposit
.contracts
.rule pass(next: Did, turns: Int) -> Int = pass
.contracts
.view held() -> Amount<hours> = held
.function deposit (int) -> (int)
  LocalGet 0
  Push 0
  GreaterThan
  JumpIf sound
  Revert "the amount must be positive"
sound:
  StateGet held 0
  LocalGet 0
  Add
  StateSet held 0
  GetCaller
  GetSelf
  LocalGet 0
  Transfer hours
  LocalGet 0
  EmitEvent Deposited
  StateGet held 0
  Return
.function pass (did int) -> (int) locals (int)
  LoopEnter 2
turn:
  LocalGet 1
  Push 0
  GreaterThan
  Not
  JumpIf done
  LocalGet 1
  Push 1
  Sub
  LocalSet 1
  LoopBack 2 400 turn
done:
  Push 7
  Return
.function held () -> (int)
  StateGet held 0
  Return
`;

/** Calls a desk, with whatever arguments it is given. */
const CLERK = `.contract Clerk
.uses ledger.write
.currency hours 2 mutual
.slot calls () (int) Int
${DESK}${UNOFFERED}.call Desk deposit hours
.call Desk deposit
.call Desk pass
.call Desk held
.call Other deposit
.rule give(desk: Did, amount: Amount<hours>, most: Amount<hours>) -> Amount<hours> = give
.rule trust(desk: Did, amount: Amount<hours>) -> Amount<hours> = trust
.rule pass(desk: Did, turns: Int) -> Int = pass
.rule other(desk: Did) -> Unit = other
.view ask(desk: Did) -> Amount<hours> = ask
.view find(desk: Did) -> Did = find
.function give (did int int) -> (int)
  StateGet calls 0
  Push 1
  Add
  StateSet calls 0
  LocalGet 0
  LocalGet 1
  LocalGet 2
  CallContract #0
  Return
.function trust (did int) -> (int)
  LocalGet 0
  LocalGet 1
  CallContract #1
  Return
.function pass (did int) -> (int)
  LocalGet 0
  LocalGet 0
  LocalGet 1
  CallContract #2
  Return
.function other (did) -> ()
  LocalGet 0
  Push 1
  CallContract #4
  Return
.function ask (did) -> (int)
  LocalGet 0
  CallContract #3
  Return
.function find (did) -> (did)
  LocalGet 0
  FindContract Desk
  Return
`;

const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/** `down3` of each calls `down4` of the next, since a method cannot afford to call itself; the last has no next. */
const LINK = `.contract Link
.slot next () (did) Did
.interface Row
${STEPS.map((at) => `.method rule down${at}() -> Int gas ${90_000 - 8_000 * at}`).join('\n')}
.offers Row
${STEPS.map((at) => `.call Row down${at}`).join('\n')}
.init init(next: Did) -> Unit = init
.rule link(next: Did) -> Unit = init
${STEPS.map((at) => `.rule down${at}() -> Int = down${at}\n.contracts`).join('\n')}
.function init (did) -> ()
  LocalGet 0
  StateSet next 0
  Return
${STEPS.map(
  (at) => `.function down${at} () -> (int)
  StateGet next 0
  PushConst did""
  Equal
  JumpIf end
  StateGet next 0
  ${at === 9 ? 'Pop\n  Push 0' : `CallContract #${at + 1}`}
  Push 1
  Add
  Return
end:
  Push 1
  Return`,
).join('\n')}
`;

const alice = didOf('alice');
const limit = (amount: bigint): Spends => [{ currency: HOURS, amount }];

describe('a call', () => {
  test('gives its result, its events and its writes, and takes what the caller allows', () => {
    const { state, till, clerk } = opened();
    const outcome = call(state, clerk, 'give', [till, 30n, 30n]);
    expect(outcome).toMatchObject({ ok: true, result: 30n, spent: [] });
    if (!outcome.ok) return;
    expect(outcome.events.map(({ source, name }) => [source, name])).toEqual([
      ['ledger', 'Transferred'],
      [till, 'Deposited'],
    ]);
    expect(balanceOf(state, HOURS, till)).toBe(30n);
    expect(balanceOf(state, HOURS, clerk)).toBe(70n);
    expect(call(state, clerk, 'give', [till, 5n, 9n])).toMatchObject({ ok: true, result: 35n });
    expect(ask(state, clerk, 'ask', [till])).toMatchObject({ ok: true, result: 35n });
    expect(auditLedger(state)).toEqual([]);
  });

  test('takes nothing beyond what is allowed, and nothing by default', () => {
    const { state, till, clerk } = opened();
    const before = state.changes();
    expect(call(state, clerk, 'give', [till, 30n, 29n])).toMatchObject({
      code: 'SpendingLimit',
      message: expect.stringContaining('Till.deposit: '),
      trap: { kind: 'Refused', instruction: 7 },
    });
    expect(call(state, clerk, 'trust', [till, 1n])).toMatchObject({ code: 'SpendingLimit' });
    expect(call(state, clerk, 'give', [till, 200n, 200n])).toMatchObject({ code: 'CannotPay' });
    expect(call(state, clerk, 'give', [till, 30n, -1n])).toMatchObject({ trap: { kind: 'BadArgument' } });
    expect(state.changes()).toEqual(before);
  });

  test("does not pass the signer's allowance on", () => {
    const { state, till, clerk } = opened();
    expect(call(state, clerk, 'trust', [till, 1n], limit(100n))).toMatchObject({ code: 'SpendingLimit' });
  });

  test('that reverts undoes callee and caller, and its gas is paid', () => {
    const { state, till, clerk } = opened();
    const outcome = call(state, clerk, 'give', [till, 0n, 0n]);
    expect(outcome).toMatchObject({
      ok: false,
      code: 'ExecutionFailed',
      message: 'Till.deposit: the amount must be positive',
      trap: { kind: 'Requirement', function: 0, instruction: 7 },
    });
    expect(storageOf(state, clerk)).toEqual([]);
    const direct = call(state, till, 'deposit', [0n]);
    // StateGet, StateSet and the call's own price on top of what the callee used.
    expect(outcome.gasUsed).toBeGreaterThan(900 + direct.gasUsed);
  });
});

test('an observer sees the callee too, as an execution of its own', () => {
  const { state, till, clerk } = opened();
  const executions = new Map<object, string>();
  const observer = ({ execution, program }: Sight) => {
    executions.set(execution, program.artifact.name);
  };
  const given = { contract: clerk, entry: 'give', args: [till, 30n, 30n], caller: alice, spends: [] };
  const plain = callContract(overlay(state), MOMENT, { ...given, gasLimit: 1_000_000 });
  const outcome = callContract(state, MOMENT, { ...given, gasLimit: 1_000_000, observer });
  expect(outcome).toMatchObject({ ok: true });
  expect(outcome).toEqual(plain);
  expect([...executions.values()]).toEqual(['Clerk', 'Till']);
});

describe('a call is refused', () => {
  test('of what is no contract, or none that implements the interface', () => {
    const { state, till, clerk } = opened();
    for (const nobody of [alice, '', 'did:icn:contract:none']) {
      expect(call(state, clerk, 'trust', [nobody, 1n])).toMatchObject({ code: 'UnknownContract' });
      expect(ask(state, clerk, 'find', [nobody])).toMatchObject({ trap: { kind: 'Refused' } });
    }
    expect(call(state, clerk, 'other', [till])).toMatchObject({ code: 'NotOffered' });
    expect(ask(state, clerk, 'find', [till])).toMatchObject({ ok: true, result: till });
    expect(ask(state, clerk, 'find', [clerk])).toMatchObject({ code: 'NotOffered' });
  });

  test('of a contract that means another currency of that name', () => {
    const { state, clerk } = opened();
    createCooperative(state, 'elsewhere', 'Elsewhere');
    grantPermission(state, 'elsewhere', alice, DEPLOY_PERMISSION);
    createCurrency(state, {
      id: 'theirs',
      cooperative: 'elsewhere',
      name: 'hours',
      decimals: 2,
      kind: 'mutual',
    });
    const till = deploy(state, TILL, [], 'elsewhere');
    expect(call(state, clerk, 'trust', [till, 1n])).toMatchObject({ code: 'OtherCurrency' });
    expect(ask(state, clerk, 'find', [till])).toMatchObject({ code: 'OtherCurrency' });
  });

  test('of a contract that is being executed, through others too', () => {
    const state = makeWorld();
    const first = deploy(state, LINK, ['']);
    const second = deploy(state, LINK, [first]);
    expect(call(state, second, 'down0', [])).toMatchObject({ ok: true, result: 2n });
    call(state, first, 'link', [first]);
    expect(call(state, first, 'down0', [])).toMatchObject({ trap: { kind: 'Reentry' } });
    call(state, first, 'link', [second]);
    expect(call(state, second, 'down0', [])).toMatchObject({
      trap: { kind: 'Reentry' },
      message: 'Link.down1: Link.down2: the contract is being executed already',
    });
  });

  test(`beyond a depth of ${LIMITS.contractDepth}`, () => {
    const state = makeWorld();
    let next = '';
    const links = Array.from({ length: LIMITS.contractDepth + 1 }, () => {
      next = deploy(state, LINK, [next]);
      return next;
    });
    const [allowed, over] = links.slice(-2);
    expect(call(state, allowed!, 'down0', [])).toMatchObject({
      ok: true,
      result: BigInt(LIMITS.contractDepth),
    });
    expect(call(state, over!, 'down0', [])).toMatchObject({ trap: { kind: 'CallDepth' } });
  });
});

describe('gas', () => {
  test('a caller with too little is out of gas, at every amount below what it needs', () => {
    const { state, till, clerk } = opened();
    const enough = call(overlay(state), clerk, 'give', [till, 30n, 30n]);
    if (!enough.ok) throw new Error(enough.message);
    const withGas = (gasLimit: number) =>
      callContract(overlay(state), MOMENT, {
        contract: clerk,
        entry: 'give',
        args: [till, 30n, 30n],
        caller: alice,
        spends: [],
        gasLimit,
      });
    expect(withGas(enough.gasUsed)).toMatchObject({ ok: true, gasUsed: enough.gasUsed });
    for (let gasLimit = 1; gasLimit < enough.gasUsed; gasLimit += 1 + (gasLimit % 97))
      expect(withGas(gasLimit)).toMatchObject({ trap: { kind: 'OutOfGas' }, gasUsed: gasLimit });
  });

  test('the bound of a caller includes what the interface states', () => {
    const artifact = artifactOf(CLERK);
    expect(artifact.entries.find(({ name }) => name === 'trust')?.gasMax).toBeGreaterThan(60_900);
    expect(artifact.entries.find(({ name }) => name === 'trust')?.gasMax).toBeLessThan(64_000);
  });
});

describe('validation', () => {
  const errorsOf = (source: string) => {
    const validated = validate(artifactOf(source));
    return validated.ok ? [] : validated.errors.map(({ message }) => message);
  };

  test('holds a contract to the interfaces that it says it implements', () => {
    expect(errorsOf(TILL)).toEqual([]);
    expect(errorsOf(TILL.replace('LoopBack 2 400', 'LoopBack 2 4000'))).toEqual([
      expect.stringContaining('states at most 40000 gas'),
    ]);
    expect(errorsOf(TILL)).toEqual([]);
    expect(errorsOf(TILL.replace('.view held()', '.view kept()'))).toEqual([
      'held of the interface Desk is missing',
    ]);
    expect(errorsOf(TILL.replace('.contracts\n', ''))).toEqual([
      'deposit of the interface Desk does not admit contracts',
    ]);
    expect(
      errorsOf(
        TILL.replace(
          '.rule pass(next: Did, turns: Int) -> Int =',
          '.rule pass(next: Did, turns: Time) -> Int =',
        ),
      ),
    ).toEqual(['pass of the interface Desk has other parameters or another result']);
    expect(
      errorsOf(TILL.replace('.view held() -> Amount<hours> =', '.rule held() -> Amount<hours> =')),
    ).toEqual(['held of the interface Desk is a view, not a rule']);
  });

  test('lets no view call a rule, nor spend', () => {
    expect(errorsOf(CLERK.replace('.rule trust', '.view trust'))).toEqual(['the view trust writes']);
    expect(errorsOf(CLERK.replace('.call Desk held', '.call Desk held hours'))).toContain(
      'a call of the view held spends',
    );
  });
});

// ---- private -----------------------------------------------------------------------------------

/** A clerk with 100 hours, and a till. */
function opened() {
  const state = makeWorld();
  const till = deploy(state, TILL);
  const clerk = deploy(state, CLERK);
  transfer(state, MOMENT, { from: alice, to: clerk, currency: HOURS, amount: 100n });
  return { state, till, clerk };
}

function deploy(
  state: Overlay,
  source: string,
  args: readonly AbiValue[] = [],
  cooperative = COOPERATIVE,
): string {
  const outcome = deployContract(state, MOMENT, deployment(artifactOf(source), { args, cooperative }));
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.contract;
}

function artifactOf(source: string): Artifact {
  const assembled = assemble(source);
  if (!assembled.ok) throw new Error(JSON.stringify(assembled.errors));
  return withGasBounds(assembled.artifact);
}

function call(
  state: Overlay,
  contract: string,
  entry: string,
  args: readonly AbiValue[],
  spends: Spends = [],
) {
  return callContract(state, MOMENT, { contract, entry, args, caller: alice, spends, gasLimit: 1_000_000 });
}

function ask(state: Overlay, contract: string, entry: string, args: readonly AbiValue[]) {
  return viewContract(state, MOMENT, { contract, entry, args });
}
