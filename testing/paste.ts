/** What was found, as CCL: a `test` that can be pasted into the source and fails for the same reason. */
import type { TestInputs } from '../compiler/index.ts';
import type { AbiValue } from '../vm/index.ts';
import { type Action, type Arena, CREATOR, entryOf, MEMBERS, STRANGER } from './refute/steps.ts';
import { type Naming, showDid, showValue } from './values.ts';

/** A parameter's value in words. */
export type Given = { readonly name: string; readonly value: string };

/** The generated test for one input: its parameters become variables. */
export function pasteInputs(title: string, inputs: TestInputs, given: readonly Given[]): string {
  const lets = given.map(({ name, value }) => {
    const { type } = inputs.params.find((param) => param.name === name)!;
    return `  let ${name}: ${type} = ${value};`;
  });
  const inner = inputs.body
    .slice(1, -1)
    .replace(/^\s*\n/, '')
    .trimEnd();
  const body = inner.startsWith(' ') ? `  ${inner.trimStart()}` : inner;
  return `test ${JSON.stringify(`${title} (found)`)} {\n${lets.join('\n')}\n${body}\n}\n`;
}

/** A run from deployment, step by step. Each call of a test is held to what the contract promises. */
export function pasteRun(arena: Arena, actions: readonly Action[], title: string): string {
  const name = variableOf(arena.contract.name);
  const naming = {
    currencies: arena.artifact.currencies,
    names: new Map(arena.root.names).set(arena.account, `${name}.account`),
  };
  const lines = [...settings(arena, actions), ...actions.map((action) => line(arena, naming, name, action))];
  return `test ${JSON.stringify(title)} {\n${lines.map((text) => `  ${text}\n`).join('')}}\n`;
}

/** `TimeBank` is `time_bank`. */
function variableOf(contract: string): string {
  const name = contract.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
  return name === contract || MEMBERS.includes(name) ? `the_${name}` : name;
}

/** What members hold that a test's own members would not. */
function settings({ contract, root }: Arena, actions: readonly Action[]): readonly string[] {
  const permissions = [...new Set(contract.functions.flatMap((fn) => fn.access.permissions))];
  if (permissions.length === 0) return [];
  const people = new Set(actions.flatMap((action) => (action.kind === 'call' ? [action.by] : [])));
  return [...people].flatMap((did) => {
    const name = root.names.get(did);
    if (name === undefined || name === STRANGER) return [];
    const items = permissions.map((permission) => `permission ${JSON.stringify(permission)};`).join(' ');
    return [`member ${name} { ${items} }`];
  });
}

function line(arena: Arena, naming: Naming, name: string, action: Action): string {
  const given = (callee: number, args: readonly AbiValue[]): string => {
    const { params } = entryOf(arena, callee);
    return args.map((arg, at) => showValue(arg, params[at]!.type, naming)).join(', ');
  };
  switch (action.kind) {
    case 'deploy':
      return `let ${name} = deploy ${arena.contract.name}(${given(0, action.args)}) by ${CREATOR};`;
    case 'call': {
      const { name: entry, kind } = entryOf(arena, action.callee);
      const called = `${name}.${entry}(${given(action.callee, action.args)})`;
      return kind === 'view' ? `${called};` : `${called} by ${showDid(action.by, naming)};`;
    }
    case 'pay': {
      const amount = showValue(action.amount, { kind: 'Amount', currency: action.currency }, naming);
      const to = showDid(action.to ?? arena.account, naming);
      return `transfer ${amount} from ${showDid(action.from, naming)} to ${to};`;
    }
    case 'wait':
      return `at time +${showValue(action.seconds, { kind: 'Duration' }, naming)} { }`;
  }
}
