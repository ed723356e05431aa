/**
 * The virtual machine's two tiers beside other ways to do the same work: `@ethereumjs/evm`, native revm (of `anvil`), plain
 * JavaScript numbers, `BigInt` checked to 64 bits, WebAssembly as an author writes it. Work: four loops, token
 * transfers, a storage loop and a vote tally, from `Work.ccl`; the first call of a large contract; deployment.
 * All in one run, interleaved; what is compared is in the row. Every result is checked.
 */
import type { Program } from '../vm/index.ts';
import { type Anvil, startAnvil } from './anvil.ts';
import { measureCold, measureDeploy } from './deploy.ts';
import { type Evm, ethereumjs, evmCode, type Solidity, solidity } from './evm.ts';
import { handwritten } from './handwritten.ts';
import { LOOPS, type Loop } from './loops.ts';
import type { Report, Row } from './report.ts';
import { type Slope, slopes } from './rounds.ts';
import { type Session, session, withoutGas, workProgram } from './session.ts';

const ROUNDS = 15;
const WARM_UPS = 8;

/** Turns of the longer and the shorter call; their difference is what is timed, so that what a call itself costs is not. */
const COMPILED = [400_000, 40_000] as const;
const INTERPRETED = [40_000, 4_000] as const;
const EVM_NATIVE = [200_000, 20_000] as const;
const EVM_JS = [4_000, 400] as const;
const TRANSFERS = [16_000, 1_000] as const;
const TRANSFERS_JS = [400, 40] as const;
const CALLS = [2_000, 200] as const;
const MEMBERS = 1_000;

type Peers = {
  readonly ethereumjs: Evm | null;
  readonly anvil: Anvil | null;
  readonly work: Solidity | null;
};

export async function run(): Promise<Report> {
  const peers = { ethereumjs: await ethereumjs(), anvil: await startAnvil(), work: await solidity() };
  try {
    const program = workProgram();
    const work = [
      ...LOOPS.flatMap((loop) => loopSlopes(loop, program, peers)),
      ...storeSlopes(program, peers),
    ];
    const times = await slopes(work, ROUNDS, WARM_UPS);
    const rows = rowsOf(times);
    const deployed = await measureDeploy();
    const cold = await measureCold();
    return {
      bench: 'vm',
      about: ABOUT,
      rows: [...rows, ...deployed.rows, ...cold],
      values: { ...valuesOf(rows), ...deployed.values },
      missing: missingOf(peers),
    };
  } finally {
    peers.anvil?.stop();
  }
}

const ABOUT = [
  'Nanoseconds per turn: the difference between a longer and a shorter call, so what a call costs is not in it.',
  'EVM words are 256 bits. Loops: assembled by hand for the EVM, compiled from Work.ccl here; gas is counted in both.',
  'transfer: balances of two accounts read, compared and written (a map by account), one event of three words, in a loop',
  '  within one call. EVM: the same in Solidity (solc, optimised): mapping, `emit Transfer`, checked arithmetic. Events',
  '  stay words here and bytes there; "events read" also makes data of them for a reader.',
  'storage: two words read and two written per turn, journalled. call: of a method that adds one; Solidity: `this.add(x)`.',
  'tally: the set of members and their votes read from the host, in one call.',
  'deploy: validated, compiled and called once, over `WebAssembly.Module` alone of a handwritten module of that size.',
];

function missingOf({ ethereumjs: js, anvil, work }: Peers): string[] {
  return [
    ...(js === null ? ['@ethereumjs/evm is not installed'] : []),
    ...(anvil === null ? ['native revm: the package @foundry-rs/anvil-… is not installed'] : []),
    ...(work === null ? ['EVM transfers, storage and tally: solc is not installed'] : []),
  ];
}

// ---- loops

function loopSlopes(loop: Loop, program: Program, { ethereumjs: js, anvil }: Peers): Slope[] {
  const { name, entry } = loop;
  const check = (turns: number, found: bigint, who: string) => {
    if (found !== expected(loop, turns))
      throw new Error(`${name}: ${who} says ${found} after ${turns} turns`);
  };
  const tier = (which: 'interpreter' | 'wasm') => {
    const one = session(program, which);
    return (turns: number) => check(turns, one.call(entry, [BigInt(turns)]) as bigint, which);
  };
  const free = withoutGas(program, entry);
  const own = handwritten(name);
  const evm = (run: Evm, who: string) => async (turns: number) =>
    check(turns, await run(evmCode(name, turns)), who);
  return [
    { work: name, who: 'interpreter', turns: INTERPRETED, run: tier('interpreter') },
    { work: name, who: 'wasm', turns: COMPILED, run: tier('wasm') },
    {
      work: name,
      who: 'no gas',
      turns: COMPILED,
      run: (turns) => check(turns, free(BigInt(turns)), 'no gas'),
    },
    {
      work: name,
      who: 'handwritten',
      turns: COMPILED,
      run: (turns) => check(turns, own(BigInt(turns)), 'handwritten'),
    },
    { work: name, who: 'numbers', turns: COMPILED, run: (turns) => void loop.numbers(turns) },
    {
      work: name,
      who: 'bigint',
      turns: INTERPRETED,
      run: (turns) => check(turns, loop.bigints(turns), 'bigint'),
    },
    ...(anvil === null ? [] : [{ work: name, who: 'revm', turns: EVM_NATIVE, run: evm(anvil.run, 'revm') }]),
    ...(js === null ? [] : [{ work: name, who: 'ethereumjs', turns: EVM_JS, run: evm(js, 'ethereumjs') }]),
  ];
}

const RESULTS = new Map<string, bigint>();

function expected(loop: Loop, turns: number): bigint {
  const key = `${loop.name} ${turns}`;
  const known = RESULTS.get(key) ?? loop.bigints(turns);
  RESULTS.set(key, known);
  return known;
}

// ---- work on storage

const OTHER = 'did:icn:other';

function storeSlopes(program: Program, peers: Peers): Slope[] {
  const tiers = (['interpreter', 'wasm'] as const).flatMap((who) => {
    const one = session(program, who);
    one.commit('mint', [1_000_000_000n]);
    for (let member = 0; member < MEMBERS; member++)
      one.commit('join', [`did:icn:m${member}`, member % 3 === 0]);
    return tierSlopes(one, who);
  });
  return [...tiers, ...evmSlopes(peers)];
}

function tierSlopes(one: Session, who: 'interpreter' | 'wasm'): Slope[] {
  const transfer = (turns: number, read: (events: () => readonly unknown[]) => void) => {
    const { writes, events } = one.run('transfers', [OTHER, BigInt(turns)]);
    if (writes.length !== 3) throw new Error(`transfer: ${who} writes ${writes.length} leaves`);
    read(events);
  };
  const counted = (turns: number) => (events: () => readonly unknown[]) => {
    if (events().length !== turns) throw new Error(`transfer: ${who} emits ${events().length} events`);
  };
  return [
    { work: 'transfer', who, turns: TRANSFERS, run: (turns) => transfer(turns, () => undefined) },
    { work: 'transfer, events read', who, turns: TRANSFERS, run: (turns) => transfer(turns, counted(turns)) },
    {
      work: 'storage',
      who,
      turns: who === 'wasm' ? COMPILED : INTERPRETED,
      run: (turns) => {
        const n = BigInt(turns);
        if (one.runSum('storage_loop', [n]) !== (n * (n - 1n)) / 2n + n) throw new Error(`storage: ${who}`);
      },
    },
    {
      work: 'call of another contract',
      who,
      turns: CALLS,
      run: (turns) => {
        if (one.call('calls', [OTHER, BigInt(turns)]) !== BigInt(turns)) throw new Error(`calls: ${who}`);
      },
    },
    {
      work: 'tally, 1,000 members, one call',
      who,
      turns: [MEMBERS, 0],
      run: (turns) => {
        if (turns > 0 && one.call('tally', []) !== 334n) throw new Error(`tally: ${who}`);
      },
    },
  ];
}

function evmSlopes({ ethereumjs: js, anvil, work }: Peers): Slope[] {
  if (work === null) return [];
  const { code, call } = work;
  const slope = (
    what: string,
    who: string,
    turns: readonly [number, number],
    evm: Evm,
    data: (n: bigint) => Uint8Array,
    result: (n: bigint) => bigint,
  ): Slope => ({
    work: what,
    who,
    turns,
    run: async (n) => {
      const found = await evm(code, data(BigInt(n)));
      if (found < result(BigInt(n))) throw new Error(`${what}: ${who} says ${found}`);
    },
  });
  return [
    ...(anvil === null ? [] : [{ who: 'revm', evm: anvil.run, turns: TRANSFERS }]),
    ...(js === null ? [] : [{ who: 'ethereumjs', evm: js, turns: TRANSFERS_JS }]),
  ].flatMap(({ who, evm, turns }) => [
    slope(
      'transfer',
      who,
      turns,
      evm,
      (n) => call('transfers(address,uint256)', [77n, n]),
      (n) => n,
    ),
    slope(
      'storage',
      who,
      turns,
      evm,
      (n) => call('storageLoop(uint256)', [n]),
      (n) => (n * (n - 1n)) / 2n + n,
    ),
    slope(
      'call of another contract',
      who,
      CALLS,
      evm,
      (n) => call('calls(uint256)', [n]),
      (n) => n,
    ),
  ]);
}

// ---- what comes out

type Times = { readonly work: string; readonly [who: string]: string | number };

function rowsOf(times: ReadonlyMap<Slope, number>): Times[] {
  const rows = new Map<string, Record<string, string | number>>();
  for (const [{ work, who }, ns] of times) {
    const row = rows.get(work) ?? { work };
    row[who] = ns;
    rows.set(work, row);
  }
  return [...rows.values()] as Times[];
}

/** The values that `aims.json` names, as far as their peers are here, and some more. */
function valuesOf(rows: readonly Times[]): Record<string, number> {
  const loops = rows.filter(({ work }) => LOOPS.some(({ name }) => name === work));
  const ratio = (row: Row | undefined, over: string, under: string) =>
    Number(row?.[over]) / Number(row?.[under]);
  const all = (over: string, under: string) => loops.map((row) => ratio(row, over, under));
  const row = (name: string) => rows.find(({ work }) => work === name);
  const values: Record<string, number> = {
    interp_vs_ethereumjs_min: Math.min(...all('ethereumjs', 'interpreter')),
    interp_vs_revm_min: Math.min(...all('revm', 'interpreter')),
    wasm_vs_ethereumjs_min: Math.min(...all('ethereumjs', 'wasm')),
    wasm_vs_ethereumjs_sum: ratio(row('sum'), 'ethereumjs', 'wasm'),
    wasm_vs_revm_min: Math.min(...all('revm', 'wasm')),
    wasm_vs_handwritten_max: Math.max(...all('wasm', 'handwritten')),
    gas_overhead_straight: ratio(row('sum'), 'wasm', 'no gas'),
    gas_overhead_branchy: ratio(row('collatz'), 'wasm', 'no gas'),
    transfer_vs_revm: ratio(row('transfer'), 'revm', 'wasm'),
    transfer_vs_ethereumjs: ratio(row('transfer'), 'ethereumjs', 'wasm'),
    storage_loop_vs_revm: ratio(row('storage'), 'revm', 'wasm'),
  };
  for (const loop of loops) {
    values[`interp_vs_bigint_${loop.work}`] = ratio(loop, 'bigint', 'interpreter');
    values[`wasm_vs_bigint_${loop.work}`] = ratio(loop, 'bigint', 'wasm');
  }
  // What compares with a peer that is not installed is not reported.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value)));
}
