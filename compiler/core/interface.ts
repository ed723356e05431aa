/**
 * Interfaces to the core: what others promise to a contract that calls them, and what a contract promises that implements
 * one. Their clauses become its own, with the words of its own parameters.
 */
import { constantInt } from '../check/annotation.ts';
import { intValue } from '../check/literal.ts';
import { UNIT } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { type Builder, declareWords, newBuilder } from './builder.ts';
import type { Clause, Interface, Method } from './core.ts';
import { type Callable, lineOf, type Source, typeOf } from './source.ts';
import { clauseOf, functionScope } from './terms.ts';

type Promised = Pick<Method, 'ensures' | 'succeeds' | 'fails'>;

export function lowerInterface(source: Source, node: ast.Interface): Interface {
  return {
    name: node.name.text,
    implemented: source.implemented.includes(node),
    methods: node.methods.map((method) => lowerMethod(source, method)),
    span: node.span,
  };
}

function lowerMethod(source: Source, method: ast.Method): Method {
  const builder = newBuilder(source);
  for (const param of method.params)
    declareWords(builder, param, param.name.text, typeOf(source, param), param.name.span);
  const { entities } = source.analysed;
  const gas = method.gas === null ? null : constantInt({ entities }, method.gas);
  if (gas === null) throw new Error(`${method.name.text} states no gas`);
  return {
    kind: method.view ? 'view' : 'rule',
    name: method.name.text,
    params: method.params.map((param) => ({ name: param.name.text, type: typeOf(source, param) })),
    result: method.result === null ? UNIT : typeOf(source, method.result),
    gasMax: Number(intValue(gas.digits)),
    ...promisesOf(builder, method, ''),
  };
}

/** What the interfaces of a contract say of one of its rules or views. */
export function promisedClauses(builder: Builder, node: Callable): Promised {
  const { implemented } = builder.source;
  const all = implemented.flatMap(({ name, methods }) => {
    const method = isEntry(node) ? methods.find((one) => one.name.text === node.name.text) : undefined;
    if (method === undefined) return [];
    method.params.forEach((param, index) => {
      builder.variables.set(param, builder.variables.get(node.params[index]!)!);
    });
    return [promisesOf(builder, method, `${name.text}.`)];
  });
  return {
    ensures: all.flatMap(({ ensures }) => ensures),
    succeeds: all.flatMap(({ succeeds }) => succeeds),
    fails: all.flatMap(({ fails }) => fails),
  };
}

function isEntry(node: Callable): node is ast.Rule | ast.View {
  return node.kind === 'rule' || node.kind === 'view';
}

function promisesOf(builder: Builder, { specs }: ast.Method, prefix: string): Promised {
  const scope = functionScope(builder);
  const asked = specs
    .filter((spec) => spec.kind === 'requires')
    .map((spec, index): Clause => {
      const name = `${prefix}requires_${index + 1}`;
      const clause = clauseOf({ ...scope, when: 'old' }, 'ensures', name, spec);
      return { ...clause, text: `old(${lineOf(builder.source, spec.condition)})` };
    });
  const make = (kind: 'ensures' | 'succeeds' | 'fails', of: ast.Spec['kind']) =>
    specs
      .filter((spec) => spec.kind === of)
      .map(
        (spec, index): Clause => clauseOf(scope, kind, `${prefix}${kind}_${index + 1}`, spec as ast.Ensures),
      );
  return {
    ensures: [...asked, ...make('ensures', 'ensures')],
    succeeds: make('succeeds', 'succeedsWhen'),
    fails: make('fails', 'failsWhen'),
  };
}
