/**
 * Contracts that a contract calls, for its runs: those of its sources that implement an interface, and others that are made
 * (`answering.ts`): some always answer the same, some do not, some take or give money, some refuse whatever they may. In: the
 * contract and a world before it is deployed. Out: their accounts, in that world.
 */
import { answering, build, type CalleeAnswer, checkedBy, type core, REFUSES } from '../../compiler/index.ts';
import type { Failure } from '../../host/index.ts';
import { deploy, memberDid, pay, type World } from '../world.ts';

/** Who deploys them. */
export const WRITER = 'oscar';

/** `interface`: its number among those of the contract that calls. */
export type Other = {
  readonly interface: number;
  readonly account: string;
  /** The contract, and which of its methods are promised to succeed at some time. */
  readonly name: string;
  readonly promised: readonly string[];
  /** Whether a source has it. */
  readonly isWritten: boolean;
};

/** Those that no validated artifact could be are left out: what an interface grants may be too little gas. */
export function deployOthers(
  contract: core.Contract,
  world: World,
  implementers: readonly core.Contract[],
): readonly Other[] {
  const numbers = [...new Set([1n, 0n, ...numbersIn(contract), 100n])].slice(0, NUMBERS_MAX);
  return [
    ...contract.interfaces.flatMap((_, index) =>
      implementers.flatMap((implementer) => deployImplementer(contract, world, index, implementer)),
    ),
    ...deployAnswers(
      contract,
      world,
      numbers.map((number) => [number]),
    ),
    ...contract.interfaces.flatMap((offered, index) =>
      variantsFor(offered).flatMap((variant) => deployAnswer(contract, world, index, variant)),
    ),
  ];
}

/** Who deploys them, where there are any. */
export function writersFor({ interfaces }: core.Contract): readonly string[] {
  return interfaces.some(({ implemented }) => !implemented) ? [WRITER] : [];
}

/** More of them, with these answers, one after the other. */
export function deployAnswers(
  contract: core.Contract,
  world: World,
  scripts: readonly (readonly bigint[])[],
): readonly Other[] {
  return scripts.flatMap((numbers) =>
    contract.interfaces.flatMap((_, index) => deployAnswer(contract, world, index, { ...PLAIN, numbers })),
  );
}

/** Whether a call failed because another contract did not do what its interface promises: no such contract could be there. */
export function isPromiseBroken(others: readonly Other[], { message }: Failure): boolean {
  return others.some(
    ({ name, promised }) =>
      promised.some((method) => message.includes(`${name}.${method}: `)) && !message.includes(REFUSES),
  );
}

// ---- private -----------------------------------------------------------------------------------

const NUMBERS_MAX = 6;
/** What one that gives has of each currency, in smallest units. */
const MEANS = 1_000n;
const PLAIN: Omit<CalleeAnswer, 'numbers'> = { someone: memberDid('carol'), takes: 0n, refuses: false };

/** Only where there is something that they could do differently. */
function variantsFor({ methods }: core.Interface): readonly CalleeAnswer[] {
  const hasRules = methods.some(({ kind }) => kind === 'rule');
  const answers = methods.some(({ result }) => result.kind !== 'Unit');
  const promises = methods.some(({ succeeds }) => succeeds.length > 0);
  const asks = methods.some(({ params }) => params.some(({ type }) => type.kind === 'Amount'));
  return [
    ...(answers
      ? [
          [1n, 0n],
          [0n, 1n],
        ].map((numbers) => ({ ...PLAIN, numbers }))
      : []),
    ...(promises ? [{ ...PLAIN, numbers: [1n], refuses: true }] : []),
    ...(hasRules && asks ? [{ ...PLAIN, numbers: [1n], takes: 'asked' as const }] : []),
    ...(hasRules ? [1n, -1n].map((takes) => ({ ...PLAIN, numbers: [1n], takes })) : []),
  ];
}

function deployAnswer(
  contract: core.Contract,
  world: World,
  index: number,
  answer: CalleeAnswer,
): readonly Other[] {
  const offered = contract.interfaces[index]!;
  const other = offered.implemented ? null : answering(contract, offered, answer);
  if (other === null) return [];
  const deployed = deployOther(world, other, index, offered, nameOf(offered, answer));
  if (typeof answer.takes === 'bigint' && answer.takes < 0n)
    for (const { account } of deployed)
      for (const { name } of contract.currencies) pay(world, memberDid(WRITER), account, name, MEANS);
  return deployed;
}

/** What breaks a promise of the interface on the way does not go on. */
function deployImplementer(
  contract: core.Contract,
  world: World,
  index: number,
  implementer: core.Contract,
): readonly Other[] {
  const offered = contract.interfaces[index]!;
  const isOne = implementer.interfaces.some(({ name, implemented }) => implemented && name === offered.name);
  if (offered.implemented || !isOne || implementer.functions[0]!.params.length > 0) return [];
  const checked = checkedBy(offered, implementer);
  return checked === null ? [] : deployOther(world, checked, index, offered, implementer.name);
}

function deployOther(
  world: World,
  other: core.Contract,
  index: number,
  { methods }: core.Interface,
  name: string,
): readonly Other[] {
  const artifact = build(other, { claims: [], marks: [] });
  const done = deploy(world, { artifact, args: [], by: memberDid(WRITER), name });
  const isWritten = name === other.name;
  const promised = methods.filter(({ succeeds }) => succeeds.length > 0).map((method) => method.name);
  return done.ok ? [{ interface: index, account: done.contract, name: other.name, promised, isWritten }] : [];
}

/** Those that the code is written with, and what comes behind each. */
function numbersIn({ functions }: core.Contract): readonly bigint[] {
  const found = new Set<bigint>();
  JSON.stringify(functions, (name, value: unknown) => {
    if (name === 'value' && typeof value === 'bigint') found.add(value);
    return typeof value === 'bigint' ? String(value) : value;
  });
  return [...found]
    .filter((value) => value > 1n && value < 2n ** 62n)
    .flatMap((value) => [value, value + 1n]);
}

function nameOf({ name }: core.Interface, { numbers, takes, refuses }: CalleeAnswer): string {
  const does = [
    `answers ${numbers.join(', then ')}`,
    ...(takes === 'asked' ? ['takes what it is asked to'] : []),
    ...(typeof takes === 'bigint' && takes > 0n ? [`takes ${takes}`] : []),
    ...(typeof takes === 'bigint' && takes < 0n ? [`gives ${-takes}`] : []),
    ...(refuses ? ['refuses what it may'] : []),
  ];
  return `a ${name} that ${does.join(' and ')}`;
}
