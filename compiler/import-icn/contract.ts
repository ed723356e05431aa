/** The text of the CCL contract: everything that is known about it in, source out, laid out as the formatter does. */
import { didsIn } from './accounts.ts';
import { type Context, conditionText, constantText, type Dids, textLiteral } from './expression.ts';
import type { Type } from './infer.ts';
import { type StructPlan, typeText } from './plan.ts';
import { reachedStatements, type Scope } from './scope.ts';
import { sentenceOf } from './sentence.ts';
import { bodyLines } from './statement.ts';
import type { Contract, StateVar } from './tree.ts';

/** What all rules share: a context without its rule. */
export type Whole = Omit<Context, 'scope' | 'rule' | 'dids'>;

/** `origin` is the name of the file that the contract came from. */
export function contractText(
  contract: Contract,
  scopes: readonly Scope[],
  whole: Whole,
  origin: string,
): string {
  const { plan } = whole;
  const sections = [
    [
      `  purpose ${textLiteral(`Imported from ${origin}, in the form of the Intercooperative Network.`)};`,
      ...usesLines(scopes),
    ],
    [...plan.currencies.values()].map((currency) => `  currency ${currency} { decimals 0 }`),
    stateLines(contract, whole),
    initLines(contract, whole),
    ...scopes.map((scope) => ruleLines(scope, whole)),
  ];
  const body = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  const structs = plan.structs.map((struct) => `${structText(whole, struct)}\n\n`);
  return `${structs.join('')}contract ${plan.name} {\n${body.join('\n\n')}\n}\n`;
}

/** The line of a rule that callers see: `record(to: Did, n: Int) -> Bool`. */
export function signatureText(scope: Scope, whole: Whole): string {
  const { plan, types } = whole;
  const { rule } = scope;
  const rulePlan = plan.rules.get(rule)!;
  const params = rule.params.map((param) => {
    const type = types.ofBinding({ kind: 'param', rule, name: param.text });
    return `${rulePlan.params.get(param.text)!}: ${typeText(plan, type)}`;
  });
  const result = types.ofResult(rule);
  return `${rulePlan.name}(${params.join(', ')})${result.kind === 'None' ? '' : ` -> ${typeText(plan, result)}`}`;
}

function usesLines(scopes: readonly Scope[]): readonly string[] {
  const moves = scopes.some((scope) =>
    reachedStatements(scope.rule.body, scope.dead).some((stmt) => stmt.kind === 'LedgerTransfer'),
  );
  return moves ? ['  uses ledger.write;'] : [];
}

function structText(whole: Whole, struct: StructPlan): string {
  const fields = struct.fields.map((field) => `${field.name}: ${typeText(whole.plan, field.type)}`);
  const line = `struct ${struct.name} { ${fields.join(', ')} }`;
  if (line.length <= LINE_MAX) return line;
  return `struct ${struct.name} {\n${fields.map((field) => `  ${field},\n`).join('')}}`;
}

const LINE_MAX = 100;

function stateLines(contract: Contract, whole: Whole): readonly string[] {
  const { plan, types } = whole;
  const kept = contract.stateVars.flatMap((variable) => {
    const name = plan.state.get(variable.name.text);
    if (name === undefined) return [];
    const type = types.ofBinding({ kind: 'state', name: variable.name.text });
    const start = isSetAtInit(variable) ? '' : ` = ${constantText(plan, noDids, variable.initial, type)}`;
    return [`    ${name}: ${stateType(whole, type, variable)}${start};`];
  });
  const added = [...plan.added.values()].map((name) => `    ${name}: Did;`);
  const size = Math.max(contract.participants.length, 1);
  const participants = plan.participants === null ? [] : [`    ${plan.participants}: Set<Did, ${size}>;`];
  const lines = [...kept, ...added, ...participants];
  return lines.length === 0 ? [] : ['  state {', ...lines, '  }'];
}

function stateType(whole: Whole, type: Type, variable: StateVar): string {
  if (type.kind !== 'Set') return typeText(whole.plan, type);
  const size = variable.initial.kind === 'Set' ? variable.initial.items.length : 0;
  return `Set<${typeText(whole.plan, type.item)}, ${Math.max(size, 1)}>`;
}

/** Sets start empty and DIDs are not known before deployment. */
function isSetAtInit(variable: StateVar): boolean {
  return variable.initial.kind === 'Set' || didsIn(variable.initial).length > 0;
}

const noDids: Dids = (did) => {
  throw new Error(`the DID ${did} stands where none can`);
};

function initLines(contract: Contract, whole: Whole): readonly string[] {
  const { plan, accounts, types } = whole;
  const dids: Dids = (did) => (did === accounts.self?.did ? 'self' : plan.inits.get(did)!);
  const state = contract.stateVars.flatMap((variable) => {
    const name = plan.state.get(variable.name.text);
    if (name === undefined || !isSetAtInit(variable)) return [];
    const type = types.ofBinding({ kind: 'state', name: variable.name.text });
    if (type.kind !== 'Set' || variable.initial.kind !== 'Set')
      return [`    ${name} = ${constantText(plan, dids, variable.initial, type)};`];
    return variable.initial.items.map(
      (item) => `    ${name}.add(${constantText(plan, dids, item, type.item)});`,
    );
  });
  const added = [...plan.added].map(([did, name]) => `    ${name} = ${dids(did)};`);
  const participants = plan.participants === null ? [] : contract.participants;
  const joined = participants.map(({ text }) => `    ${plan.participants}.add(${dids(text)});`);
  const lines = [...state, ...added, ...joined];
  const params = [...plan.inits.values()].map((name) => `${name}: Did`).join(', ');
  return lines.length === 0 ? [] : [`  init(${params}) {`, ...lines, '  }'];
}

function ruleLines(scope: Scope, whole: Whole): readonly string[] {
  const { plan } = whole;
  const rule = plan.rules.get(scope.rule)!;
  const dids: Dids = (did) => plan.accounts.get(did)!;
  const context: Context = { ...whole, scope, rule, dids };
  const head = `  ${rule.kind} ${signatureText(scope, whole)}`;
  const requires = scope.rule.requires.map((condition) => {
    const text = conditionText(context, condition);
    return `    requires ${text} else ${textLiteral(sentenceOf(condition, text))}`;
  });
  const body = bodyLines(context, 2);
  if (requires.length === 0) return [`${head} {`, ...body, '  }'];
  return [head, ...requires, '  {', ...body, '  }'];
}
