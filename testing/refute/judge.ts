/**
 * Whether a clause holds at a moment of a run. Its views (`clauseProgram`) run on the VM over the contract's own
 * storage; here quantifiers go over every value that the world knows of the type and one that it does not know, and
 * sums over every entry. What overflows on the machine is not judged, nor is what numbers that were not tried decide. A clause
 * that reads an index outside or divides by zero is false.
 */
import {
  buildFunctions,
  type ClauseProgram,
  clauseProgram,
  type core,
  type Evaluation,
  type Input,
  termProgram,
} from '../../compiler/index.ts';
import { CODE, CONTRACTS, overlay, type Reader, read, viewContract, write } from '../../host/index.ts';
import { artifactHash, encodeArtifact, hexOf, LIMITS, type TrapKind, type Value } from '../../vm/index.ts';
import { memberDid } from '../world.ts';
import { type Entry, readField, type Snapshot, zeroOf } from './snapshot.ts';
import { wordKey } from './words.ts';

export type Clause = core.Clause | core.AssertClause;

export type Moment = {
  readonly old: Snapshot;
  readonly now: Snapshot;
  readonly env: (name: core.EnvName) => Value;
  /** The same at the moment `old`. */
  readonly oldEnv: (name: core.EnvName) => Value;
  /** Of a proof: the end of each run. */
  readonly ends?: ReadonlyMap<core.RunEnd, End>;
  /** Words of the parameters; of a proof, of all that has a name by now. */
  readonly locals: readonly (Value | undefined)[];
  /** What those of a proof are; those of a call are what the function declares. */
  readonly declared?: readonly core.Local[];
  readonly result: readonly Value[];
  readonly callee: number;
};

export type End = { readonly now: Snapshot; readonly env: (name: core.EnvName) => Value };

export type Judge = {
  /** Null where the clause cannot be computed. */
  readonly holds: (clause: Clause, moment: Moment) => boolean | null;
  /** What it does that has no meaning, and makes it false; null where there is nothing of the kind. */
  readonly undefinedBy: (clause: Clause, moment: Moment) => string | null;
  /** The one word of a term; null where it cannot be computed. */
  readonly valueOf: (term: core.Term, span: core.Stmt['span'], moment: Moment) => Value | null;
};

export function makeJudge(contract: core.Contract): Judge {
  const compiled = new Map<Clause | core.Term, Compiled | null>();
  const viewsOf = (of: Clause | core.Term, term: core.Term, program: () => ClauseProgram) => {
    const known = compiled.get(of);
    const views = known === undefined ? compile(contract, term, program()) : known;
    compiled.set(of, views);
    return views;
  };
  const ghosts = contract.slots.flatMap((slot, index) => (slot.ghost ? [index] : []));
  const judged = (clause: Clause, moment: Moment): Judged => {
    // Ghosts that do not run have no values.
    if (ghosts.length > 0 && mentions(clause.term, ghosts)) return null;
    const changed = clause.kind === 'changes' ? changedKeys(contract, moment) : null;
    if (changed?.size === 0) return true;
    const views = viewsOf(clause, clause.term, () => clauseProgram(contract, clause));
    if (views === null) return null;
    const { program } = views;
    const body = { kind: 'forall' as const, variables: program.variables, body: program.main };
    return quantify({ contract, views, moment, bound: new Map(), changed }, body);
  };
  return {
    holds: (clause, moment) => {
      const value = judged(clause, moment);
      return value === null ? null : value === true;
    },
    undefinedBy: (clause, moment) => {
      const value = judged(clause, moment);
      return isUndefined(value) ? value.undefinedBy : null;
    },
    valueOf: (term, span, moment) => {
      if (ghosts.length > 0 && mentions(term, ghosts)) return null;
      const views = viewsOf(term, term, () => termProgram(contract, term, span));
      if (views === null) return null;
      const value = evaluate(
        { contract, views, moment, bound: new Map(), changed: null },
        views.program.main,
      );
      return isUndefined(value) ? null : value;
    },
  };
}

/** Whether the clause as code traps only where it has no meaning: what it reads of the past is read in any case. */
export function trapsAsMeant(contract: core.Contract, clause: Clause): boolean {
  const { functions, main } = clauseProgram(contract, clause);
  return main.inputs.every(
    (input) => input.kind !== 'value' || !functions[input.evaluation.function]!.body.some(mayBeMeaningless),
  );
}

/** The words for a trap that ends the evaluation of a clause; null for one that says nothing of the clause. */
export function meaningless(trap: TrapKind | undefined): string | null {
  if (trap === 'DivisionByZero') return 'it divides by zero';
  return trap === 'IndexOutOfRange' ? 'it reads an index outside' : null;
}

// ---- private -----------------------------------------------------------------------------------

/** A clause's views as code that stands in for the contract's own. */
type Compiled = {
  readonly program: ClauseProgram;
  readonly hash: Uint8Array;
  readonly code: Uint8Array;
  readonly names: readonly string[];
  /** Numbers and texts that the clause is written with. */
  readonly constants: readonly bigint[];
  readonly texts: readonly string[];
  /** Whether some values may have no meaning in it. */
  readonly partial: boolean;
};
type Judging = {
  readonly contract: core.Contract;
  readonly views: Compiled;
  readonly moment: Moment;
  readonly bound: ReadonlyMap<number, Value>;
  /** For `changes`: by kind of word the keys of what is not as it was. Nothing else can break the clause. */
  readonly changed: ReadonlyMap<string, readonly Value[]> | null;
};

/** Null where a view would need more words than a function can take. */
function compile(contract: core.Contract, term: core.Term, program: ClauseProgram): Compiled | null {
  if (program.functions.some(({ params }) => params.length > LIMITS.signatureWords)) return null;
  const artifact = buildFunctions({ ...contract, events: [], errors: [] }, program.functions, {
    claims: [],
    marks: [],
  });
  const code = encodeArtifact(artifact);
  const names = program.functions.map((fn) => fn.name);
  const written = constantsOf(term);
  const constants = written.filter((value) => typeof value === 'bigint');
  const texts = written.filter((value) => typeof value === 'string');
  const partial = program.functions.some(({ body }) => body.some(mayBeMeaningless));
  return { program, hash: artifactHash(code), code, names, constants, texts, partial };
}

function mayBeMeaningless(stmt: core.Stmt): boolean {
  if (stmt.kind === 'if') return [...stmt.then, ...stmt.otherwise].some(mayBeMeaningless);
  return (
    stmt.kind === 'op' && stmt.reverts.some(({ reason }) => ['divisionByZero', 'index'].includes(reason))
  );
}

/** The words of the keys under which two states differ; empty where they do not. */
function changedKeys(contract: core.Contract, { old, now }: Moment): ReadonlyMap<string, readonly Value[]> {
  const found = new Map<string, Map<string, Value>>([['', new Map()]]);
  let differs = false;
  contract.slots.forEach(({ keys, kind: of }, slot) => {
    // A list can lose an element and keep what stood there.
    if (of === 'list') differs = true;
    const [before, after] = [old.slots[slot]!, now.slots[slot]!];
    for (const text of new Set([...before.keys(), ...after.keys()])) {
      if (sameEntry(before.get(text), after.get(text))) continue;
      differs = true;
      const entry = (before.get(text) ?? after.get(text))!;
      keys.forEach(({ kind }, index) => {
        const word = entry.keys[index]!;
        found.set(kind, (found.get(kind) ?? new Map()).set(wordKey(word), word));
      });
    }
  });
  return differs ? new Map([...found].map(([kind, words]) => [kind, [...words.values()]])) : new Map();
}

function sameEntry(left: Entry | undefined, right: Entry | undefined): boolean {
  if (left?.present !== right?.present || left?.fields.size !== right?.fields.size) return false;
  return [...(left?.fields ?? [])].every(([field, value]) => {
    const other = right?.fields.get(field);
    return other !== undefined && wordKey(other) === wordKey(value);
  });
}

/** Whether a part of the clause reads one of these slots. */
function mentions(part: unknown, slots: readonly number[]): boolean {
  if (Array.isArray(part)) return part.some((inner) => mentions(inner, slots));
  if (typeof part !== 'object' || part === null || part instanceof Uint8Array) return false;
  const { slot } = part as { readonly slot?: unknown };
  return slots.includes(slot as number) || Object.values(part).some((inner) => mentions(inner, slots));
}

function constantsOf(term: core.Term): readonly core.Constant[] {
  const found: core.Constant[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit);
    else if (typeof node === 'object' && node !== null && !(node instanceof Uint8Array)) {
      const { kind, value } = node as { readonly kind?: unknown; readonly value?: unknown };
      if (kind === 'const') found.push(value as core.Constant);
      else Object.values(node).forEach(visit);
    }
  };
  visit(term);
  return found;
}

/** What has no meaning, by what it does. */
type Undefined = { readonly undefinedBy: string };
/** Null where the machine cannot compute it. */
type Judged = Value | Undefined | null;

function isUndefined(value: Judged): value is Undefined {
  return typeof value === 'object' && value !== null && 'undefinedBy' in value;
}

function evaluate(judging: Judging, evaluation: Evaluation): Judged {
  const { moment, views } = judging;
  const args: Value[] = [];
  for (const [i, input] of evaluation.inputs.entries()) {
    const value = inputOf(judging, input);
    // Behind a condition it may not be asked for.
    if (isUndefined(value)) return evaluation.needed[i] === true ? value : null;
    if (value === null) return null;
    args.push(value);
  }
  const { now: snapshot } = momentAt(moment, evaluation.when);
  const state = withCode(snapshot, moment, views);
  const { clock } = snapshot.world;
  const outcome = viewContract(
    state,
    { ...clock },
    { contract: snapshot.account, entry: views.names[evaluation.function]!, args },
  );
  if (outcome.ok) return outcome.result as Value;
  const undefinedBy = meaningless(outcome.trap?.kind);
  return undefinedBy === null ? null : { undefinedBy };
}

function momentAt(moment: Moment, when: core.When): End {
  if (when === 'now') return moment;
  if (when === 'old') return { now: moment.old, env: moment.oldEnv };
  const end = moment.ends?.get(when);
  if (end === undefined) throw new Error(`${when} is not in scope of the clause`);
  return end;
}

/** The state with the clause's views in the place of the contract's code, even before that is there. */
function withCode(snapshot: Snapshot, { now }: Moment, views: Compiled): Reader {
  const state = overlay(snapshot.world.state);
  const row = read(now.world.state, CONTRACTS, now.account)!;
  write(state, CODE, [hexOf(views.hash)], views.code);
  write(state, CONTRACTS, [snapshot.account], { ...row, codeHash: views.hash });
  return state;
}

function inputOf(judging: Judging, input: Input): Judged {
  const { moment } = judging;
  switch (input.kind) {
    case 'local':
      return moment.locals[input.id] ?? null;
    case 'env':
      return momentAt(moment, input.when).env(input.name);
    case 'result':
      return moment.result[input.index] ?? null;
    case 'called':
      return moment.callee === input.callee;
    case 'bound':
      return judging.bound.get(input.id) ?? null;
    case 'value':
      return evaluate(judging, input.evaluation);
    case 'sum':
    case 'count':
      return fold(judging, input);
    default:
      return quantify(judging, input);
  }
}

type Quantified = Pick<Extract<Input, { readonly kind: 'forall' | 'exists' }>, 'kind' | 'variables' | 'body'>;

/**
 * Over the values that occur and others: where there are some that those do not stand for, none found is no answer. It has
 * no meaning where it has none for one of them.
 */
function quantify(judging: Judging, term: Quantified): Judged {
  const seeking = term.kind === 'exists';
  const others = [...judging.bound.keys(), ...term.variables.map(({ id }) => id)];
  const domains = term.variables.map((variable) => domainOf(judging, variable, others));
  let [found, doubt] = [false, !standsForAll(judging, term)];
  const go = (index: number, bound: ReadonlyMap<number, Value>): Undefined | null => {
    const variable = term.variables[index];
    if (variable === undefined) {
      const value = evaluate({ ...judging, bound }, term.body);
      if (isUndefined(value)) return value;
      if (value === null) doubt = true;
      found ||= value === seeking;
      return null;
    }
    for (const value of domains[index]!) {
      const nothing = go(index + 1, new Map(bound).set(variable.id, value));
      if (nothing !== null) return nothing;
      if (found && !judging.views.partial) return null;
    }
    return null;
  };
  const nothing = go(0, judging.bound);
  if (nothing !== null) return nothing;
  if (found) return seeking;
  return doubt ? null : !seeking;
}

/**
 * Accounts and texts can only be compared, so one fresh value for each variable stands for all others. A number's
 * neighbours and extremes stand for all others where it is the only one, and nothing is computed from it.
 */
function standsForAll(judging: Judging, { variables, body }: Quantified): boolean {
  if (judging.changed !== null || variables.length === 0) return true;
  const numbers = variables.filter(
    // A tag has few values, and all of them are tried.
    ({ type }) => type.kind !== 'Tag' && typeof zeroOf(type.kind) === 'bigint',
  );
  const bytes = variables.some(({ type }) => ['Bytes', 'Hash', 'List'].includes(type.kind));
  if (
    bytes ||
    judging.views.program.functions.some(({ body }) => body.some(looksInside)) ||
    [...judging.bound.values()].some((value) => typeof value === 'bigint')
  )
    return false;
  return numbers.length === 0 || (numbers.length === 1 && onlyCompares(judging.views.program, body));
}

/** What is joined, measured, hashed or taken apart is more than compared. */
function looksInside(stmt: core.Stmt): boolean {
  if (stmt.kind === 'if') return [...stmt.then, ...stmt.otherwise].some(looksInside);
  return stmt.kind === 'op' && INSIDE.has(stmt.op);
}

const INSIDE: ReadonlySet<core.OpName> = new Set(['concat', 'length', 'at', 'append', 'hash']);
const COMPARING: ReadonlySet<core.Stmt['kind']> = new Set(['copy', 'load', 'has', 'size', 'if', 'return']);
const COMPARISONS: ReadonlySet<string> = new Set([
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'not',
  'and',
  'or',
  'checkIndex',
]);

/** Whether the numbers that a view meets are those of its inputs, of the state and of its text. */
function onlyCompares(program: ClauseProgram, { function: index, inputs }: Evaluation): boolean {
  const plain = (stmt: core.Stmt): boolean => {
    if (stmt.kind === 'op') return COMPARISONS.has(stmt.op);
    if (stmt.kind === 'if') return [...stmt.then, ...stmt.otherwise].every(plain);
    return COMPARING.has(stmt.kind);
  };
  const given = (input: Input): boolean =>
    input.kind === 'value'
      ? onlyCompares(program, input.evaluation)
      : ['local', 'env', 'result', 'called', 'bound'].includes(input.kind);
  return program.functions[index]!.body.every(plain) && inputs.every(given);
}

function domainOf(judging: Judging, { id, type }: core.Bound, others: readonly number[]): readonly Value[] {
  const { kind } = type;
  if (judging.changed !== null) return judging.changed.get(kind) ?? [];
  if (kind === 'Bool') return [false, true];
  if (type.kind === 'Tag') return type.variants.map((_, index) => BigInt(index));
  const known = valuesKnown(judging, kind);
  const fresh = others.slice(0, others.indexOf(id) + 1).map((_, i) => `anyone ${i + 1}`);
  if (kind === 'Did') return [...known, ...fresh.map(memberDid)];
  if (kind === 'Text') return [...known, ...fresh];
  if (typeof zeroOf(kind) !== 'bigint') return known;
  const near = [...known, ...judging.views.constants].flatMap((value) => {
    const number = value as bigint;
    return [number, number - 1n, number + 1n];
  });
  const fitting = near.filter((value) => value > NUMBER_MIN && value < NUMBER_MAX);
  return [...new Set([...fitting, NUMBER_MIN, NUMBER_MAX])];
}

const NUMBER_MAX = 2n ** 63n - 1n;
const NUMBER_MIN = -(2n ** 63n);

function valuesKnown(judging: Judging, kind: string): readonly Value[] {
  const { contract, moment } = judging;
  const found = new Map<string, Value>();
  const note = (value: Value): void => void found.set(wordKey(value), value);
  note(zeroOf(kind));
  const known = [moment.now.account, ...moment.now.world.names.keys(), ...contract.didLiterals];
  if (kind === 'Did') known.forEach(note);
  if (kind === 'Text') judging.views.texts.forEach(note);
  const callee = contract.functions[moment.callee];
  (moment.declared ?? callee?.locals ?? []).forEach((local, i) => {
    const value = moment.locals[i];
    if (local.type.kind === kind && value !== undefined) note(value);
  });
  callee?.resultWords.forEach((type, i) => {
    const value = moment.result[i];
    if (type.kind === kind && value !== undefined) note(value);
  });
  const ends = [...(moment.ends?.values() ?? [])];
  for (const env of [moment.env, moment.oldEnv, ...ends.map((end) => end.env)]) {
    if (kind === 'Time') note(env('now'));
    if (kind === 'Int') note(env('block'));
  }
  for (const snapshot of [moment.old, moment.now, ...ends.map((end) => end.now)]) {
    for (const value of wordsIn(contract, snapshot, kind)) note(value);
  }
  return [...found.values()];
}

/** Keys and fields of a type that occur in the state. */
function wordsIn(contract: core.Contract, snapshot: Snapshot, kind: string): readonly Value[] {
  return contract.slots.flatMap((slot, s) =>
    [...snapshot.slots[s]!.values()].flatMap((entry) => [
      ...entry.keys.filter((_, i) => slot.keys[i]?.kind === kind),
      ...[...entry.fields]
        .filter(([field]) => slot.fields[field]?.type.kind === kind)
        .map(([, value]) => value),
    ]),
  );
}

/** The unbounded sum over all entries; an entry that holds nothing adds nothing. */
function fold(judging: Judging, term: Extract<Input, { readonly kind: 'sum' | 'count' }>): Judged {
  const { now: snapshot } = momentAt(judging.moment, term.when);
  const slot = judging.contract.slots[term.slot]!;
  let total = 0n;
  for (const entry of snapshot.slots[term.slot]!.values()) {
    const bound = new Map(judging.bound);
    for (const [i, key] of term.keys.entries()) bound.set(key.id, entry.keys[i]!);
    for (const [i, value] of term.values.entries())
      bound.set(value.id, readField(snapshot, slot, term.slot, entry.keys, i));
    const value = evaluate({ ...judging, bound }, term.entry);
    if (value === null || isUndefined(value)) return null;
    total += typeof value === 'bigint' ? value : value === true ? 1n : 0n;
  }
  return total;
}
