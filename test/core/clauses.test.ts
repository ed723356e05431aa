/** Clauses made executable, as golden files: the views of every clause, and what their parameters mean. */
import { clauseProgram, type Evaluation, type Input } from '../../compiler/core/clauses.ts';
import type { Clause, Contract } from '../../compiler/core/core.ts';
import { print } from '../../compiler/core/print.ts';
import { analyse, lowerProgram } from '../../compiler/pipeline.ts';
import { goldenTests } from '../harness.ts';

goldenTests('clauses', '.ccl', ({ name, text }) => {
  const [contract] = lowerProgram(analyse(new Map([[name, text]]), name)).contracts;
  return clausesOf(contract!)
    .map((clause) => show(contract!, clause))
    .join('\n');
});

function clausesOf(contract: Contract): readonly Clause[] {
  const own = contract.functions.flatMap((fn) => [...fn.requires, ...fn.ensures, ...fn.succeeds]);
  return [...contract.invariants, ...contract.histories, ...own];
}

function show(contract: Contract, clause: Clause): string {
  const { functions, variables, main } = clauseProgram(contract, clause);
  const views = print({ contracts: [{ ...contract, invariants: [], histories: [], functions }] });
  const bodies = views.slice(views.indexOf('\n\n') + 2);
  const quantified = variables.map((variable) => `for every ${variable.name}#${variable.id}\n`).join('');
  return `${clause.kind} ${clause.name}: ${clause.text}\n${quantified}${evaluation(main)}\n\n${bodies}`;
}

function evaluation({ function: index, when, inputs }: Evaluation): string {
  return `clause${index}@${when}(${inputs.map(input).join(', ')})`;
}

function input(given: Input): string {
  switch (given.kind) {
    case 'local':
      return `%${given.id}`;
    case 'env':
      return given.name;
    case 'result':
      return `result.${given.index}`;
    case 'called':
      return `called ${given.callee}`;
    case 'bound':
      return `#${given.id}`;
    case 'value':
      return evaluation(given.evaluation);
    case 'sum':
    case 'count':
      return `${given.kind}@${given.when} slot ${given.slot} [${[...given.keys, ...given.values].map(({ id }) => `#${id}`)}] ${evaluation(given.entry)}`;
    case 'forall':
    case 'exists':
      return `${given.kind} [${given.variables.map(({ id }) => `#${id}`)}] ${evaluation(given.body)}`;
  }
}
