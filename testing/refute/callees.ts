/**
 * Contracts that a contract calls, for its runs: of each interface several, which always answer the same (`answering.ts`).
 * In: the contract and a world before it is deployed. Out: their accounts, in that world.
 */
import { answering, build, type core, type FixedAnswer } from '../../compiler/index.ts';
import { deploy, memberDid, type World } from '../world.ts';

/** `interface`: its number among those of the contract that calls. */
export type Other = { readonly interface: number; readonly account: string };

/** Those that no validated artifact could be are left out: what an interface grants may be too little gas. */
export function deployOthers(contract: core.Contract, world: World): readonly Other[] {
  const takers = contract.interfaces.flatMap((_, index) => deployAnswer(contract, world, index, 1n, 1n));
  const numbers = [...new Set([1n, 0n, ...numbersIn(contract), 100n])].slice(0, NUMBERS_MAX);
  return [...deployAnswers(contract, world, numbers), ...takers];
}

/** Who deploys them, where there are any. */
export function writersFor({ interfaces }: core.Contract): readonly string[] {
  return interfaces.some(({ implemented }) => !implemented) ? [WRITER] : [];
}

/** More of them, with these answers. */
export function deployAnswers(
  contract: core.Contract,
  world: World,
  numbers: readonly bigint[],
): readonly Other[] {
  return numbers.flatMap((number) =>
    contract.interfaces.flatMap((_, index) => deployAnswer(contract, world, index, number, 0n)),
  );
}

// ---- private -----------------------------------------------------------------------------------

const NUMBERS_MAX = 6;
const WRITER = 'oscar';

function deployAnswer(
  contract: core.Contract,
  world: World,
  index: number,
  number: bigint,
  takes: bigint,
): readonly Other[] {
  const offered = contract.interfaces[index]!;
  const answer = { number, takes, someone: memberDid('carol') };
  const other = offered.implemented ? null : answering(contract, offered, answer);
  if (other === null) return [];
  const artifact = build(other, { claims: [], marks: [] });
  const done = deploy(world, { artifact, args: [], by: memberDid(WRITER), name: nameOf(offered, answer) });
  return done.ok ? [{ interface: index, account: done.contract }] : [];
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

function nameOf({ name }: core.Interface, { number, takes }: FixedAnswer): string {
  return takes > 0n
    ? `a ${name} that answers ${number} and takes ${takes}`
    : `a ${name} that answers ${number}`;
}
