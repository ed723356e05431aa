/**
 * The process in which a deployment is examined: recompiles the source with its claims, compares the bytecode, checks
 * that every obligation which a build needs is claimed, and proves all claims again. One order in, one verdict out.
 */
import {
  analyse,
  build,
  contractWithMarks,
  type core,
  decodeCertificate,
  hasErrors,
  lowerProgram,
  marksOf,
  missingProofs,
  recheck,
} from '../compiler/index.ts';
import type { Verdict } from '../runtime/index.ts';
import { openSolver } from '../solver/index.ts';
import { decodeArtifact, encodeArtifact } from '../vm/index.ts';
import type { Order } from './prover.ts';

process.once('message', (order: Order) => {
  void verdictOn(order, Number(process.argv[2])).then((verdict) => {
    process.send?.(verdict, () => process.exit(0));
  });
});

async function verdictOn(order: Order, workMax: number): Promise<Verdict> {
  const contract = compiledContract(order);
  if (typeof contract === 'string') return refuse(contract);
  const certificate = decodeCertificate(Buffer.from(order.certificate, 'base64').toString('utf8'));
  if (certificate === null) return refuse('the certificate does not decode');
  const claimed = new Set(order.claims.map((claim) => Buffer.from(claim, 'base64').toString('hex')));
  if (claimed.size !== certificate.proofs.length || certificate.proofs.some(({ hash }) => !claimed.has(hash)))
    return refuse('the certificate and the claims of the artifact differ');
  const missing = missingProofs(contract, certificate);
  if (missing.length > 0) return refuse(`not proved: ${missing.join('; ')}`);
  const solver = await openSolver({ workers: 2 });
  const checked = await recheck(contract, certificate, solver.solve, workMax);
  await solver.close();
  return checked.ok ? { ok: true } : refuse(checked.problem);
}

/** The contract of the sources, if compiling it gives the very bytes that are to be deployed; else the reason. */
function compiledContract(order: Order): core.Contract | string {
  const bytes = Buffer.from(order.artifact, 'base64');
  const artifact = decodeArtifact(bytes);
  if (!artifact.ok) return `the artifact does not decode: ${artifact.error.message}`;
  const [main] = order.sources;
  if (main === undefined) return 'there is no source';
  const analysis = analyse(new Map(order.sources.map(({ name, text }) => [name, text])), main.name);
  if (hasErrors(analysis)) return 'the source has errors';
  const contract = lowerProgram(analysis).contracts.find(({ name }) => name === artifact.artifact.name);
  if (contract === undefined) return `the source has no contract ${artifact.artifact.name}`;
  const { claims, marks } = artifact.artifact;
  const guards = marks.filter(({ kind }) => kind === 'guard');
  const guarded = contractWithMarks(contract, guards);
  if (guarded === null || marks.length !== marksOf(contract).length + guards.length)
    return 'the marks of the artifact are not those of the source';
  const compiled = encodeArtifact(build(guarded, { claims, marks: [...marksOf(contract), ...guards] }));
  return Buffer.compare(compiled, bytes) === 0 ? guarded : 'the source compiles to other bytecode';
}

function refuse(reason: string): Verdict {
  return { ok: false, reason };
}
