/**
 * In: a contract and its artifact. Out: a diagnostic for each limit of the VM that only its code shows: the length of
 * a function, its locals, calls that multiply, gas beyond what an interface states. What declarations show is reported by `check/rules/limits.ts`.
 */
import { type Artifact, type ValidationError, validate } from '../../vm/index.ts';
import type * as core from '../core/core.ts';
import { type Diagnostic, diagnose } from '../diagnostics.ts';

/** Throws when the artifact is wrong in any other way: that is a bug of ours. */
export function checkSize(file: string, contract: core.Contract, artifact: Artifact): readonly Diagnostic[] {
  const greedy = greedyHooks(file, contract, artifact);
  if (greedy.length > 0) return greedy;
  const tooDear = gasProblems(file, contract, artifact);
  if (tooDear.length > 0) return tooDear;
  const validated = validate(artifact);
  if (validated.ok) return [];
  const bug = validated.errors.find(({ code }) => !SIZE_CODES.has(code));
  if (bug !== undefined) throw new Error(`${contract.name} was built wrongly: ${bug.message}`);
  return validated.errors.map((error) => {
    const { span } = contract.functions[error.function] ?? contract;
    return diagnose('E0701', { file, span, reason: error.message });
  });
}

/** Hooks that can use more gas than they were granted. */
function greedyHooks(file: string, contract: core.Contract, artifact: Artifact): readonly Diagnostic[] {
  return artifact.entries.flatMap(({ name, gasMax, function: index }) => {
    const fn = contract.functions[index];
    if (fn?.schedule === undefined || BigInt(gasMax) <= fn.schedule.gas) return [];
    const { schedule, span } = fn;
    return [diagnose('E0702', { file, span, name, used: gasMax, granted: schedule.gas })];
  });
}

/** What needs more gas than an interface states that the contract implements. */
function gasProblems(file: string, contract: core.Contract, { entries }: Artifact): readonly Diagnostic[] {
  return contract.interfaces.flatMap(({ name: title, implemented, methods }) => {
    if (!implemented) return [];
    return methods.flatMap(({ name, gasMax: stated }) => {
      const entry = entries.find((one) => one.name === name);
      if (entry === undefined || entry.gasMax <= stated) return [];
      const { span } = contract.functions[entry.function]!;
      const holes = { name, interface: title, found: entry.gasMax, stated };
      return [diagnose('E0703', { file, span, ...holes })];
    });
  });
}

const SIZE_CODES: ReadonlySet<ValidationError['code']> = new Set(['Limit', 'BadFunction']);
