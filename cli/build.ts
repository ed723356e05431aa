/** `ccl build FILE`: proves the contract and writes its artifact, with the certificate beside it. */
import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
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
  guardDiagnostics,
  guardMarks,
  lowerProgram,
  marksOf,
  normalPath,
  trialArtifacts,
} from '../compiler/index.ts';
import { type Artifact, artifactHash, decodeArtifact, encodeArtifact } from '../vm/index.ts';
import { fail } from './failure.ts';
import { checkOutput, type OutputOptions, writeOutput } from './file.ts';
import { checkLock, LOCK_FILE } from './lock.ts';
import { portable } from './modules.ts';
import { filesOf, type Project, projectAround, projectHere } from './project.ts';
import { command, type Shell } from './shell.ts';
import {
  analyseFile,
  contractOf,
  countErrors,
  inTheirFiles,
  type JsonOption,
  showDiagnostics,
  soundFile,
  sourcesOf,
  tellDiagnostics,
} from './source.ts';
import { jsonText, type Terminal } from './terminal.ts';
import { openVerifier, type VerifiedBuild } from './verification.ts';

type Options = {
  readonly output?: string;
  readonly contract?: string;
  readonly locked?: true;
  readonly force?: true;
  readonly strict?: true;
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
    'build [file]',
    'Proves the contract and writes NAME.ccb and the certificate NAME.cert beside it; without FILE every contract of the project, into its folder `build`.',
    ['ccl build TimeBank.ccl', 'ccl build TimeBank.ccl -o out/TimeBank.ccb', 'ccl build --locked'],
  )
    .option('-o, --output <file>', 'where to write the artifact')
    .option('--contract <name>', 'which contract of the file')
    .option('--locked', 'refuse dependencies that differ from ccl.lock')
    .option('--strict', 'refuse clauses that are checked at run time because they are not proved')
    .option('--force', 'write over files that are no artifact and no certificate')
    .option('--json', 'print JSON')
    .action((file: string | undefined, options: Options) =>
      file === undefined ? buildProject(shell, options) : buildFile(shell, file, options),
    );
}

async function buildFile(shell: Shell, file: string, options: Options): Promise<void> {
  const { terminal } = shell;
  tellLock(terminal, projectAround(file), options);
  const analysis = soundFile(terminal, file, options);
  if (analysis === null) return shell.finish('wrong');
  const contract = contractOf(analysis, options.contract);
  const output = options.output ?? join(dirname(file), `${contract.name}.ccb`);
  const written = await buildInto(terminal, analysis, contract, output, options);
  if (written === null) return shell.finish('wrong');
  if (options.json) terminal.out(jsonText(written));
}

/** Every contract of the project's sources; libraries among them are used and not built. */
async function buildProject(shell: Shell, options: Options): Promise<void> {
  const { terminal } = shell;
  const project = projectHere();
  if (options.output !== undefined) fail('C0201', { reason: 'name the source that --output is for' });
  tellLock(terminal, project, options);
  const analyses = filesOf(project, 'sources').map(analyseFile);
  if (analyses.some(({ diagnostics }) => countErrors(diagnostics) > 0)) {
    tellDiagnostics(terminal, analyses, options);
    return shell.finish('wrong');
  }
  const all = analyses.flatMap((analysis) =>
    lowerProgram(analysis).contracts.map((contract) => ({ analysis, contract })),
  );
  const named = all.filter(({ contract }) => contract.name === (options.contract ?? contract.name));
  if (named.length === 0) {
    const names = all.map(({ contract }) => contract.name).join(', ');
    fail('C0204', { contract: project.name, what: 'contract', name: options.contract ?? '', names });
  }
  const artifacts: Written[] = [];
  for (const { analysis, contract } of named) {
    const output = normalPath(portable(join(relative('.', project.root), 'build', `${contract.name}.ccb`)));
    const written = await buildInto(terminal, analysis, contract, output, options);
    if (written === null) return shell.finish('wrong');
    artifacts.push(written);
  }
  if (options.json) terminal.out(jsonText({ artifacts }));
}

/** Says which dependencies are new to the lock file. */
function tellLock(terminal: Terminal, project: Project | null, { locked }: Options): void {
  if (project === null) return;
  const names = checkLock(project, { locked });
  if (names.length > 0) terminal.note(`${LOCK_FILE} has changed: ${names.join(', ')}\n`);
}

type Written = {
  readonly artifact: string;
  readonly certificate: string;
  readonly hash: string;
  readonly size: number;
  readonly proofs: number;
  /** The invariants that proofs rest on and the author did not write. */
  readonly found: readonly string[];
};

/** Null after showing why there is no artifact. */
async function buildInto(
  terminal: Terminal,
  analysis: Analysis,
  contract: core.Contract,
  output: string,
  options: Options,
): Promise<Written | null> {
  const certificate = join(dirname(output), `${basename(output, extname(output))}.cert`);
  const artifacts: OutputOptions = { force: options.force, ours: (old) => decodeArtifact(old).ok };
  const certificates: OutputOptions = { force: options.force, ours: isCertificate };
  checkOutput(output, artifacts);
  checkOutput(certificate, certificates);
  const built = await buildContract(terminal, analysis, contract, options);
  if (built === null) return null;
  mkdirSync(dirname(output), { recursive: true });
  writeOutput(output, built.bytes, artifacts);
  writeOutput(certificate, encodeCertificate(built.certificate), certificates);
  const hash = Buffer.from(artifactHash(built.bytes)).toString('hex');
  const { length: size } = built.bytes;
  const { found } = built.certificate;
  const { length: proofs } = built.certificate.proofs;
  if (!options.json) {
    terminal.out(`${output}\n${certificate}\n`);
    terminal.note(`${size} bytes, ${proofs} proofs, hash ${hash}\n`);
    for (const text of found) terminal.note(`found: the proofs assume and prove \`${text}\`\n`);
  }
  return { artifact: output, certificate, hash, size, proofs, found };
}

function isCertificate(old: Uint8Array): boolean {
  return decodeCertificate(new TextDecoder().decode(old)) !== null;
}

async function verifiedBuild(
  terminal: Terminal,
  analysis: Analysis,
  contract: core.Contract,
): Promise<VerifiedBuild> {
  const verifier = await openVerifier(terminal, { cache: true });
  try {
    return await verifier.verifyBuild(analysis, contract);
  } finally {
    await verifier.close();
  }
}

/** The verified build of a contract; null after showing why there is none. */
export async function buildContract(
  terminal: Terminal,
  analysis: Analysis,
  contract: core.Contract,
  options: JsonOption & { readonly strict?: true },
): Promise<Built | null> {
  // What is too large cannot be deployed, so no run would show what breaks.
  const { tooLarge } = trialArtifacts(analysis, [contract]);
  if (tooLarge.length > 0) {
    tellDiagnostics(terminal, [{ ...analysis, diagnostics: tooLarge }], options);
    return null;
  }
  const { report, solver, guards, contract: compiled } = await verifiedBuild(terminal, analysis, contract);
  const rows = [...new Set(guards.map(({ row }) => row))];
  const found = [
    // That a check at run time may overflow is part of what it is.
    ...diagnosticsOf(report, analysis.file).filter(
      ({ code, span }) =>
        code !== 'W0506' || !rows.some((row) => row.span.start === span.start && row.span.end === span.end),
    ),
    ...guardDiagnostics(rows, analysis.file),
  ];
  const diagnostics = inTheirFiles(analysis, found);
  if (options.strict && guards.length > 0) {
    tellDiagnostics(terminal, [{ ...analysis, diagnostics }], options);
    fail('C0213', { contract: contract.name, count: guards.length });
  }
  if (report.rows.some(failsBuild)) {
    tellDiagnostics(terminal, [{ ...analysis, diagnostics }], options);
    return null;
  }
  showDiagnostics(terminal, diagnostics, sourcesOf(analysis));
  const certificate = certificateOf(report, solver);
  const marks = [...marksOf(contract), ...guardMarks(guards.map(({ guard }) => guard))];
  const artifact = build(compiled, { claims: claimsOf(certificate), marks });
  if (guards.length > 0 && !options.json)
    terminal.note(
      `${guards.length} ${guards.length === 1 ? 'clause is' : 'clauses are'} checked at run time\n`,
    );
  // Guards make it larger.
  const guarded = inTheirFiles(analysis, checkSize(analysis.file, contract, artifact));
  if (guarded.length > 0) {
    tellDiagnostics(terminal, [{ ...analysis, diagnostics: guarded }], options);
    return null;
  }
  return { artifact, bytes: encodeArtifact(artifact), certificate };
}
