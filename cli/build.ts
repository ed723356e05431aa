/** `ccl build FILE`: proves the contract and writes its artifact, with the certificate beside it. */
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import {
  type Analysis,
  build,
  type Certificate,
  certificateOf,
  checkSize,
  claimsOf,
  type core,
  decodeCertificate,
  diagnosticsOf,
  encodeCertificate,
  failsBuild,
  marksOf,
} from '../compiler/index.ts';
import { type Artifact, artifactHash, decodeArtifact, encodeArtifact } from '../vm/index.ts';
import { fail } from './failure.ts';
import { checkOutput, type OutputOptions, writeOutput } from './file.ts';
import { command, type Shell } from './shell.ts';
import {
  contractOf,
  inTheirFiles,
  type JsonOption,
  showDiagnostics,
  soundFile,
  sourcesOf,
  tellDiagnostics,
} from './source.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { verifyAll } from './verification.ts';

type Options = {
  readonly output?: string;
  readonly contract?: string;
  readonly force?: true;
  readonly json?: true;
};

/** A verified build: what a node wants to see. */
export type Built = {
  readonly artifact: Artifact;
  readonly bytes: Uint8Array;
  readonly certificate: Certificate;
};

export function declare(shell: Shell): Command {
  return command(
    'build <file>',
    'Proves the contract and writes NAME.ccb and the certificate NAME.cert beside it.',
    ['ccl build TimeBank.ccl', 'ccl build TimeBank.ccl -o out/TimeBank.ccb'],
  )
    .option('-o, --output <file>', 'where to write the artifact')
    .option('--contract <name>', 'which contract of the file')
    .option('--force', 'write over files that are no artifact and no certificate')
    .option('--json', 'print JSON')
    .action((file: string, options: Options) => buildFile(shell, file, options));
}

async function buildFile(shell: Shell, file: string, options: Options): Promise<void> {
  const { terminal } = shell;
  const analysis = soundFile(terminal, file, options);
  if (analysis === null) return shell.finish('wrong');
  const contract = contractOf(analysis, options.contract);
  const output = options.output ?? join(dirname(file), `${contract.name}.ccb`);
  const certificate = join(dirname(output), `${basename(output, extname(output))}.cert`);
  const artifacts: OutputOptions = { force: options.force, ours: (old) => decodeArtifact(old).ok };
  const certificates: OutputOptions = { force: options.force, ours: isCertificate };
  checkOutput(output, artifacts);
  checkOutput(certificate, certificates);
  const built = await buildContract(terminal, analysis, contract, options);
  if (built === null) return shell.finish('wrong');
  writeOutput(output, built.bytes, artifacts);
  writeOutput(certificate, encodeCertificate(built.certificate), certificates);
  const hash = Buffer.from(artifactHash(built.bytes)).toString('hex');
  const { length: size } = built.bytes;
  const { length: proofs } = built.certificate.proofs;
  if (options.json) return terminal.out(jsonText({ artifact: output, certificate, hash, size, proofs }));
  terminal.out(`${output}\n${certificate}\n`);
  terminal.note(`${size} bytes, ${proofs} proofs, hash ${hash}\n`);
}

function isCertificate(old: Uint8Array): boolean {
  return decodeCertificate(new TextDecoder().decode(old)) !== null;
}

/** The verified build of a contract; null after showing why there is none. */
export async function buildContract(
  terminal: Terminal,
  analysis: Analysis,
  contract: core.Contract,
  options: JsonOption,
): Promise<Built | null> {
  const [verified] = await verifyAll(terminal, analysis, [contract], { cache: true });
  const { report, solver } = verified ?? fail('C0202', { path: analysis.file });
  const diagnostics = inTheirFiles(analysis, diagnosticsOf(report, analysis.file));
  if (report.rows.some(failsBuild)) {
    tellDiagnostics(terminal, [{ ...analysis, diagnostics }], options);
    return null;
  }
  showDiagnostics(terminal, diagnostics, sourcesOf(analysis));
  const certificate = certificateOf(report, solver);
  const artifact = build(contract, { claims: claimsOf(certificate), marks: marksOf(contract) });
  const tooLarge = inTheirFiles(analysis, checkSize(analysis.file, contract, artifact));
  if (tooLarge.length > 0) {
    tellDiagnostics(terminal, [{ ...analysis, diagnostics: tooLarge }], options);
    return null;
  }
  return { artifact, bytes: encodeArtifact(artifact), certificate };
}
