/**
 * One Z3 in one thread. A message is a query with a number, the reply its answer with that number; the first
 * message says the build. Each query has a fresh low-level context (a shared one leaks, and a high-level one
 * hangs the process near 2 GB), and `solver_from_string`, because the other parser's text was seen corrupted.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { init } from 'z3-solver';
import { bridgeExceptions } from './bridge.ts';
import { type Answer, type Query, unknownAnswer } from './query.ts';

export type WorkerOptions = { readonly seed: number };
export type WorkerReply =
  | { readonly kind: 'ready'; readonly build: string }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer };
export type WorkerRequest = { readonly id: number; readonly query: Query };

type Z3Module = Awaited<ReturnType<typeof init>>;
type Z3Api = Z3Module['Z3'];
type Context = ReturnType<Z3Api['mk_context']>;
type Z3Solver = ReturnType<Z3Api['mk_solver']>;
type Check = (context: Context, solver: Z3Solver) => number;

const Z3_OK = 0;
const Z3_L_FALSE = -1;
const Z3_L_TRUE = 1;

// What fails here ends the thread, and the pool hears of it.
if (parentPort !== null) void serve(parentPort, workerData as WorkerOptions);

async function serve(port: NonNullable<typeof parentPort>, options: WorkerOptions): Promise<void> {
  bridgeExceptions();
  const { Z3, em } = await init();
  // The package's own `solver_check` goes through a thread, which takes longer than most checks; this one is a thread.
  const check: Check = (context, solver) => em._Z3_solver_check(context, solver) as number;
  // One call at a time per instance: the pool sends the next query only after the answer.
  port.on('message', (request: WorkerRequest) => {
    // What throws here ends the thread: where Z3 gave up in the midst of something, its memory is not to be trusted.
    const answer = solve(Z3, check, request.query, options.seed);
    port.postMessage({ kind: 'answer', id: request.id, answer } satisfies WorkerReply);
  });
  port.postMessage({ kind: 'ready', build: Z3.get_full_version() } satisfies WorkerReply);
}

function solve(Z3: Z3Api, check: Check, query: Query, seed: number): Answer {
  const config = Z3.mk_config();
  const context = Z3.mk_context(config);
  Z3.del_config(config);
  try {
    // The other solver first tries tactics that take longer than most of these checks: four times as long in all.
    const solver = Z3.mk_simple_solver(context);
    Z3.solver_inc_ref(context, solver);
    setParameters(Z3, context, solver, query.rlimit, seed);
    Z3.solver_from_string(context, solver, query.text);
    // A parse error does not throw: what was read before it would be decided.
    const error = Z3.get_error_code(context);
    if (error !== Z3_OK) return unknownAnswer(Z3.get_error_msg(context, error));
    return answerOf(Z3, context, solver, check(context, solver), query.wants);
  } finally {
    Z3.del_context(context);
  }
}

function setParameters(Z3: Z3Api, context: Context, solver: Z3Solver, rlimit: number, seed: number): void {
  const params = Z3.mk_params(context);
  Z3.params_inc_ref(context, params);
  Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'rlimit'), rlimit);
  Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'random_seed'), seed);
  Z3.solver_set_params(context, solver, params);
}

function answerOf(
  Z3: Z3Api,
  context: Context,
  solver: Z3Solver,
  result: number,
  wants: readonly string[],
): Answer {
  const rlimitUsed = resourceCount(Z3, context, solver);
  if (result === Z3_L_FALSE) return { status: 'unsat', values: {}, rlimitUsed, reason: '' };
  if (result === Z3_L_TRUE) {
    return {
      status: 'sat',
      values: modelValues(Z3, context, solver, new Set(wants)),
      rlimitUsed,
      reason: '',
    };
  }
  return { status: 'unknown', values: {}, rlimitUsed, reason: Z3.solver_get_reason_unknown(context, solver) };
}

function resourceCount(Z3: Z3Api, context: Context, solver: Z3Solver): number {
  const stats = Z3.solver_get_statistics(context, solver);
  Z3.stats_inc_ref(context, stats);
  for (let i = 0; i < Z3.stats_size(context, stats); i++) {
    if (Z3.stats_get_key(context, stats, i) !== 'rlimit count') continue;
    return Z3.stats_is_uint(context, stats, i)
      ? Z3.stats_get_uint_value(context, stats, i)
      : Z3.stats_get_double_value(context, stats, i);
  }
  return 0;
}

function modelValues(
  Z3: Z3Api,
  context: Context,
  solver: Z3Solver,
  wants: ReadonlySet<string>,
): Record<string, string> {
  const model = Z3.solver_get_model(context, solver);
  Z3.model_inc_ref(context, model);
  const values: Record<string, string> = {};
  for (let i = 0; i < Z3.model_get_num_consts(context, model); i++) {
    const constant = Z3.model_get_const_decl(context, model, i);
    const name = Z3.get_symbol_string(context, Z3.get_decl_name(context, constant));
    if (!wants.has(name)) continue;
    const value = Z3.model_get_const_interp(context, model, constant);
    values[name] = Z3.is_numeral_ast(context, value)
      ? Z3.get_numeral_string(context, value)
      : Z3.ast_to_string(context, value);
  }
  return values;
}
