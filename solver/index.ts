/** The shell around Z3: workers, cache, second opinion. Texts in, answers out; knows nothing of contracts. */
export { crossCheck, type SecondOpinion } from './crosscheck.ts';
export { answersFolder, cacheFolder, runsFolder, VERSION } from './installation.ts';
export { openSolver, type Solver, type SolverOptions } from './pool.ts';
export type { Answer, Query, Status } from './query.ts';
export { openTexts, type Texts } from './texts.ts';
export { startThread } from './threads.ts';
