/**
 * A second opinion by a native solver, where one is installed. It decides nothing: no cache entry, guard or
 * certificate is ever written from it.
 */
import { spawn } from 'node:child_process';
import type { Status } from './query.ts';

export type SecondOpinion = { readonly solver: string; readonly status: Status };

const NATIVE_SOLVERS = [
  { solver: 'z3', args: ['-in', '-smt2', '-T:20'] },
  { solver: 'cvc5', args: ['--lang=smt2', '--tlimit=20000', '-'] },
] as const;

/** What each installed native solver says to the text (without `check-sat`); empty where none is installed. */
export async function crossCheck(text: string): Promise<readonly SecondOpinion[]> {
  const opinions: SecondOpinion[] = [];
  for (const { solver, args } of NATIVE_SOLVERS) {
    const output = await runNative(solver, args, `(set-logic ALL)\n${text}\n(check-sat)\n`);
    if (output !== null) opinions.push({ solver, status: statusIn(output) });
  }
  return opinions;
}

/** Standard output, or null where the program cannot be started. */
function runNative(program: string, args: readonly string[], input: string): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let output = '';
    child.on('error', () => resolve(null));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('close', () => resolve(output));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

function statusIn(output: string): Status {
  const line = output.split('\n').find((l) => l === 'sat' || l === 'unsat');
  return line === 'sat' || line === 'unsat' ? line : 'unknown';
}
