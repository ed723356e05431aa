/**
 * Time per gas of every opcode and host call, on both tiers: a loop of the opcode with what it takes and leaves, less
 * the same loop without it, over the difference in gas. The host is the node's, over a state of some size; what an
 * execution leaves behind (storage, its path in the state tree, events in the block's results) is settled within the
 * time. The least of many short rounds counts, because what disturbs only adds.
 */

import {
  applyChanges,
  callContract,
  currencyIdOf,
  EMPTY,
  type Overlay,
  overlay,
  storageOf,
  writeStorage,
} from '../host/index.ts';
import { makeWorld } from '../host/world.ts';
import { updateTree } from '../runtime/app/merkle.ts';
import { resultsRoot } from '../runtime/app/roots.ts';
import { deploy, memberDid, openWorld, type World } from '../testing/world.ts';
import {
  assemble,
  execute,
  GAS,
  OP_NAMES,
  type OpName,
  type Outcome,
  type Program,
  rowOf,
  type Tier,
  validate,
  type WordType,
  withGasBounds,
} from '../vm/index.ts';
import type { Report, Row } from './report.ts';
import { median } from './rounds.ts';

/**
 * What a row measures: code that is repeated in a loop, and by what it is compared. Locals 0 and 1 are parameters
 * (the number of turns and a text), 2 is the turn, 3 and 4 are integers, 5 to 7 and 9 hold longer values, 8 counts an inner loop.
 */
type Case = {
  readonly name: string;
  readonly code: string;
  /** Turns of the loop; fewer where what is done in one execution is limited. */
  readonly turns?: number;
  /** Times that the code stands in the loop. */
  readonly copies?: number;
  /** A whole execution of an entry is measured, in place of a loop; what is subtracted is what happens round it. */
  readonly whole?: readonly [Entry, Entry];
  /** Runs as a deployed contract, on the tier that its gas chooses, because it calls another one. */
  readonly calls?: true;
};

const ROUNDS = 16;
const WARM_UPS = 8;
/** How often a whole execution runs in a round. */
const SHORT_REPEATS = 12;
/** Times that all cases are measured, one after the other: what disturbs for a while does not meet a case each time. */
const PASSES = 3;
/** About how long a round should take: shorter than what a busy machine leaves undisturbed. */
const ROUND_NS = 600_000;
const TURNS = 500;
const COPIES = 8;
const TIERS = ['interpreter', 'wasm'] as const;

export async function run(): Promise<Report> {
  const scene = makeScene();
  const measured = measureAll(scene, casesOf(scene));
  const rows = measured.map(({ name, gas, times }): Row => {
    const perGas = Object.fromEntries(TIERS.map((tier) => [`${tier}_ns_per_gas`, times[tier] / gas]));
    return { name, gas, interpreter_ns: times.interpreter, wasm_ns: times.wasm, ...perGas };
  });
  const missing = OP_NAMES.filter((op) => !measured.some(({ name }) => name.split(' ')[0] === op));
  console.error(`not measured, since their host modules are not built: ${missing.join(', ')}`);
  const ratios = (tier: Tier) => rows.map((row) => Math.max(0, Number(row[`${tier}_ns_per_gas`])));
  const spread = (all: readonly number[]) => Math.max(...all) / median(all);
  const values = {
    interp_spread: spread(ratios('interpreter')),
    wasm_spread: spread(ratios('wasm')),
    interp_median_ns_per_gas: median(ratios('interpreter')),
    wasm_median_ns_per_gas: median(ratios('wasm')),
    schedule_version: GAS.version,
  };
  return { bench: 'gas', rows, values };
}

// ---- cases -------------------------------------------------------------------------------------

/** Code that pushes a value of a type, as cheaply as the schedule has it. */
const CHEAPEST: { readonly [K in WordType]?: string } = {
  int: 'LocalGet 3',
  bool: 'PushBool true',
  text: 'LocalGet 1',
  did: 'LocalGet 5',
  hash: 'LocalGet 6',
};

const CASES: { readonly [op in OpName]?: readonly Omit<Case, 'name'>[] } = {
  PushBool: [{ code: 'PushBool true\nPop' }],
  Push: [{ code: 'Push 77\nLocalSet 4' }],
  PushConst: [{ code: 'PushConst "x"\nPop' }],
  Pop: [{ code: 'LocalGet 3\nPop' }],
  Dup: [{ code: 'LocalGet 3\nDup\nLocalSet 4\nLocalSet 3' }],
  Swap: [{ code: 'LocalGet 3\nLocalGet 4\nSwap\nLocalSet 4\nLocalSet 3' }],
  LocalGet: [{ code: 'LocalGet 3\nLocalSet 4' }],
  LocalSet: [{ code: 'LocalGet 4\nLocalSet 3' }],
  Equal: [{ code: 'LocalGet 3\nLocalGet 2\nEqual\nJumpIf next@\nnext@:' }],
  NotEqual: [{ code: 'LocalGet 3\nLocalGet 2\nNotEqual\nJumpIf next@\nnext@:' }],
  GreaterThan: [{ code: 'LocalGet 3\nLocalGet 2\nGreaterThan\nJumpIf next@\nnext@:' }],
  LessThan: [{ code: 'LocalGet 3\nLocalGet 2\nLessThan\nJumpIf next@\nnext@:' }],
  Add: [{ code: 'LocalGet 4\nLocalGet 2\nAdd\nLocalSet 4' }],
  Sub: [{ code: 'LocalGet 4\nLocalGet 2\nSub\nLocalSet 4' }],
  Mul: [{ code: 'LocalGet 2\nLocalGet 3\nMul\nLocalSet 4' }, { code: 'Push 3037000498\nDup\nMul\nPop' }],
  Div: [
    { code: 'LocalGet 2\nLocalGet 3\nDiv\nLocalSet 4' },
    { code: 'Push 9223372036854775807\nLocalGet 3\nDiv\nPop' },
  ],
  Mod: [
    { code: 'LocalGet 2\nLocalGet 3\nMod\nLocalSet 4' },
    { code: 'Push 9223372036854775807\nLocalGet 3\nMod\nPop' },
  ],
  MulDiv: [
    { code: 'LocalGet 2\nLocalGet 3\nLocalGet 3\nMulDiv\nPop' },
    { code: 'Push 9223372036854775807\nDup\nDup\nMulDiv\nPop' },
  ],
  MulDivUp: [
    { code: 'LocalGet 2\nLocalGet 3\nLocalGet 3\nMulDivUp\nPop' },
    { code: 'Push 9223372036854775807\nDup\nDup\nMulDivUp\nPop' },
  ],
  Isqrt: [{ code: 'LocalGet 2\nIsqrt\nPop' }, { code: 'Push 9223372036854775807\nIsqrt\nPop' }],
  Pow: [
    { code: 'LocalGet 3\nPush 2\nPow\nPop' },
    { code: 'Push 3\nPush 39\nPow\nPop' },
    { code: 'Push 2\nPush 62\nPow\nPop' },
  ],
  Jump: [{ code: 'Jump next@\nnext@:' }],
  JumpIf: [{ code: 'LocalGet 2\nJumpIf next@\nnext@:' }],
  Call: [{ code: 'Call nothing' }, { code: 'LocalGet 3\nCall same\nLocalSet 4' }],
  Return: [{ code: 'Call nothing' }],
  Halt: [{ code: 'Halt', whole: ['whole', 'none'] }],
  LoopEnter: [{ code: 'LoopEnter 8\nturn@: LocalGet 8\nJumpIf done@\nLoopBack 8 3 turn@\ndone@:' }],
  LoopBack: [
    {
      code: 'LoopEnter 8\nturn@: LocalGet 8\nPush 20\nEqual\nJumpIf done@\nLoopBack 8 21 turn@\ndone@:',
      copies: 1,
    },
  ],
  Revert: [{ code: 'Revert "no"', whole: ['whole', 'aborted'] }],
  Guard: [{ code: 'Guard "no"', whole: ['whole', 'aborted'] }],
  Store: [{ code: 'LocalGet 2\nStore "x"' }],
  Load: [{ code: 'LocalGet 2\nStore "x"\nLoad "x"\nLoad "x"\nLoad "x"\nPop\nPop\nPop' }],
  StateGet: [
    { code: 'StateGet plain 0\nLocalSet 4' },
    { code: 'LocalGet 3\nStateGet counts 0\nLocalSet 4' },
    { code: 'LocalGet 2\nStateGet counts 0\nLocalSet 4', copies: 1 },
    { code: 'LocalGet 5\nLocalGet 3\nStateGet pairs 0\nLocalSet 4' },
    { code: 'LocalGet 5\nLocalGet 2\nStateGet pairs 0\nLocalSet 4', copies: 1 },
    { code: 'LocalGet 2\nStateGet texts 0\nPop', copies: 1, turns: 400 },
    { code: 'LocalGet 7\nLocalGet 2\nStateGet long 0\nLocalSet 4', copies: 1 },
    { code: 'LocalGet 7\nLocalGet 3\nStateGet long 0\nLocalSet 4' },
  ],
  StateHas: [
    { code: 'LocalGet 3\nStateHas counts\nPop' },
    { code: 'LocalGet 2\nStateHas counts\nPop', copies: 1 },
  ],
  StateSet: [
    { code: 'LocalGet 2\nStateSet plain 0' },
    { code: 'LocalGet 3\nLocalGet 2\nStateSet counts 0' },
    { code: 'LocalGet 2\nLocalGet 3\nStateSet counts 0', copies: 1, turns: 200 },
    { code: 'LocalGet 5\nLocalGet 2\nLocalGet 3\nStateSet pairs 0', copies: 1, turns: 200 },
    { code: 'LocalGet 2\nLocalGet 1\nStateSet texts 0', copies: 1, turns: 200 },
    { code: 'LocalGet 3\nLocalGet 1\nStateSet texts 0' },
    { code: 'LocalGet 3\nLocalGet 9\nStateSet lists 0', copies: 1, turns: 20 },
    { code: 'LocalGet 2\nLocalGet 9\nStateSet lists 0', copies: 1, turns: 20 },
    { code: 'LocalGet 7\nLocalGet 2\nLocalGet 3\nStateSet long 0', copies: 1, turns: 200 },
  ],
  StateAdd: [
    { code: 'LocalGet 3\nStateAdd counts' },
    { code: 'LocalGet 2\nPush 100000\nAdd\nStateAdd counts', copies: 1, turns: 200 },
  ],
  StateRemove: [
    { code: 'LocalGet 3\nStateRemove counts' },
    { code: 'LocalGet 2\nStateRemove counts', copies: 1, turns: 200 },
  ],
  Concat: [
    { code: 'PushConst "x"\nPushConst "y"\nConcat\nPop' },
    { code: 'LocalGet 1\nPushConst "y"\nConcat\nPop' },
  ],
  Length: [
    { code: 'PushConst "x"\nLength\nPop' },
    { code: 'LocalGet 1\nLength\nPop' },
    { code: 'LocalGet 9\nLength\nPop' },
  ],
  At: [
    { code: 'LocalGet 9\nLocalGet 3\nAt 0\nPop' },
    { code: 'PushConst bytes"00010203040506"\nLocalGet 3\nAt 0\nPop' },
  ],
  ListAdd: [
    { code: 'PushConst list<4:int>"0101"\nLocalGet 3\nListAdd\nPop' },
    { code: 'LocalGet 9\nLocalGet 2\nListAdd\nPop', copies: 1, turns: 50 },
  ],
  Hash: [
    { code: 'PushConst "x"\nHash ""\nPop' },
    { code: 'LocalGet 6\nHash ""\nLocalSet 6' },
    { code: 'LocalGet 1\nHash ""\nPop' },
    { code: 'LocalGet 9\nHash "List"\nPop', copies: 1 },
  ],
  CheckIndex: [{ code: 'LocalGet 3\nPush 9\nCheckIndex\nPop' }],
  Fail: [{ code: 'Push 1\nFail Bad', whole: ['whole', 'aborted'] }],
  EmitEvent: [
    { code: 'EmitEvent Bare', turns: 100 },
    { code: 'LocalGet 2\nEmitEvent Counted', turns: 100 },
    { code: 'LocalGet 1\nEmitEvent Said', turns: 100 },
    { code: 'LocalGet 9\nEmitEvent Listed', turns: 20, copies: 1 },
    { code: 'LocalGet 1\nDup\nDup\nDup\nEmitEvent Sermon', turns: 50 },
  ],
  Log: [
    { code: 'Log "x"', turns: 100 },
    { code: `Log "${'é'.repeat(500)}"`, turns: 100 },
  ],
  Transfer: [
    {
      code: 'LocalGet 5\nPushConst did"did:icn:contract:other"\nPush 1\nTransfer hours',
      copies: 1,
      turns: 200,
    },
  ],
  Balance: [{ code: 'LocalGet 5\nBalance hours\nPop' }],
  CanPay: [{ code: 'LocalGet 5\nLocalGet 3\nCanPay hours\nPop' }],
  Total: [{ code: 'Total hours\nPop' }],
};

/** Cases that no opcode stands for: what an execution costs before its first opcode. */
const BEGINNINGS: readonly Case[] = [
  { name: 'an execution', code: 'Nop', whole: ['whole', 'none'] },
  { name: 'its access clause', code: 'Nop', whole: ['guarded', 'whole'] },
  { name: 'its arguments', code: 'Nop', whole: ['wordy', 'whole'] },
];

function casesOf({ callee }: Scene): Case[] {
  const calls: Case[] = [
    {
      name: 'FindContract',
      code: `PushConst did"${callee}"\nFindContract Peer\nPop`,
      copies: 1,
      calls: true,
    },
    {
      name: 'CallContract',
      code: `PushConst did"${callee}"\nLocalGet 3\nCallContract #0\nPop`,
      copies: 1,
      calls: true,
    },
  ];
  const own = OP_NAMES.flatMap((op) =>
    (CASES[op] ?? defaultCases(op)).map(
      (one): Case => ({
        name: `${op} ${one.code.replaceAll('\n', '; ').replaceAll('@', '')}`.slice(0, 90),
        ...one,
      }),
    ),
  );
  return [...BEGINNINGS, ...own, ...calls];
}

/** An opcode whose effect the table holds takes the cheapest of each type, and what it gives is dropped. */
function defaultCases(op: OpName): Omit<Case, 'name'>[] {
  const { stack, operands, host } = rowOf(op);
  if (stack === 'dynamic' || operands.length > 0) return [];
  if (host !== undefined && op !== 'VerifyDID' && op !== 'VerifyDIDOf') return [];
  const pushed = stack.pops.map((type) => CHEAPEST[type] ?? `PushConst ${type}"01"`);
  return [{ code: [...pushed, op, ...stack.pushes.map(() => 'Pop')].join('\n') }];
}

// ---- measuring ---------------------------------------------------------------------------------

type Measured = {
  readonly name: string;
  readonly gas: number;
  readonly times: Times;
};
type Times = { readonly [tier in (typeof TIERS)[number]]: number };

/** A case made ready: its two entries, the gas of the code once, and how often it runs. */
type Contest = {
  readonly name: string;
  readonly program: Program;
  /** The account of a contract that runs deployed, null for others. */
  readonly contract: string | null;
  /** The code's, and what is subtracted. */
  readonly entries: readonly [Entry, Entry];
  readonly turns: number;
  readonly gas: number;
  readonly runs: number;
  /** Nanoseconds of each entry by tier, the least so far. */
  readonly least: Record<(typeof TIERS)[number], [number, number]>;
};
/** `none`, `aborted`: what happens round an execution that succeeds or traps, without one. */
type Entry = 'full' | 'empty' | 'whole' | 'guarded' | 'wordy' | 'none' | 'aborted';

function contestOf(scene: Scene, one: Case): Contest {
  const { whole, copies = whole ? 1 : COPIES } = one;
  const program = programOf(one, copies);
  const entries = whole ?? (['full', 'empty'] as const);
  const contract = one.calls ? deployed(scene.world, program, 'caller') : null;
  const turns = whole ? 1 : turnsOf(scene, { program, contract }, one.turns ?? TURNS);
  const [full, base] = entries.map((entry) => gasOf(scene, { program, contract }, entry, turns));
  const runs = turns * copies;
  const least = { interpreter: [NEVER, NEVER], wasm: [NEVER, NEVER] } satisfies Contest['least'];
  return { name: one.name, program, contract, entries, turns, gas: (full! - base!) / runs, runs, least };
}

/** So many turns that a round takes about its time, and no more than `most`. */
function turnsOf(scene: Scene, code: Code, most: number): number {
  for (let left = WARM_UPS; left > 0; left--) perform(scene, code, 'full', 20, 'interpreter');
  let turnNs = NEVER;
  for (let left = 5; left > 0; left--) {
    const started = performance.now();
    perform(scene, code, 'full', 20, 'interpreter');
    turnNs = Math.min(turnNs, ((performance.now() - started) * 1e6) / 20);
  }
  return Math.max(3, Math.min(most, Math.floor(ROUND_NS / turnNs)));
}

const NEVER = Number.POSITIVE_INFINITY;

/** Gas and nanoseconds of each case's code, once. The interpreter has met all cases before any counts. */
function measureAll(scene: Scene, cases: readonly Case[]): Measured[] {
  const contests = cases.map((one) => contestOf(scene, one));
  for (let round = 0; round < WARM_UPS; round++)
    for (const contest of contests) runRound(scene, contest, 'interpreter', false);
  for (let pass = 0; pass < PASSES; pass++)
    for (const contest of contests)
      for (let round = -WARM_UPS; round < ROUNDS; round++)
        for (const tier of TIERS) runRound(scene, contest, tier, round >= 0);
  return contests.map((contest) => {
    const { name, gas, runs, least } = contest;
    const timeOf = (tier: (typeof TIERS)[number]) => (least[tier][0] - least[tier][1]) / runs;
    return { name, gas, times: { interpreter: timeOf('interpreter'), wasm: timeOf('wasm') } };
  });
}

function runRound(scene: Scene, contest: Contest, tier: (typeof TIERS)[number], counts: boolean): void {
  const { entries, turns, least } = contest;
  const repeats = turns === 1 ? SHORT_REPEATS : 1;
  for (const [index, entry] of entries.entries()) {
    const started = performance.now();
    for (let left = repeats; left > 0; left--) perform(scene, contest, entry, turns, tier);
    const time = ((performance.now() - started) * 1e6) / repeats;
    if (counts) least[tier][index] = Math.min(least[tier][index]!, time);
  }
}

function gasOf(scene: Scene, code: Code, entry: Entry, turns: number): number {
  if (entry === 'none' || entry === 'aborted') return 0;
  const outcome = perform(scene, code, entry, turns, 'interpreter');
  if (!outcome.ok && entry !== 'whole') throw new Error(`${outcome.trap.kind}: ${outcome.trap.message}`);
  return outcome.gasUsed;
}

function programOf({ code, whole }: Case, copies: number): Program {
  const repeated = Array.from({ length: copies }, (_, at) => code.replaceAll('@', String(at))).join('\n');
  const body = whole ? 'Nop' : repeated;
  return validProgram(`${DECLARATIONS}
.function full (int text) -> () locals (int int int did hash text int list<1600:int>)
${SET_UP}
${looped(body)}
.function empty (int text) -> () locals (int int int did hash text int list<1600:int>)
${SET_UP}
${looped('')}
.function whole () -> ()
${whole ? code : ''}
Return
.function wordy (${'text '.repeat(10)}) -> ()
${whole ? code : ''}
Return
.function nothing () -> ()
Return
.function same (int) -> (int)
LocalGet 0
Return
`);
}

function validProgram(text: string): Program {
  const assembled = assemble(text);
  if (!assembled.ok) throw new Error(`${JSON.stringify(assembled.errors)}\n${text}`);
  const validated = validate(withGasBounds(assembled.artifact));
  if (!validated.ok) throw new Error(`${JSON.stringify(validated.errors)}\n${text}`);
  return validated.program;
}

const WORDY_PARAMS = Array.from({ length: 10 }, (_, at) => `t${at}: Text`).join(', ');
const DECLARATIONS = `.contract gas
.uses identity.read ledger.read ledger.write
.currency hours 2 mutual
.slot plain () (int)
.slot counts (int) (int)
.slot pairs (did int) (int)
.slot texts (int) (text)
.slot lists (int) (list<1600:int>)
.slot long (text int) (int)
.error Bad(count: Int)
.event Bare()
.event Listed(all: List<Int, 1600>)
.event Counted(count: Int)
.event Said(what: Text)
.event Sermon(first: Text, second: Text, third: Text, fourth: Text)
.interface Peer
.method view small(a: Int) -> Int gas 5000
.call Peer small
.rule full(turns: Int, text: Text) -> Unit = full
.rule empty(turns: Int, text: Text) -> Unit = empty
.rule whole() -> Unit = whole
.rule guarded() -> Unit = whole
${'.permission contract.deploy\n'.repeat(10)}
.rule wordy(${WORDY_PARAMS}) -> Unit = wordy`;

const SET_UP = `Push 3
LocalSet 3
Push 5
LocalSet 4
GetCaller
LocalSet 5
PushConst "x"
Hash ""
LocalSet 6
PushConst "${'k'.repeat(240)}"
LocalSet 7
PushConst list<1600:int>"dc0b${'01'.repeat(1_500)}"
LocalSet 9`;

function looped(body: string): string {
  return `LoopEnter 2
head: LocalGet 2
LocalGet 0
Equal
JumpIf out
${body}
LoopBack 2 ${TURNS} head
out: Return`;
}

// ---- the world ---------------------------------------------------------------------------------

type Scene = {
  readonly world: World;
  readonly contract: string;
  readonly state: Overlay;
  readonly nodes: Overlay;
  /** The account of a contract to call. */
  readonly callee: string;
};

const LEAVES = 2_000;
const TEXT = 'x'.repeat(1_000);

const WORDY = [...TEXT.slice(0, 10)].map((letter, at) => `${at}${letter.repeat(1_000)}`);

/** A contract deployed in a world, with some thousand leaves of storage, and the tree over them. */
function makeScene(): Scene {
  const currencies = [{ name: 'hours', decimals: 2, kind: 'mutual' as const }];
  const world = openWorld({ members: ['alice'], currencies });
  const program = programOf({ name: '', code: FILL }, 1);
  const callee = deployed(world, validProgram(CALLEE), 'callee');
  const contract = deployed(world, program, 'gas');
  const state = overlay(EMPTY);
  applyChanges(state, world.state.changes());
  const nodes = overlay(EMPTY);
  const scene = { world, contract, state, nodes, callee };
  for (let from = 0; from < LEAVES; from += TURNS) {
    const outcome = perform(scene, { program, contract: null }, 'full', TURNS, 'interpreter');
    if (!outcome.ok) throw new Error(outcome.trap.message);
    writeStorage(state, contract, outcome.writes);
  }
  applyChanges(nodes, updateTree(EMPTY, state.changes()).nodes);
  if (storageOf(state, contract).length < LEAVES) throw new Error('too few leaves');
  return scene;
}

/** Deploys a program; gives the account of its contract. */
function deployed(world: World, { artifact }: Program, name: string): string {
  const outcome = deploy(world, { artifact, args: [], by: memberDid('alice'), name });
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.contract;
}

const CALLEE = `.contract callee
.interface Peer
.method view small(a: Int) -> Int gas 5000
.offers Peer
.view small(a: Int) -> Int = small
.function small (int) -> (int)
LocalGet 0
Return
`;

const FILL = `LocalGet 2
LocalGet 2
StateSet counts 0
LocalGet 5
LocalGet 2
LocalGet 2
StateSet pairs 0
LocalGet 2
LocalGet 1
StateSet texts 0
LocalGet 7
LocalGet 2
LocalGet 2
StateSet long 0`;

const NOTHING: Outcome = { ok: true, result: null, stack: [], gasUsed: 0, events: [], logs: [], writes: [] };

/** A program, and the account of its contract where it runs deployed. */
type Code = { readonly program: Program; readonly contract: string | null };

/** A call of a deployed contract as the node makes it. */
function callDeployed({ world }: Scene, contract: string, entry: Entry, turns: number): Outcome {
  const outcome = callContract(overlay(world.state), world.clock, {
    contract,
    entry,
    args: [BigInt(turns), TEXT],
    caller: memberDid('alice'),
    spends: 'unlimited',
    gasLimit: 1_000_000_000,
  });
  if (!outcome.ok) throw new Error(outcome.message);
  return { ...outcome, stack: [], writes: [] };
}

/** One execution and all that a node does after it; the state stays as it was. */
function perform(
  scene: Scene,
  { program, contract: deployedAt }: Code,
  entry: Entry,
  turns: number,
  tier: Tier,
): Outcome {
  const { world, contract } = scene;
  if (deployedAt !== null) return callDeployed(scene, deployedAt, entry, turns);
  const state = overlay(scene.state);
  const standing = {
    contract,
    creator: memberDid('alice'),
    cooperative: 'test',
    currencies: [currencyIdOf('test', 'hours')],
    caller: memberDid('alice'),
    spends: 'unlimited' as const,
    callers: [],
  };
  const { host } = makeWorld(state, world.clock, standing, null);
  const args =
    entry === 'wordy' ? WORDY : entry === 'guarded' || entry === 'whole' ? [] : [BigInt(turns), TEXT];
  const call = { entry, args, gasLimit: 1_000_000_000 };
  const empty = entry === 'none' || entry === 'aborted';
  const outcome = empty ? NOTHING : execute(program, call, host, { tier });
  if (!outcome.ok || entry === 'aborted') return outcome;
  writeStorage(state, contract, outcome.writes);
  updateTree(scene.nodes, state.changes());
  const { events, gasUsed } = outcome;
  const result = {
    code: 0,
    name: 'Ok',
    log: '',
    data: new Uint8Array(0),
    gasWanted: gasUsed,
    gasUsed,
    events,
  };
  resultsRoot([result]);
  return outcome;
}
