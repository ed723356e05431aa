/**
 * Which document is verified when. In: that a document stands still, changed or went away. Out: verdicts, one document at
 * a time. The one that was touched last comes first: another one, of which much is known by then, makes room and comes again.
 * What changes is not verified any more, and what has errors not at all.
 */
import { hasErrors } from '../compiler/index.ts';
import type { Document } from './document.ts';
import { isCurrent, orderOf, type Verified } from './verdicts.ts';
import type { Order, Verification } from './verification.ts';
import type { Verifier } from './verifier.ts';

export type Schedule = {
  /** Verifies the document as it now stands, before all others. */
  readonly request: (uri: string) => void;
  /** The document is not what it was: nobody waits for its verdict any more. */
  readonly cancel: (uri: string) => void;
  /** Forgets a document that is closed. */
  readonly forget: (uri: string) => void;
  /** Forgets all that is known, and ends the thread. */
  readonly forgetAll: () => void;
  /** The last verdict, which may be of an older text. */
  readonly verdictOf: (uri: string) => Verified | null;
};

/** What the schedule is about, and whom it tells. */
export type Office = {
  readonly verifier: Verifier;
  /** The document as it now stands; null where it is not open, or cannot be read. */
  readonly documentOf: (uri: string) => Document | null;
  readonly onVerdict: (uri: string) => void;
  /** A verification begins; it can be ended by calling `cancel`. */
  readonly onBegin: (uri: string, cancel: () => void) => Showing;
  readonly log: (line: string) => void;
};

/** How it is shown that a verification is under way. */
export type Showing = { readonly report: (progress: string) => void; readonly end: () => void };

type Desk = Office & {
  /** The first is next. */
  waiting: readonly string[];
  running: Running | null;
  /** `isWhole`: nothing is open. */
  readonly known: Map<string, Verified & { readonly isWhole: boolean }>;
};

type Running = { readonly uri: string; readonly abort: AbortController; order: Order | null };

export function openSchedule(office: Office): Schedule {
  const desk: Desk = { ...office, waiting: [], running: null, known: new Map() };
  const cancel = (uri: string) => {
    desk.waiting = desk.waiting.filter((each) => each !== uri);
    if (desk.running?.uri === uri) desk.running.abort.abort();
  };
  return {
    request: (uri) => {
      desk.waiting = [uri, ...desk.waiting.filter((each) => each !== uri)];
      void work(desk);
    },
    cancel,
    forget: (uri) => {
      cancel(uri);
      desk.known.delete(uri);
    },
    forgetAll: () => {
      desk.waiting = [];
      desk.running?.abort.abort();
      desk.known.clear();
      desk.verifier.rest();
    },
    verdictOf: (uri) => desk.known.get(uri) ?? null,
  };
}

/** Takes what waits, one after the other; where somebody is at it already, for what comes first now. */
async function work(desk: Desk): Promise<void> {
  // What is requested at once is in order before the first of it begins.
  await Promise.resolve();
  makeRoom(desk);
  while (desk.running === null) {
    const [uri, ...rest] = desk.waiting;
    if (uri === undefined) return;
    desk.waiting = rest;
    desk.running = { uri, abort: new AbortController(), order: null };
    try {
      await verify(desk, desk.running);
    } catch (error) {
      desk.log(`could not verify ${uri}: ${error instanceof Error ? error.stack : error}`);
    }
    desk.running = null;
  }
}

/** Ends what is verified now where another document comes first, or the same with another text. */
function makeRoom(desk: Desk): void {
  const { running, waiting } = desk;
  const [first, ...rest] = waiting;
  if (running === null || first === undefined) return;
  if (running.uri !== first)
    desk.waiting = [first, running.uri, ...rest.filter((each) => each !== running.uri)];
  else if (isOf(desk, running)) {
    desk.waiting = rest;
    return;
  }
  running.abort.abort();
}

/** Whether it is about the document as it now stands. */
function isOf({ documentOf }: Desk, { uri, order }: Running): boolean {
  const document = documentOf(uri);
  return document !== null && order !== null && isCurrent(order, document);
}

async function verify(desk: Desk, running: Running): Promise<void> {
  const { uri, abort } = running;
  const document = desk.documentOf(uri);
  if (document === null || !isProvable(document)) return;
  const known = desk.known.get(uri);
  if (known?.isWhole && isCurrent(known.order, document)) return;
  const order = orderOf(document);
  running.order = order;
  const showing = desk.onBegin(uri, () => abort.abort());
  const know = (verification: Verification, isWhole: boolean) => {
    if (abort.signal.aborted) return;
    desk.known.set(uri, { order, verification, isWhole });
    desk.onVerdict(uri);
  };
  const outcome = await desk.verifier.verify(order, abort.signal, {
    onProgress: showing.report,
    onSettled: (verification) => know(verification, false),
  });
  showing.end();
  if ('reason' in outcome) desk.log(`could not verify ${uri}: ${outcome.reason}`);
  if (outcome.kind === 'lost') desk.waiting = [uri, ...desk.waiting.filter((each) => each !== uri)];
  if (outcome.kind === 'verified') know(outcome.verification, true);
}

/** Whether there is anything to prove, as far as the text can be trusted. */
function isProvable({ analysis }: Document): boolean {
  return !hasErrors(analysis) && analysis.tree.items.some(({ kind }) => kind === 'contract' || kind === 'fn');
}
