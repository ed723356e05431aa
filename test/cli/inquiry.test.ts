/** What else can be asked of proofs: mutants, cost, texts, certificates, second opinions. In process, with one solver. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failureOf } from '../../cli/failure.ts';
import { type Inquired, type Inquiry, inquire } from '../../cli/inquiry.ts';
import type { Terminal } from '../../cli/terminal.ts';
import { openVerifier, type Verifier } from '../../cli/verification.ts';
import { analyse, certificateOf, encodeCertificate, lowerProgram } from '../../compiler/index.ts';
import { crossCheck } from '../../solver/index.ts';
import { folder } from './shell.ts';

const SOURCE = `contract Count {
  state { n: Int; last: Int; }
  invariant natural: n >= 0;
  open rule up(by: Int) requires by >= 0 && n <= 1_000 && by <= 1_000
    ensures n == old(n) + by
  { n += by; last = by; }
}
`;

let verifier: Verifier;
let shown: readonly Inquired[];
let said = '';
const terminal: Terminal = {
  out: (text) => {
    said += text;
  },
  note: (text) => {
    said += text;
  },
  paint: (_, text) => text,
  noteColour: false,
  interactive: false,
};

beforeAll(async () => {
  const analysis = analyse(new Map([['Count.ccl', SOURCE]]), 'Count.ccl');
  const contract = lowerProgram(analysis).contracts[0]!;
  verifier = await openVerifier(terminal, { cache: false });
  const { report } = await verifier.verify(analysis, contract);
  shown = [{ analysis, contract, report }];
});
afterAll(() => verifier.close());

async function ask(options: Inquiry & { readonly json?: true }) {
  said = '';
  const exit = await inquire({ terminal, verifier, shown, options });
  return { exit, said };
}

test('nothing is asked: the rows are the answer', async () => {
  expect(await ask({})).toEqual({ exit: null, said: '' });
});

test('what no specification notices is listed with its line, and the share that is noticed', async () => {
  const { exit, said: text } = await ask({ mutate: true });
  expect(exit).toBe('fine');
  expect(text).toMatch(/ 6 +up +the statement is left out/);
  expect(text).toContain('| { n += by; last = by; }');
  expect(text).toMatch(/Count: \d+ of \d+ changes are noticed \(\d+%\)\n$/);
  const json = JSON.parse((await ask({ mutate: true, json: true })).said) as {
    readonly noticed: string | null;
  }[];
  expect(json.map(({ noticed }) => noticed)).toContain('ensures ensures_1 of up');
});

test('what costs most stands first', async () => {
  const { said: text } = await ask({ profile: true });
  const costs = text.split('\n').map((line) => Number(line.trim().split(' ')[0]));
  expect(costs[0]).toBeGreaterThan(0);
  expect(costs[0]).toBeGreaterThanOrEqual(costs[1]!);
});

test('every obligation that a solver was asked is a file', async () => {
  const place = await folder();
  expect((await ask({ emitSmt2: join(place, 'texts') })).exit).toBe(null);
  const files = readdirSync(join(place, 'texts'));
  expect(files).toContain('Count.up.invariant.natural.smt2');
  const text = readFileSync(join(place, 'texts', 'Count.up.invariant.natural.smt2'), 'utf8');
  expect(text).toMatch(/^; .* holds where the answer is unsat\n\(set-logic ALL\)\n/);
  expect(text).toMatch(/\(check-sat\)\n$/);
});

test('a certificate is proved again, and one that claims what it does not prove is refused', async () => {
  const place = await folder();
  const path = join(place, 'Count.cert');
  const certificate = certificateOf(shown[0]!.report, verifier.solver);
  writeFileSync(path, encodeCertificate(certificate));
  expect(await ask({ certificate: path })).toMatchObject({ exit: 'fine' });
  writeFileSync(path, encodeCertificate({ ...certificate, proofs: certificate.proofs.slice(1) }));
  const { exit, said: text } = await ask({ certificate: path });
  expect(exit).toBe('wrong');
  expect(text).toContain('it assumes invariant natural without proving it');
  writeFileSync(path, 'no certificate');
  const failure = await ask({ certificate: path }).then(() => null, failureOf);
  expect(failure?.code).toBe('C0502');
});

test('other solvers agree, or it is said that there are none', async () => {
  const installed = await crossCheck('(assert false)');
  const answer = await ask({ crossCheck: true }).then(({ exit, said: text }) => ({ exit, text }), failureOf);
  if (installed.length === 0) {
    console.warn('neither z3 nor cvc5 is installed: no second opinion was asked for');
    expect(answer).toMatchObject({ code: 'C0501' });
  } else {
    expect(installed.map(({ status }) => status)).toEqual(installed.map(() => 'unsat'));
    expect(answer).toMatchObject({ exit: 'fine' });
    for (const { solver } of installed) expect(JSON.stringify(answer)).toContain(`${solver}: agrees on`);
  }
});
