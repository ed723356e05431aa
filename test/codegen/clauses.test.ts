/** Clauses built as views read what an execution of their contract wrote, and what the ledger says without a capability. */
import { expect, test } from 'vitest';
import { analyse, build, buildFunctions, clauseProgram, lowerProgram } from '../../compiler/index.ts';
import { storageOf } from '../../host/index.ts';
import { call, deploy, memberDid, openWorld } from '../../testing/index.ts';
import { execute, hexOf, validate } from '../../vm/index.ts';

const SOURCE = `contract Till {
  currency hours { decimals 2 }
  state { members: Set<Did, 3>; paid: Map<Did, Int>; }
  rule pay(n: Int) { members.add(caller); paid[caller] += n; }
  invariant small: forall d: Did { d in members ==> paid[d] < 10 };
  invariant solvent: ledger.balance(self, hours) >= 0 hours;
}`;
const [contract] = lowerProgram(analyse(new Map([['till.ccl', SOURCE]]), 'till.ccl')).contracts;
const none = { claims: [], marks: [] };
const [alice, bob] = ['alice', 'bob'].map(memberDid) as [string, string];

test('over the storage of the contract', () => {
  const artifact = build(contract!, none);
  const program = clauseProgram(contract!, contract!.invariants[0]!);
  const clause = buildFunctions(contract!, program.functions, none);
  expect(clause.storage).toEqual(artifact.storage);
  const world = openWorld({ members: ['alice', 'bob'], currencies: artifact.currencies });
  const deployed = deploy(world, { artifact, args: [], by: alice, name: 'till' });
  const account = deployed.ok ? deployed.contract : '';
  const pay = (n: bigint) => call(world, { contract: account, entry: 'pay', args: [n], by: bob, spends: [] });
  const holdsFor = (did: string) => {
    const stored = new Map(storageOf(world.state, account).map(({ key, value }) => [hexOf(key), value]));
    const validated = validate(clause);
    if (!validated.ok) throw new Error(validated.errors[0]!.message);
    const entry = program.functions[program.main.function]!.name;
    const outcome = execute(
      validated.program,
      { entry, args: [did], gasLimit: 1e6 },
      {
        env: {
          self: account,
          caller: null,
          callerIsContract: false,
          creator: alice,
          cooperative: 'test',
          time: 0n,
          block: 0n,
        },
        load: (key) => stored.get(hexOf(key)),
        call: () => ({ ok: false, kind: 'Refused', message: 'no host' }),
        holdsPermission: () => false,
        reputationOf: () => 0n,
      },
    );
    return outcome.ok ? outcome.result : outcome.trap.kind;
  };
  expect([pay(9n).ok, holdsFor(alice), holdsFor(bob)]).toEqual([true, true, true]);
  expect([pay(1n).ok, holdsFor(alice), holdsFor(bob)]).toEqual([true, true, false]);
});

test('with the capabilities that they use', () => {
  const program = clauseProgram(contract!, contract!.invariants[1]!);
  const artifact = buildFunctions(contract!, program.functions, none);
  expect([contract!.capabilities, artifact.capabilities]).toEqual([[], ['ledger.read']]);
  expect(validate(artifact)).toMatchObject({ ok: true });
});
