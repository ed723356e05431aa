/** Invariants that the tool finds: they read as an author would write them, and nobody has to believe them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lowered } from '../../bench/verification/source.ts';
import { printTerm } from '../../compiler/core/print.ts';
import {
  certificateOf,
  claimsOf,
  decodeCertificate,
  encodeCertificate,
  foundClauses,
  missingProofs,
  recheck,
  verifyContract,
  workOf,
} from '../../compiler/index.ts';
import { candidatesOf } from '../../compiler/verify/candidates.ts';
import { openSolver, type Solver } from '../../solver/index.ts';

const FILE = 'found.ccl';
const SOURCE = readFileSync(join(import.meta.dirname, '../fixtures/verify', FILE), 'utf8');

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver({ workers: 2 });
});
afterAll(() => solver.close());

function contractOf(text: string) {
  return lowered(text)[0]!;
}

function reportOf(contract: ReturnType<typeof contractOf>) {
  const refute = () => ({ kind: 'none' as const, reason: '' });
  return verifyContract(contract, { solve: solver.solve, refute, rlimit: 10_000_000 });
}

/** The source with these clauses behind its last invariant. */
function withClauses(clauses: readonly string[]): string {
  return SOURCE.replace(/^ {2}invariant small.*$/m, (line) => [line, ...clauses].join('\n'));
}

describe('candidates', () => {
  test('each reads as an author would write it, and means what is assumed', () => {
    const contract = contractOf(SOURCE);
    const candidates = candidatesOf(contract);
    expect(candidates.length).toBeGreaterThan(50);
    const pasted = contractOf(withClauses(candidates.map(({ text }, i) => `invariant c${i}: ${text};`)));
    const plain = (term: string): string => {
      const ids = new Map<string, number>();
      return term
        .replaceAll(/#(\d+)/g, (_, id: string) => `#${ids.get(id) ?? ids.set(id, ids.size).get(id)}`)
        .replaceAll(/[a-z_.]*(#\d+): /g, '$1: ');
    };
    const written = pasted.invariants.slice(contract.invariants.length);
    expect(written.map(({ term }) => plain(printTerm(pasted, null, term)))).toEqual(
      candidates.map(({ term }) => plain(printTerm(contract, null, term))),
    );
  });
});

describe('what is found', () => {
  test('is written down, and then nothing is left to be found', async () => {
    const report = await reportOf(contractOf(SOURCE));
    expect(report.found).not.toEqual([]);
    const again = await reportOf(contractOf(withClauses(foundClauses(report))));
    expect(again.found).toEqual([]);
    expect(
      again.rows.filter(
        ({ kind, answer }) => kind !== 'may-revert' && kind !== 'vacuity' && answer !== 'proved',
      ),
    ).toEqual([]);
  });

  test('excludes warnings, too, which alone set nothing off', async () => {
    const withPromise = (promise: string): string => `contract W {
  state { x: Int; }
  rule up() requires x < 1000 ${promise} { x += 1; }
  rule part(n: Int) -> Int requires n > 0 && n < 100 { return n / (x + 1); }
}`;
    const warnedOf = async (text: string) => {
      const { found, rows } = await reportOf(contractOf(text));
      return {
        found,
        warned: rows.filter(({ kind, answer }) => kind === 'may-revert' && answer !== 'proved'),
      };
    };
    const promised = await warnedOf(withPromise('ensures x > 0'));
    expect(promised.found).toEqual(['x >= 0', 'x <= 1000']);
    expect(promised.warned).toEqual([]);
    const alone = await warnedOf(withPromise(''));
    expect(alone.found).toEqual([]);
    expect(alone.warned.map(({ name }) => name)).toEqual(['overflow.1', 'divisionByZero.2']);
  });

  test('is proved again by whoever checks, who takes nothing else for found', async () => {
    const contract = contractOf(SOURCE);
    const certificate = certificateOf(await reportOf(contract), solver.build);
    expect(decodeCertificate(encodeCertificate(certificate))).toEqual(certificate);
    expect(claimsOf(certificate).length).toBe(certificate.proofs.length);
    expect(missingProofs(contract, certificate)).toEqual([]);
    expect(await recheck(contract, certificate, solver.solve, workOf(certificate))).toEqual({ ok: true });
    const refused = async (found: readonly string[]): Promise<string> => {
      const result = await recheck(contract, { ...certificate, found }, solver.solve, 2 ** 40);
      return result.ok ? 'accepted' : result.problem;
    };
    expect(await refused([...certificate.found, 'turns <= 10 && false'])).toContain('none of the candidates');
    // A candidate, and not true.
    expect(await refused([...certificate.found, 'bonus <= turns'])).toContain('without proving it');
    expect(await refused([])).toContain('assumes invariant small without proving it');
  });
});
