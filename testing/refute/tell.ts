/** A run as a trace: each step in words, the lines that did it, the money and the state that changed. */
import type { core, Trace, TraceStep } from '../../compiler/index.ts';
import { ISSUER } from '../../host/index.ts';
import { changesBetween, type Stored, storedPlaces } from '../places.ts';
import { type Naming, showDid, showValue } from '../values.ts';
import { balances, movesBetween } from '../world.ts';
import { MARK, type Obligation, whyMeaningless } from './goal.ts';
import type { Judge } from './judge.ts';
import { paramsOf, runProof } from './proof.ts';
import { type Arena, CREATOR, entryOf, type Place, type Step, stepsOf } from './steps.ts';

/** The line of an offset. */
export type Lines = (offset: number) => TraceStep['lines'][number];

/** What a trace is about, and what it is told with. */
export type Telling = {
  readonly arena: Arena;
  readonly judge: Judge;
  readonly obligation: Obligation;
  readonly lines: Lines;
};

/** `test` is the run as CCL, where a test can say it. */
export function traceOf(telling: Telling, last: Step, test: string | null): Trace {
  const { arena, judge, obligation } = telling;
  const steps = stepsOf(last);
  const why = whyMeaningless(arena, judge, obligation, last);
  const start = steps[0]!.from;
  return {
    from: start === null ? 'deployment' : 'state',
    given: start === null ? [] : describe(arena, start),
    steps: steps.flatMap((step) => tell(telling, step)),
    broken: why === null ? obligation.failure : `${obligation.failure}: ${why}`,
    test,
  };
}

/** What a built state holds. */
function describe(arena: Arena, place: Place): readonly string[] {
  const naming = namingOf(arena, place);
  const state = [...storedPlaces(place.world, arena.artifact, place.account, naming)].map(
    ([where, { shown }]) => `${where} = ${shown}`,
  );
  const money = balances(place.world).map((move) => {
    const currency = arena.artifact.currencies.findIndex(({ name }) => name === move.currency);
    return `balance of ${showDid(move.account, naming)} = ${showAmount(move.amount, currency, naming)}`;
  });
  return [...state, ...money];
}

/** One step in words; a proof is several. */
export function tell(telling: Telling, step: Step): readonly TraceStep[] {
  const { arena, judge } = telling;
  if (step.action.kind !== 'prove' || step.from === null) return [tellStep(telling, step, null)];
  const head = { text: sentence(arena, step), reverted: null, lines: [], changes: [] };
  const { told } = runProof(arena, judge, step.action, step.from);
  return [head, ...told.map((one) => tellStep(telling, one.step, one.run))];
}

/** `run`: the run of a proof that the step belongs to. */
function tellStep({ arena, obligation, lines }: Telling, step: Step, run: string | null): TraceStep {
  return {
    text: `${run === null ? '' : `in the run \`${run}\`: `}${sentence(arena, step)}`,
    reverted: step.to === null ? reasonOf(obligation, step) : null,
    lines: linesOf(arena, step, lines),
    changes: step.to === null ? [] : changesOf(arena, step.from, step.to),
  };
}

function reasonOf(obligation: Obligation, { failure }: Step): string {
  if (failure === null) return 'refused';
  return failure.message.includes(MARK) ? obligation.failure : failure.message;
}

function sentence(arena: Arena, { action, from, to }: Step): string {
  const naming = namingOf(arena, to ?? from);
  switch (action.kind) {
    case 'deploy':
      return `deploy ${arena.contract.name}(${showArguments(arena, 0, action.args, naming)}) by ${CREATOR}`;
    case 'call': {
      const { name, kind } = entryOf(arena, action.callee);
      if (kind === 'hook') return runOfHook(name, action.args[0] as bigint);
      if (kind === 'upgrade') return `${name} by ${showDid(action.by, naming)}`;
      const by = kind === 'view' ? '' : ` by ${showDid(action.by, naming)}`;
      const limits = (action.spending ?? []).map(({ currency, amount }) =>
        showAmount(amount, currency, naming),
      );
      const spending = action.spending ? ` spending ${limits.join(', ')}` : '';
      return `${name}(${showArguments(arena, action.callee, action.args, naming)})${by}${spending}`;
    }
    case 'pay':
      return `${showDid(action.from, naming)} pays ${showAmount(action.amount, action.currency, naming)} ${
        action.to === null ? 'into the contract' : `to ${showDid(action.to, naming)}`
      }`;
    case 'wait':
      return waited(action);
    case 'later':
      return `later: ${waited(action.later)}, and others do what they like`;
    case 'prove': {
      const { title } = arena.contract.proofs[action.proof]!;
      const given = paramsOf(arena, action.proof).map(
        ({ name, type }, i) => `${name} = ${showValue(action.args[i]!, type, naming)}`,
      );
      return `"${title}"${given.length === 0 ? '' : ` with ${given.join(', ')}`}`;
    }
  }
}

function waited({ seconds, blocks }: { readonly seconds: bigint; readonly blocks: bigint }): string {
  const parts = [
    ...(seconds > 0n || blocks === 0n ? [counted(seconds, 'second')] : []),
    ...(blocks > 0n ? [counted(blocks, 'block')] : []),
  ];
  const isOne = parts.length === 1 && (seconds === 1n || blocks === 1n);
  return `${parts.join(' and ')} ${isOne ? 'goes' : 'go'} by`;
}

function counted(count: bigint, what: string): string {
  return `${count} ${what}${count === 1n ? '' : 's'}`;
}

function runOfHook(name: string, periods: bigint): string {
  return periods === 1n ? `\`${name}\` is due and runs` : `\`${name}\` runs, after ${periods} periods`;
}

function showArguments(
  arena: Arena,
  callee: number,
  args: Extract<Step['action'], { readonly kind: 'call' }>['args'],
  naming: Naming,
): string {
  const { params } = entryOf(arena, callee);
  return args.map((arg, i) => showValue(arg, params[i]!.type, naming)).join(', ');
}

function changesOf(arena: Arena, from: Place | null, to: Place): TraceStep['changes'] {
  const naming = namingOf(arena, to);
  const before = balances(from?.world ?? arena.root);
  const money = movesBetween(before, balances(to.world)).map((move) => {
    const currency = arena.artifact.currencies.findIndex(({ name }) => name === move.currency);
    const was =
      before.find((one) => one.account === move.account && one.currency === move.currency)?.amount ?? 0n;
    const what = `balance of ${showDid(move.account, naming)}`;
    return {
      what,
      before: showAmount(was, currency, naming),
      after: showAmount(was + move.amount, currency, naming),
    };
  });
  const places = (place: Place | null) =>
    place === null
      ? new Map<string, Stored>()
      : storedPlaces(place.world, arena.artifact, place.account, naming);
  const state = changesBetween(places(from), places(to)).map(({ place, before: was, after }) => ({
    what: place,
    before: was,
    after,
  }));
  return [...money, ...state];
}

/** Where the call reverted, or what its rule does on every way. */
function linesOf(arena: Arena, { action, failure }: Step, lineOf: Lines): TraceStep['lines'] {
  if (action.kind !== 'call' && action.kind !== 'deploy') return [];
  const callee = action.kind === 'call' ? action.callee : 0;
  const position = failure?.trap?.position ?? null;
  const effects = arena.contract.functions[callee]!.body.filter(hasEffect).map((stmt) => stmt.span);
  const spans = failure === null ? effects : position === null ? [] : [position];
  const lines = new Map(
    spans
      .filter((span) => span.end > span.start)
      .map((span) => {
        const line = lineOf(span.start);
        return [`${line.number} ${line.file ?? ''}`, line] as const;
      }),
  );
  return [...lines.values()];
}

function hasEffect(stmt: core.Stmt): boolean {
  return (
    stmt.kind === 'store' ||
    stmt.kind === 'add' ||
    stmt.kind === 'remove' ||
    (stmt.kind === 'host' && stmt.targets.length === 0)
  );
}

/** The line of an offset in one text. */
export function lineAt(text: string, offset: number): { readonly number: number; readonly text: string } {
  const before = text.slice(0, offset).split('\n');
  return { number: before.length, text: text.split('\n')[before.length - 1]!.trim() };
}

function namingOf(arena: Arena, place: Place | null): Naming {
  const names = new Map(place?.world.names ?? arena.root.names).set(ISSUER, 'the issuing account');
  return { currencies: arena.artifact.currencies, names };
}

function showAmount(amount: bigint, currency: number, naming: Naming): string {
  return showValue(amount, { kind: 'Amount', currency }, naming);
}
