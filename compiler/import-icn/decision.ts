/**
 * What the import decided where the format leaves something open or CCL says it otherwise: tree, scopes and plan in,
 * one sentence per decision with its place out.
 */
import type { Accounts } from './accounts.ts';
import { signatureText, type Whole } from './contract.ts';
import { describeType } from './infer.ts';
import { allExpressions, type Scope, withParts } from './scope.ts';
import type { Contract, Expr, Place } from './tree.ts';

export type Decision = {
  readonly kind:
    | 'self'
    | 'init'
    | 'participants'
    | 'currency'
    | 'name'
    | 'local'
    | 'view'
    | 'types'
    | 'untyped'
    | 'struct'
    | 'message'
    | 'order'
    | 'unreached';
  /** JSON path of what it is about. */
  readonly path: string;
  /** Line in the JSON text, from 1. */
  readonly line: number;
  readonly text: string;
};

type Draft = { readonly kind: Decision['kind']; readonly place: Place; readonly text: string };

/** All decisions, in the order of the file. `lineOf` gives the line of an offset. */
export function decisionsOf(
  contract: Contract,
  scopes: readonly Scope[],
  whole: Whole,
  lineOf: (offset: number) => number,
): readonly Decision[] {
  const drafts = [
    ...accountDecisions(contract, whole.accounts),
    ...initDecisions(contract, whole),
    ...contractDecisions(contract, whole),
    ...scopes.flatMap((scope) => ruleDecisions(scope, whole)),
  ];
  const ordered = drafts.map((draft, index) => ({ draft, index }));
  ordered.sort((a, b) => a.draft.place.span.start - b.draft.place.span.start || a.index - b.index);
  return ordered.map(({ draft: { kind, place, text } }) => ({
    kind,
    path: place.path,
    line: lineOf(place.span.start),
    text,
  }));
}

function accountDecisions(contract: Contract, accounts: Accounts): readonly Draft[] {
  if (accounts.self === null) return [];
  const { did, variable, rules } = accounts.self;
  const others = contract.stateVars.filter(
    ({ name }) => accounts.selfVariables.has(name.text) && name.text !== variable.name.text,
  );
  const also = others
    .map(({ name }) => ` \`${name.text}\` holds the same DID and becomes \`self\` too.`)
    .join('');
  const text =
    `\`${variable.name.text}\` (${did}) is debited by ${rules.map((rule) => `\`${rule}\``).join(', ')} and set by no rule: ` +
    `it becomes the contract's own account, \`self\`.${also} \`self\` starts empty and its floor is zero: ` +
    'it can pay out only what was paid into it.';
  return [{ kind: 'self', place: variable.place, text }];
}

function initDecisions(contract: Contract, whole: Whole): readonly Draft[] {
  return [...whole.plan.inits].map(([did, param]) => ({
    kind: 'init',
    place: placeOfDid(contract, did),
    text: `the DID ${did} is not written into the contract: it becomes \`${param}\`, a parameter of \`init\` that whoever deploys gives.`,
  }));
}

/** The state variable that holds the DID, else its place among the participants, else the contract. */
function placeOfDid(contract: Contract, did: string): Place {
  const variable = contract.stateVars.find(({ initial }) => initial.kind === 'Did' && initial.value === did);
  return (
    variable?.place ?? contract.participants.find(({ text }) => text === did)?.place ?? contract.name.place
  );
}

function contractDecisions(contract: Contract, whole: Whole): readonly Draft[] {
  const { plan } = whole;
  const first = contract.participants[0];
  const participants: readonly Draft[] =
    first === undefined ? [] : [participantsDraft(first.place, plan.participants)];
  const currencies: Draft[] = [...plan.currencies].map(([original, name]) => ({
    kind: 'currency',
    place: plan.currencyPlaces.get(original)!,
    text: `the currency \`${name}\` gets \`decimals 0\`: the format knows whole units only.`,
  }));
  const renamed: Draft[] = plan.renamed.map(({ place, from, to }) => ({
    kind: 'name',
    place,
    text: `"${from}" is called \`${to}\` here.`,
  }));
  return [...participants, ...currencies, ...renamed];
}

function participantsDraft(place: Place, state: string | null): Draft {
  const text =
    state === null
      ? 'no rule asks who the participants are: they are left out, and any registered DID may call the rules.'
      : `rules ask who the participants are: they become the state \`${state}\`, filled by \`init\`; any registered DID may call the rules.`;
  return { kind: 'participants', place, text };
}

function ruleDecisions(scope: Scope, whole: Whole): readonly Draft[] {
  return [
    ...viewDecisions(scope),
    ...typeDecisions(scope, whole),
    ...structDecisions(scope, whole),
    ...messageDecisions(scope),
    ...localDecisions(scope, whole),
    ...allExpressions(scope).filter(guardsADivision).map(orderDecision),
    ...[...scope.dead].map(
      ({ place }): Draft => ({ kind: 'unreached', place, text: 'nothing reaches this: it is left out.' }),
    ),
  ];
}

function viewDecisions(scope: Scope): readonly Draft[] {
  if (scope.hasEffects || scope.readsSender) return [];
  const text = `\`${scope.rule.name.text}\` changes nothing and does not ask for its caller: it becomes a view.`;
  return [{ kind: 'view', place: scope.rule.place, text }];
}

function typeDecisions(scope: Scope, whole: Whole): readonly Draft[] {
  const { rule } = scope;
  const open = rule.params.filter((param) =>
    whole.types.isUnconstrained({ kind: 'param', rule, name: param.text }),
  );
  const inferred: Draft[] =
    open.length === rule.params.length
      ? []
      : [
          {
            kind: 'types',
            place: rule.place,
            text: `types follow from use: \`${signatureText(scope, whole)}\`.`,
          },
        ];
  const untyped = open.map(
    (param): Draft => ({
      kind: 'untyped',
      place: param.place,
      text: `nothing says what \`${param.text}\` is: it becomes an \`Int\`.`,
    }),
  );
  return [...inferred, ...untyped];
}

function structDecisions(scope: Scope, whole: Whole): readonly Draft[] {
  const type = whole.types.ofResult(scope.rule);
  if (type.kind !== 'Struct') return [];
  const name = whole.plan.structs.find((struct) => struct.id === type.id)!.name;
  const some = type.fields
    .filter((field) => field.type.kind === 'Option')
    .map((field) => `\`${field.name}\``);
  const rest =
    some.length === 0 ? '' : ` Not every result has ${some.join(', ')}: what is not there is \`none\`.`;
  const text = `the result of \`${scope.rule.name.text}\`, ${describeType(type)}, becomes the struct \`${name}\`.`;
  return [{ kind: 'struct', place: scope.returns[0]!.place, text: `${text}${rest}` }];
}

function messageDecisions(scope: Scope): readonly Draft[] {
  const [first] = scope.rule.requires;
  if (first === undefined) return [];
  const text = `requirements have no text in the format: the \`else\` texts of \`${scope.rule.name.text}\` say what the conditions ask.`;
  return [{ kind: 'message', place: first.place, text }];
}

function localDecisions(scope: Scope, whole: Whole): readonly Draft[] {
  const names = whole.plan.rules.get(scope.rule)!.locals;
  return [...scope.locals.values()].flatMap((local): readonly Draft[] => {
    if (local.fallback === null || local.assigns.every((stmt) => stmt.kind === 'SetState')) return [];
    const { place } = local.assigns[0]!;
    const stored = local.fallback.kind === 'state';
    const text = stored
      ? `\`${local.name}\` is assigned, which in this format sets a local of the call: it becomes \`${names.get(local.name)!}\`, and the stored value never changes.`
      : `\`${local.name}\` is assigned: it becomes the local \`${names.get(local.name)!}\`, and ${nounOf(local.fallback.kind)} stays what it was.`;
    return [{ kind: 'local', place, text }];
  });
}

function nounOf(kind: 'param' | 'local' | 'participants' | 'sender'): string {
  return kind === 'sender'
    ? 'the caller'
    : kind === 'participants'
      ? 'the list of participants'
      : 'the parameter';
}

/** The format evaluates both sides of `And` and `Or`; CCL stops early, so a failing right side may not be reached. */
function guardsADivision(expr: Expr): boolean {
  if (expr.kind !== 'BinOp' || (expr.op !== 'And' && expr.op !== 'Or')) return false;
  return withParts(expr.right).some(
    (part) => part.kind === 'BinOp' && (part.op === 'Div' || part.op === 'Mod'),
  );
}

function orderDecision(expr: Expr): Draft {
  const text =
    'the format divides on the right side even where the left side decides: CCL does not, so this fails less often.';
  return { kind: 'order', place: expr.place, text };
}
