/**
 * Runs that reached what was looked for in a contract. What is looked for next is often reached on the way of one of
 * them, or by the same calls with other values. Where a memory is given, they are known the next time, too: what was
 * kept counts only as far as the machine does it again.
 */
import type { Candidate } from '../../compiler/index.ts';
import { artifactHash, encodeArtifact, hexOf, sha256, utf8 } from '../../vm/index.ts';
import type { Replaying } from './search.ts';
import { type Action, type Arena, actionsOf, type Step, stepsFrom } from './steps.ts';
import { actionsOfText, textOfActions } from './written.ts';

/** Texts by name. Whoever keeps them may forget any. */
export type Memory = {
  readonly get: (name: string) => string | undefined;
  readonly put: (name: string, text: string) => void;
};

export const NO_MEMORY: Memory = { get: () => undefined, put: () => {} };

export type KnownRuns = {
  readonly arena: Arena;
  readonly memory: Memory;
  /** By what they do, the oldest first. */
  readonly runs: Map<string, readonly Step[]>;
  /** What was looked for in this very contract, and not found. */
  readonly fruitless: Set<string>;
  /** What has been shown not to be vacuous, by what is asked and the code. */
  readonly shown: Set<string>;
  /** What a call of each function depends on besides the state. */
  readonly code: Map<number, string>;
};

export function openRuns(arena: Arena, memory: Memory): KnownRuns {
  const runs = new Map<string, readonly Step[]>();
  for (const text of kept(memory, nameOfRuns(arena)))
    runs.set(text, [...stepsFrom(arena, null, actionsOfText(arena.account, text))]);
  return {
    arena,
    memory,
    runs,
    fruitless: new Set(kept(memory, nameOfFruitless(arena))),
    shown: new Set(kept(memory, nameOfShown(arena))),
    code: new Map(),
  };
}

/** What the run did, in the arena of all of them. */
export function remember({ arena, runs, memory }: KnownRuns, last: Step): void {
  const actions = actionsOf(last);
  const text = textOfActions(arena.account, actions);
  if (runs.has(text)) return;
  // What an earlier version of the contract did makes room.
  if (runs.size >= RUNS_MAX) runs.delete(runs.keys().next().value!);
  runs.set(text, [...stepsFrom(arena, null, actions)]);
  keep(memory, nameOfRuns(arena), [...runs.keys()]);
}

export function isFruitless({ fruitless }: KnownRuns, candidate: Candidate): boolean {
  return fruitless.has(searchOf(candidate));
}

export function rememberFruitless({ arena, fruitless, memory }: KnownRuns, candidate: Candidate): void {
  fruitless.add(searchOf(candidate));
  keep(memory, nameOfFruitless(arena), [...fruitless]);
}

/** Whether the same code has shown before that the same is not vacuous: in some state, which need not be reached any more. */
export function wasShown(known: KnownRuns, candidate: Candidate): boolean {
  return known.shown.has(showingOf(known, candidate));
}

export function rememberShown(known: KnownRuns, candidate: Candidate): void {
  const { arena, shown, memory } = known;
  shown.add(showingOf(known, candidate));
  keep(memory, nameOfShown(arena), [...shown].slice(-SHOWN_MAX));
}

/** The first step on the way of a known run that reaches the goal, or null. */
export function alongKnown(hunt: Replaying, { arena, runs }: KnownRuns): Step | null {
  for (const steps of runs.values()) {
    const again = hunt.arena === arena ? steps : stepsFrom(hunt.arena, null, steps.map(actionOf));
    for (const step of again) if (hunt.reached(step)) return step;
  }
  return null;
}

/** The calls between the deployment and one of `callee` in the known runs, the shortest first. */
export function callsBefore({ runs }: KnownRuns, callee: number): readonly (readonly number[])[] {
  const found = new Map<string, readonly number[]>();
  for (const steps of runs.values()) {
    const calls = steps.flatMap(({ action }) => (action.kind === 'call' ? [action.callee] : []));
    const last = calls.lastIndexOf(callee);
    const before = last < 0 ? calls : calls.slice(0, last);
    found.set(String(before), before);
  }
  return [...found.values()].sort((a, b) => a.length - b.length).slice(0, HINTS_MAX);
}

// ---- private -----------------------------------------------------------------------------------

function actionOf({ action }: Step): Action {
  return action;
}

/** What would be looked for, and from where. Texts of two rules may be the same, for their names are canonical. */
function searchOf({ obligation, assumed }: Candidate): string {
  const { rule, kind, name, callee, proof, hash } = obligation;
  return [rule, kind, name, callee, proof, hash, ...assumed.map((clause) => clause.name)].join(' ');
}

function showingOf({ arena, code }: KnownRuns, candidate: Candidate): string {
  const { callee } = candidate.obligation;
  const called = code.get(callee) ?? codeOf(arena, callee);
  code.set(callee, called);
  return `${searchOf(candidate)} ${called}`;
}

/** What a call depends on besides the state, but for where it is written. */
function codeOf({ contract }: Arena, callee: number): string {
  const { functions, slots, currencies } = contract;
  const called = functions.filter(({ kind }, i) => kind === 'fn' || i === callee);
  const code = JSON.stringify([called, slots, currencies], (name, value: unknown) =>
    name === 'span' ? undefined : withoutBigints(name, value),
  );
  return hexOf(sha256(utf8(code)));
}

function nameOfShown({ contract }: Arena): string {
  return `shown-${contract.name}.json`;
}

/** Runs outlive a change of the contract as long as what is called and paid stays the same. */
function nameOfRuns({ contract, artifact }: Arena): string {
  const entries = artifact.entries.map((entry) => [entry.name, entry.function, entry.params]);
  const proofs = contract.proofs.map(({ params }) => params);
  const shape = JSON.stringify([contract.name, entries, artifact.currencies, proofs], withoutBigints);
  return `runs-${hexOf(sha256(utf8(shape)))}.json`;
}

function withoutBigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function nameOfFruitless({ artifact }: Arena): string {
  return `fruitless-${hexOf(artifactHash(encodeArtifact(artifact)))}.json`;
}

/** With a sum of its own: what was damaged, or is kept under another name, counts as forgotten. */
function keep(memory: Memory, name: string, texts: readonly string[]): void {
  const body = JSON.stringify(texts);
  memory.put(name, `${sumOf(name, body)} ${body}`);
}

function kept(memory: Memory, name: string): readonly string[] {
  const [sum, body] = splitOnce(memory.get(name) ?? '');
  return sum === sumOf(name, body) ? (JSON.parse(body) as readonly string[]) : [];
}

function splitOnce(text: string): readonly [string, string] {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

function sumOf(name: string, body: string): string {
  return hexOf(sha256(utf8(`${name} ${body}`)));
}

const RUNS_MAX = 32;
const SHOWN_MAX = 1000;
const HINTS_MAX = 4;
