/**
 * Calls to other contracts, for both tiers: words of the stack in, the callee's result on the stack out, or a trap. What
 * crosses is values, never handles: the callee has its own intern table, and so has what comes back.
 */
import { flatten, typedValue, wordsOf } from './abi.ts';
import { addEvents } from './events.ts';
import type { ContractAnswer } from './host.ts';
import { valueOfWord } from './intern.ts';
import { internedWord, type Machine, outOfGas } from './machine.ts';
import { trap, trapAfter } from './traps.ts';
import type { AbiValue, Value } from './value.ts';

/** `FindContract`: the account on top of the stack stays there. */
export function findContract(machine: Machine, index: number, top: number): number {
  const contract = valueOfWord(machine.intern, 'did', machine.stack[top]!) as string;
  const offered = machine.program.interfaces[index]!;
  const { contracts } = machine.host;
  const refusal =
    contracts === undefined ? 'there are no other contracts' : contracts.refusal(contract, offered);
  return refusal === null ? top : trap('Refused', refusal);
}

/** `CallContract`: runs a method of another contract. */
export function callContract(machine: Machine, index: number, top: number): number {
  const { program, host, stack } = machine;
  const { artifact } = program;
  const { pops } = program.calls[index]!;
  const { interface: at, method: which, spends: currencies } = artifact.calls[index]!;
  const offered = program.interfaces[at]!;
  const method = offered.interface.methods[which]!;
  const base = top + 1 - pops.length;
  const values = pops.map((type, word) => valueOfWord(machine.intern, type, stack[base + word]!));
  const spends = currencies.map((currency, word) => {
    const amount = values[values.length - currencies.length + word] as bigint;
    if (amount < 0n)
      trap('BadArgument', `the spending limit in ${artifact.currencies[currency]!.name} is negative`);
    return { currency, amount };
  });
  if (host.contracts === undefined) return trap('Refused', 'there are no other contracts');
  const gasLimit = Math.min(method.gasMax, machine.gas + machine.gasApart());
  const answer = host.contracts.call({
    contract: values[0] as string,
    offered,
    method,
    args: argumentsOf(machine, index, values.slice(1, values.length - currencies.length)),
    spends,
    gasLimit,
  });
  if (!answer.ok) return fail(answer, gasLimit === method.gasMax);
  if (!Number.isSafeInteger(answer.gasUsed) || answer.gasUsed < 0 || answer.gasUsed > gasLimit)
    throw new Error(`${method.name} of another contract used ${answer.gasUsed} gas of ${gasLimit}`);
  machine.gas -= answer.gasUsed;
  addEvents(machine.events, answer.events);
  machine.logs.push(...answer.logs);
  return pushResult(machine, index, answer.result, base);
}

/** A callee that ran out of what its interface states is not out of gas: the caller still has some. */
function fail({ kind, message, gasUsed }: Extract<ContractAnswer, { ok: false }>, wholeGas: boolean): never {
  if (kind !== 'OutOfGas') return trapAfter(gasUsed, kind, message);
  return wholeGas ? trapAfter(gasUsed, 'CalleeGas', message) : outOfGas();
}

function argumentsOf(machine: Machine, index: number, words: readonly Value[]): AbiValue[] {
  const { artifact } = machine.program;
  const { interface: at, method } = artifact.calls[index]!;
  let from = 0;
  return artifact.interfaces[at]!.methods[method]!.params.map(({ name, type }) => {
    const count = wordsOf(type).length;
    from += count;
    return typedValue(type, words.slice(from - count, from), `the argument ${name}`);
  });
}

function pushResult(machine: Machine, index: number, result: AbiValue, base: number): number {
  const { artifact, calls } = machine.program;
  const { interface: at, method: which } = artifact.calls[index]!;
  const method = artifact.interfaces[at]!.methods[which]!;
  const flat = flatten(method.result, result);
  if (!flat.ok) throw new Error(`the result of ${method.name} ${flat.message}`);
  const { pushes } = calls[index]!;
  for (const [word, value] of flat.value.entries())
    machine.stack[base + word] = internedWord(machine, pushes[word]!, value);
  return base + pushes.length - 1;
}
