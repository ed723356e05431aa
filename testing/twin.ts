/**
 * A contract beside the one that is tried: the same code, which also checks what stands inside of it (`assert`, the
 * invariants of loops, what a `fn` requires and ensures) and keeps the ghosts. A step is taken a second time with the
 * twin's code in the place of the contract's own; what the step did, and what it cost, is told by the first.
 */
import {
  type Broken,
  buildFunctions,
  type core,
  ghostSpans,
  type Point,
  runGhosts,
  withChecks,
} from '../compiler/index.ts';
import {
  CODE,
  CONTRACTS,
  checkArtifact,
  type Failure,
  read,
  storageOf,
  write,
  writeStorage,
} from '../host/index.ts';
import { type Artifact, artifactHash, encodeArtifact, encodeLeaf, hexOf, readStored } from '../vm/index.ts';
import { type Arena, type Place, type Step, takeStep } from './refute/steps.ts';
import { type Naming, showValue } from './values.ts';
import { fork, type World } from './world.ts';

export type Twin = {
  /** With ghosts that are state like other. */
  readonly contract: core.Contract;
  /** With checks besides. */
  readonly checked: core.Contract;
  readonly artifact: Artifact;
  /** Where ghosts are set. */
  readonly ghosts: readonly core.Stmt['span'][];
  /** Their names. */
  readonly kept: ReadonlySet<string>;
  readonly code: Uint8Array;
  readonly hash: Uint8Array;
  readonly checks: readonly Check[];
};

/** A clause inside of the code that did not hold, with words that it read. */
export type BrokenInside = {
  readonly clause: Point['clause'];
  readonly says: string;
  readonly reads: readonly { readonly text: string; readonly value: string }[];
};

/** Null where nothing stands inside and there are no ghosts, or where the code with its checks passes a limit. */
export function openTwin(written: core.Contract): Twin | null {
  const ghosts = ghostSpans(written);
  const running = runGhosts(written);
  const checks: Check[] = [];
  const first = written.errors.length;
  const { contract, checked: points } = withChecks(running, (point) => {
    // The virtual machine itself refuses a transition that was not declared.
    if (point.clause.name.startsWith('lifecycle ')) return null;
    return (broken) => {
      const { check, stmts } = checkOf(running, point, broken, first + checks.length);
      checks.push(check);
      return stmts;
    };
  });
  if (points.length === 0 && running === written) return null;
  const errors = [...contract.errors, ...checks.map((check, number) => errorOf(written, check, number))];
  const checked = { ...contract, errors };
  const artifact = artifactOf(checked);
  if (artifact === null) return null;
  const code = encodeArtifact(artifact);
  const kept = new Set(written.slots.filter(({ ghost }) => ghost).map(({ name }) => name));
  return { contract: running, checked, artifact, ghosts, kept, code, hash: artifactHash(code), checks };
}

/** A copy of a world in which these contracts run the code of their twins, unobserved. */
export function twinWorld(world: World, twins: ReadonlyMap<string, Twin>): World {
  const copy: World = { ...fork(world), observer: undefined };
  for (const [account, { code, hash }] of twins) {
    const row = read(copy.state, CONTRACTS, account);
    if (row === undefined) continue;
    write(copy.state, CODE, [hexOf(hash)], code);
    write(copy.state, CONTRACTS, [account], { ...row, codeHash: hash });
  }
  return copy;
}

/** What a twin's step failed for, if that was a clause inside of the code. */
export function brokenInside(
  twins: Iterable<Twin>,
  { trap }: Failure,
  names: Naming['names'],
): BrokenInside | null {
  // What a called contract fails with has the way to it before.
  const [, name, number] = /(?:^|: )#(\w+)\.([0-9]+)(?:\(|$)/.exec(trap?.message ?? '') ?? [];
  if (trap?.kind !== 'Failed') return null;
  const twin = [...twins].find(({ contract }) => contract.name === name);
  const check = twin?.checks[Number(number)];
  if (twin === undefined || check === undefined) return null;
  const { point, reads } = check;
  const naming = { currencies: twin.artifact.currencies, names };
  const shape = twin.artifact.errors.find((error) => error.name === nameOf(twin.contract, Number(number)))!;
  // Of a contract that another one called only the clause is known.
  const fields = trap?.error?.name === shape.name ? trap.error.fields : [];
  const values = fields.map(({ value }, at) => showValue(value, shape.fields[at]!.type, naming));
  return {
    clause: point.clause,
    says: SAYS[point.stands](point),
    reads: values.map((value, at) => ({ text: reads[at]!.text, value })),
  };
}

/** What a step breaks inside of the code; `arena` is that of the twin. */
export function brokenInStep(twin: Twin, arena: Arena, { action, from }: Step): BrokenInside | null {
  if (twin.checks.length === 0 || (action.kind !== 'call' && action.kind !== 'deploy')) return null;
  const { failure } = takeStep(arena, from && twinPlace(twin, arena, action, from), action);
  return failure === null ? null : brokenInside([twin], failure, (from?.world ?? arena.root).names);
}

/** The twin's code in the place of the contract's, unless an upgrade is to bring it. */
function twinPlace(twin: Twin, { contract }: Arena, action: Step['action'], from: Place): Place {
  const brings = action.kind === 'call' && contract.functions[action.callee]?.kind === 'upgrade';
  if (brings && from.last !== null) return from;
  return { ...from, world: twinWorld(from.world, new Map([[from.account, twin]])) };
}

/** An account of a world. */
export type Seat = { readonly world: World; readonly account: string };

/** Takes the ghosts of a contract over from where its twin ran, under whatever account. */
export function takeGhosts({ artifact, kept }: Twin, from: Seat, to: Seat): void {
  if (kept.size === 0) return;
  const ghostsAt = ({ world, account }: Seat) =>
    storageOf(world.state, account).flatMap(({ key, value }) => {
      const leaf = readStored(artifact.storage, key, value);
      const slot = leaf === null ? undefined : artifact.storage[leaf.slot];
      return leaf === null || slot === undefined || !kept.has(slot.name) ? [] : [{ key, value, leaf, slot }];
    });
  const old = ghostsAt(to).map(({ key }) => ({ key, value: undefined }));
  const now = ghostsAt(from).map(({ key, value, leaf, slot }) => ({
    key,
    // Its own account is one that a deployment gives.
    value: leaf.value === from.account ? encodeLeaf(slot.fields[leaf.field]!, to.account) : value,
  }));
  writeStorage(to.world.state, to.account, [...old, ...now]);
}

// ---- private -----------------------------------------------------------------------------------

/** With what the contract offers to others, as far as its checks leave enough of the gas that its interfaces state. */
function artifactOf(checked: core.Contract): Artifact | null {
  const bare = buildFunctions(checked, checked.functions, { claims: [], marks: [] });
  const offers = checked.interfaces.flatMap(({ implemented }, index) => (implemented ? [index] : []));
  const sound = [{ ...bare, offers }, bare].find((artifact) => checkArtifact(encodeArtifact(artifact)).ok);
  return sound ?? null;
}

/** `reads`: words that the clause is made of, as its author might write them. */
type Check = { readonly point: Point; readonly reads: readonly Read[] };
type Read = { readonly text: string; readonly type: core.Local['type'] };

const READS_MAX = 8;

/** What stops the call where the condition is false: an error with the words that were read. */
function checkOf(contract: core.Contract, point: Point, { term, condition, read }: Broken, error: number) {
  const { span, owner } = point;
  const words = [...readsOf(contract, owner, term)].slice(0, READS_MAX).flatMap(([text, part]) => {
    const found = read(part);
    return found === null ? [] : [{ ...found, text, type: part.type }];
  });
  const args = words.map(({ value }) => value);
  const failing: readonly core.Stmt[] = [
    ...words.flatMap(({ stmts }) => stmts),
    { kind: 'fail', span, error, args },
  ];
  const check: Check = { point, reads: words };
  // biome-ignore lint/suspicious/noThenProperty: the core's word for the first branch; nobody awaits statements
  return { check, stmts: [{ kind: 'if', span, condition, then: [], otherwise: failing }] as const };
}

function errorOf(contract: core.Contract, { reads }: Check, number: number): core.EventDecl {
  const fields = reads.map(({ type }, at) => ({ name: `word_${at + 1}`, type }));
  return { name: nameOf(contract, number), fields };
}

/** No author can write it. */
function nameOf({ name }: core.Contract, number: number): string {
  return `#${name}.${number}`;
}

const SAYS: { readonly [stands in Point['stands']]: (point: Point) => string } = {
  assert: ({ clause }) => `breaks assert ${clause.text}`,
  before: ({ clause }) => `breaks the loop invariant ${clause.text} before the first turn`,
  kept: ({ clause }) => `breaks the loop invariant ${clause.text} in a turn`,
  requires: ({ clause, owner }) => `calls ${owner.name} without its requires ${clause.text}`,
  ensures: ({ clause, owner }) => `breaks ${clause.kind} ${clause.text} of ${owner.name}`,
};

// ---- what a clause reads -----------------------------------------------------------------------

function readsOf(
  contract: core.Contract,
  owner: core.Function,
  clause: core.Term,
): ReadonlyMap<string, core.Term> {
  const found = new Map<string, core.Term>();
  const visit = (term: core.Term): void => {
    const text = SHOWN.has(term.type.kind) ? textOf(contract, owner, term) : null;
    if (text !== null && term.kind !== 'const' && !found.has(text)) found.set(text, term);
    for (const part of partsOf(term)) visit(part);
  };
  visit(clause);
  return found;
}

/** Of other kinds a word by itself tells little. */
const SHOWN: ReadonlySet<string> = new Set([
  'Int',
  'Bool',
  'Did',
  'Text',
  'Amount',
  'Time',
  'Duration',
  'Ratio',
  'Hash',
]);

function partsOf(term: core.Term): readonly core.Term[] {
  if (term.kind === 'op' || term.kind === 'host') return term.args;
  return term.kind === 'load' || term.kind === 'has' ? term.keys : [];
}

/** As an author might write it; null for what has no such name, or is more than a word. */
function textOf(contract: core.Contract, fn: core.Function, term: core.Term): string | null {
  const past = (text: string): string => ('when' in term && term.when === 'old' ? `old(${text})` : text);
  switch (term.kind) {
    case 'const':
      return typeof term.value === 'object' ? null : String(term.value);
    case 'local':
      return fn.locals[term.id]!.name || null;
    case 'env':
      return term.name;
    case 'result':
      return fn.resultWords.length === 1 ? 'result' : `result.${term.index}`;
    case 'load':
      return withKeys(contract, fn, term.keys, (keys) => past(placeText(contract, term, keys)));
    case 'has':
      return withKeys(contract, fn, term.keys, (keys) =>
        past(`${keys.join(', ')} in ${contract.slots[term.slot]!.name}`),
      );
    case 'size':
      return past(`${contract.slots[term.slot]!.name}.size`);
    default:
      return null;
  }
}

function withKeys(
  contract: core.Contract,
  fn: core.Function,
  terms: readonly core.Term[],
  text: (keys: readonly string[]) => string,
): string | null {
  const keys = terms.map((key) => textOf(contract, fn, key));
  return keys.includes(null) ? null : text(keys as readonly string[]);
}

function placeText(
  { slots }: core.Contract,
  { slot, field }: { readonly slot: number; readonly field: number },
  keys: readonly string[],
): string {
  const { name, fields } = slots[slot]!;
  const { path } = fields[field]!;
  return `${name}${keys.length === 0 ? '' : `[${keys.join(', ')}]`}${path === '' ? '' : `.${path}`}`;
}
