/** Proofs from the command line: a contract in; its report out, with progress while the solver works. */
import { availableParallelism } from 'node:os';
import {
  type Analysis,
  type core,
  type Guarded,
  type KeptObligations,
  keepObligations,
  lineOfTrace,
  lowerProvable,
  type Report,
  RLIMIT_DEFAULT,
  type Solve,
  type VerifyOptions,
  verifyContract,
  verifyGuarded,
} from '../compiler/index.ts';
import { answersFolder, openSolver, openTexts, runsFolder } from '../solver/index.ts';
import { makeRefuter } from '../testing/index.ts';
import { endProgress, progress, type Terminal } from './terminal.ts';

export type ProofOptions = {
  /** Resource limit of one query; `RLIMIT_DEFAULT` where it is not given. */
  readonly rlimit?: number;
  /** Answers of earlier runs are not looked at. */
  readonly cache: boolean;
};

/** A report with what is needed to make a certificate of it. */
export type Verified = { readonly contract: core.Contract; readonly report: Report; readonly solver: string };

/** The same of a contract in which guards stand for what is not proved. */
export type VerifiedBuild = Guarded & { readonly solver: string };

export type Verifier = {
  /** Package, version and settings of the solver. */
  readonly solver: string;
  readonly solve: Solve;
  readonly verify: (analysis: Analysis, contract: core.Contract) => Promise<Verified>;
  /** With guards where code can check what is not proved. */
  readonly verifyBuild: (analysis: Analysis, contract: core.Contract) => Promise<VerifiedBuild>;
  /** Ends the solver's threads. */
  readonly close: () => Promise<void>;
};

/** One solver for as many contracts as there are. */
export async function openVerifier(terminal: Terminal, options: ProofOptions): Promise<Verifier> {
  const workers = Math.min(4, availableParallelism());
  const solver = await openSolver({
    workers,
    ...(options.cache ? { cacheDir: answersFolder() } : {}),
  });
  const session = { terminal, options, solve: solver.solve, kept: keepObligations() };
  return {
    solver: solver.build,
    solve: solver.solve,
    verify: async (analysis, contract) => {
      const report = await verifyContract(contract, optionsOf(session, analysis, contract));
      endProgress(terminal);
      return { contract, report, solver: solver.build };
    },
    verifyBuild: async (analysis, contract) => {
      const guarded = await verifyGuarded(contract, (each) => optionsOf(session, analysis, each));
      endProgress(terminal);
      return { ...guarded, solver: solver.build };
    },
    close: () => solver.close(),
  };
}

/** Verifies contracts of one source, one after the other. */
export async function verifyAll(
  terminal: Terminal,
  analysis: Analysis,
  contracts: readonly core.Contract[],
  options: ProofOptions,
): Promise<readonly Verified[]> {
  const verifier = await openVerifier(terminal, options);
  try {
    const verified: Verified[] = [];
    for (const contract of contracts) verified.push(await verifier.verify(analysis, contract));
    return verified;
  } finally {
    await verifier.close();
  }
}

type Session = {
  readonly terminal: Terminal;
  readonly options: ProofOptions;
  readonly solve: Solve;
  /** Of what was verified before. */
  readonly kept: KeptObligations;
};

function optionsOf(
  { terminal, options, solve, kept }: Session,
  analysis: Analysis,
  contract: core.Contract,
): VerifyOptions {
  return {
    solve,
    kept,
    refute: makeRefuter(contract, {
      text: analysis.text,
      implementers: lowerProvable(analysis),
      lineAt: (offset) => lineOfTrace(analysis.parts, offset),
      ...(options.cache ? { memory: openTexts(runsFolder()) } : {}),
    }),
    rlimit: options.rlimit ?? RLIMIT_DEFAULT,
    onProgress: (done, total) => progress(terminal, `${contract.name}: ${done} of ${total} obligations`),
    onSearch: ({ rule, name }) =>
      progress(terminal, `${contract.name}: looking for a run that shows ${[rule, name].join(' ').trim()}`),
  };
}
