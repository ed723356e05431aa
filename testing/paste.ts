/** What was found, as CCL: a `test` that can be pasted into the source and fails for the same reason. */
import { stepsOfProof, type TestInputs } from '../compiler/index.ts';
import { CONTRACTS, has } from '../host/index.ts';
import type { AbiValue } from '../vm/index.ts';
import { WRITER } from './refute/callees.ts';
import type { Obligation } from './refute/goal.ts';
import type { Judge } from './refute/judge.ts';
import { runProof, type Told } from './refute/proof.ts';
import {
  type Action,
  type Arena,
  CREATOR,
  entryOf,
  MEMBERS,
  type Place,
  STRANGER,
  type Step,
  stepsOf,
  takeStep,
} from './refute/steps.ts';
import { textOfActions } from './refute/written.ts';
import { type Naming, showDid, showValue } from './values.ts';
import { type Broken, brokenBy, type Within } from './watch.ts';
import { balances, type Move, movesBetween } from './world.ts';

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
export function pasteRun(arena: Arena, steps: readonly Step[], title: string): string {
  return pasteLines(title, linesOf(arena, steps));
}

/**
 * The run of a refutation. Null where a test cannot say it: money that came before there was a contract, many blocks
 * going by, a run of a hook, a call of a contract that no source has, or a run that breaks another promise before.
 */
export function pasteRefutation(
  arena: Arena,
  judge: Judge,
  within: Within,
  goal: Obligation,
  last: Step,
): string | null {
  const steps = stepsOf(last);
  if (goal.proof >= 0) return pasteProof({ arena, judge, within }, goal, last);
  const actions = steps.map(({ action }) => action);
  const told = actions[0]?.kind === 'deploy' && actions.every((action) => isTold(arena, action));
  if (!told || knowsOthers(arena, steps) || goal.kind === 'vacuity') return null;
  const earlier = steps.slice(0, -1);
  if (earlier.some((step) => breaks({ arena, judge, within }, step))) return null;
  if (!isNoticed(goal, within(last))) return null;
  const title = `${arena.contract.name}: ${goal.failure}`;
  const lines = linesOf(arena, steps);
  if (goal.kind !== 'stranger') return pasteLines(title, lines);
  const [before, after] = lossesOf(arena, last);
  return pasteLines(title, lines.toSpliced(-1, 0, ...before).concat(after));
}

/** The run of the version before, and the upgrade; null where `pasteRefutation` would be. */
export function pasteUpgrade(
  { last, upgrade }: { readonly last: Step; readonly upgrade: Step },
  telling: Watching & { readonly obligation: Obligation },
  before: Watching,
): string | null {
  const { arena, within, obligation } = telling;
  const steps = stepsOf(last);
  const isWhole =
    steps[0]?.action.kind === 'deploy' && steps.every(({ action }) => isTold(before.arena, action));
  if (!isWhole || before.arena.others.length > 0 || obligation.kind === 'vacuity') return null;
  if (steps.some((step) => breaks(before, step)) || !isNoticed(obligation, within(upgrade))) return null;
  const name = variableOf(arena.contract.name);
  const lines = linesOf(before.arena, steps, before.arena.contract.version);
  const title = `${arena.contract.name}: ${obligation.failure}`;
  return pasteLines(title, [...lines, `let newer = upgrade ${name} by ${CREATOR};`]);
}

/** Whether a test that takes the last step fails for this clause. What the virtual machine refuses fails by itself. */
function isNoticed({ inside, kind, name, clause }: Obligation, broken: Broken | null): boolean {
  if (!inside || kind === 'may-revert' || name.startsWith('lifecycle ')) return broken === null;
  return broken !== null && broken.span === clause?.span;
}

/**
 * The run, and the steps of the proof up to the call that does not do what is expected. Null where something else is expected,
 * or a step stands in a run of its own, or others pay each other, or it does so only because no block goes by.
 */
function pasteProof({ arena, judge, within }: Watching, goal: Obligation, last: Step): string | null {
  const { action, from } = last;
  if (action.kind !== 'prove' || from === null) return null;
  const ending = endingOf(arena, goal);
  const broken = runProof(arena, judge, action, from).broken.find(({ clause }) => clause === goal.clause);
  const before = from.last === null ? [] : stepsOf(from.last);
  const isWhole = before[0]?.action.kind === 'deploy' && before.every((step) => isTold(arena, step.action));
  if (ending === null || broken === undefined || !isWhole) return null;
  const steps = retold(arena, from, broken.told);
  if (steps === null) return null;
  if ([...before, ...steps].some((step) => breaks({ arena, judge, within }, step))) return null;
  const naming = namingOf(arena);
  const name = variableOf(arena.contract.name);
  const told = steps.map((step, i) => {
    const text = String(line(arena, naming, name, step)).slice(0, -1);
    if (i === steps.length - 1) return `expect ${text} ${ending};`;
    return step.to === null ? `expect ${text} fails;` : `${text};`;
  });
  return pasteLines(`${arena.contract.name}: ${goal.failure}`, [...linesOf(arena, [...before]), ...told]);
}

/** What every step of a test is held to. */
type Watching = { readonly arena: Arena; readonly judge: Judge; readonly within: Within };

function breaks({ arena, judge, within }: Watching, step: Step): boolean {
  return within(step) !== null || brokenBy(arena, judge, step).length > 0;
}

/** How the call was to end, as written; null where the clause is about no call. */
function endingOf({ contract }: Arena, { proof, span }: Obligation): string | null {
  const call = stepsOfProof(contract.proofs[proof]!.steps).find(
    (step) => step.kind === 'call' && step.span.start === span.start,
  );
  if (call?.kind !== 'call' || call.outcome.kind === 'assumed') return null;
  const { outcome } = call;
  if (outcome.kind === 'succeeds' || outcome.refusal === null) return outcome.kind;
  const { kind, text } = outcome.refusal;
  return `fails ${kind === 'message' ? JSON.stringify(text) : text}`;
}

/** The same steps, each in a block of its own; null where one ends otherwise, or no test can say it. */
function retold(arena: Arena, from: Place, told: readonly Told[]): readonly Step[] | null {
  let place = from;
  const steps: Step[] = [];
  for (const { run, step } of told) {
    const action = toldAction(step.action);
    if (run !== null || action === null) return null;
    const again = takeStep(arena, place, action);
    if ((again.to === null) !== (step.to === null)) return null;
    steps.push(again);
    place = again.to ?? place;
  }
  return steps;
}

function toldAction(action: Action): Action | null {
  if (action.kind === 'call') return (action.spending ?? [null]).length === 1 ? action : null;
  if (action.kind !== 'later') return null;
  const { seconds, blocks, floors, balances: held } = action.later;
  return held.length + floors.length > 0 || blocks > BLOCKS_MAX ? null : { kind: 'wait', seconds, blocks };
}

const BLOCKS_MAX = 8n;

function isTold(arena: Arena, action: Action): boolean {
  if (action.kind === 'prove' || action.kind === 'later') return false;
  if (action.kind === 'call') return entryOf(arena, action.callee).kind !== 'hook';
  return action.kind !== 'wait' || action.blocks <= BLOCKS_MAX;
}

/** What to note before the last step, and to expect after it. */
function lossesOf(arena: Arena, { action, from, to }: Step): readonly [readonly string[], readonly string[]] {
  const naming = namingOf(arena);
  const by = action.kind === 'call' ? action.by : '';
  const moves = movesBetween(balances(from!.world), balances(to!.world));
  const losses = moves.filter(({ account, amount }) => amount < 0n && account !== by);
  const balance = ({ account, currency }: Move) => `ledger.balance(${showDid(account, naming)}, ${currency})`;
  return [
    losses.map((loss, at) => `let before_${at + 1} = ${balance(loss)};`),
    losses.map((loss, at) => `expect ${balance(loss)} >= before_${at + 1};`),
  ];
}

function pasteLines(title: string, lines: readonly string[]): string {
  return `test ${JSON.stringify(title)} {\n${lines.map((text) => `  ${text}\n`).join('')}}\n`;
}

/** `version`: of the contract that is deployed, where another follows it. */
function linesOf(arena: Arena, steps: readonly Step[], version?: string): readonly string[] {
  const name = variableOf(arena.contract.name);
  const naming = namingOf(arena);
  const actions = steps.map(({ action }) => action);
  const which = version === undefined ? '' : ` version ${JSON.stringify(version)}`;
  const others = calledIn(arena, actions).map(
    ({ name: other }) => `let ${variableOf(other)} = deploy ${other}() by ${WRITER};`,
  );
  return [
    ...settings(arena, actions),
    ...others,
    ...steps.flatMap((step) => line(arena, naming, name, step, which)),
  ];
}

/** Contracts of the sources that the run calls. */
function calledIn({ account, others }: Arena, actions: readonly Action[]): Arena['others'] {
  const text = textOfActions(account, actions);
  return others.filter((other) => other.isWritten && text.includes(other.account));
}

/** Whether the run names a contract that no source has: one that was made for it. */
function knowsOthers(arena: Arena, steps: readonly Step[]): boolean {
  const actions = steps.map(({ action }) => action);
  const written = calledIn(arena, actions).map(({ account }) => account);
  const named = textOfActions(arena.account, actions).match(/did:icn:contract:[0-9a-f]{64}/g) ?? [];
  const { world } = steps.at(-1)!.from ?? { world: arena.root };
  return named.some((did) => !written.includes(did) && has(world.state, CONTRACTS, did));
}

function namingOf(arena: Arena): Naming {
  const name = variableOf(arena.contract.name);
  const names = new Map(arena.root.names).set(arena.account, `${name}.account`);
  for (const { account, name: other, isWritten } of arena.others)
    if (isWritten) names.set(account, `${variableOf(other)}.account`);
  return { currencies: arena.artifact.currencies, names };
}

/** Members, and what the language has a name for. */
const TAKEN = [...MEMBERS, WRITER, 'caller', 'creator', 'self', 'now', 'block', 'ledger', 'result'];

/** `TimeBank` is `time_bank`. */
function variableOf(contract: string): string {
  const name = contract.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
  return name === contract || TAKEN.includes(name) ? `the_${name}` : name;
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

function line(
  arena: Arena,
  naming: Naming,
  name: string,
  { action, from, to }: Step,
  which = '',
): string | readonly string[] {
  const given = (callee: number, args: readonly AbiValue[]): string => {
    const { params } = entryOf(arena, callee);
    return args.map((arg, at) => showValue(arg, params[at]!.type, naming)).join(', ');
  };
  switch (action.kind) {
    case 'deploy':
      return `let ${name} = deploy ${arena.contract.name}(${given(0, action.args)})${which} by ${CREATOR};`;
    case 'call': {
      const { name: entry, kind } = entryOf(arena, action.callee);
      // It is waited for.
      if (kind === 'hook')
        return waited((to?.world.clock.time ?? 0n) - (from?.world.clock.time ?? 0n), naming);
      const called = `${name}.${entry}(${given(action.callee, action.args)})`;
      if (kind === 'view') return `${called};`;
      const spending = (action.spending ?? []).map(
        ({ currency, amount }) => ` spending ${showValue(amount, { kind: 'Amount', currency }, naming)}`,
      );
      return `${called} by ${showDid(action.by, naming)}${spending.join('')};`;
    }
    case 'pay': {
      const amount = showValue(action.amount, { kind: 'Amount', currency: action.currency }, naming);
      const to = showDid(action.to ?? arena.account, naming);
      return `transfer ${amount} from ${showDid(action.from, naming)} to ${to};`;
    }
    case 'wait': {
      // Each is a block.
      const more = Array.from({ length: Math.max(0, Number(action.blocks) - 1) }, () => 'at time +0s { }');
      return [waited(action.seconds, naming), ...more];
    }
    case 'later':
    case 'prove':
      return [];
  }
}

function waited(seconds: bigint, naming: Naming): string {
  return `at time +${showValue(seconds, { kind: 'Duration' }, naming)} { }`;
}
