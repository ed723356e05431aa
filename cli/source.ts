/** Sources on their way through the compiler: a path in; the analysis, the core, or the diagnostics on the terminal out. */
import {
  type Analysis,
  analyse,
  build,
  checkSize,
  type core,
  type Diagnostic,
  diagnosticToJson,
  type JsonDiagnostic,
  lowerProgram,
  renderDiagnostic,
} from '../compiler/index.ts';
import type { Artifact } from '../vm/index.ts';
import { fail } from './failure.ts';
import { readText } from './file.ts';
import type { Terminal } from './terminal.ts';

export type Sources = ReadonlyMap<string, string>;

/** Everything known about the file at `path`; mistakes in it are in its diagnostics. */
export function analyseFile(path: string): Analysis {
  return analyse(new Map([[path, readText(path)]]), path);
}

/** Like `analyseFile`, for a file that must hold a contract without mistakes; null after printing what is wrong. */
export function soundFile(terminal: Terminal, path: string): Analysis | null {
  const analysis = analyseFile(path);
  showDiagnostics(terminal, analysis.diagnostics, sourcesOf(analysis));
  return countErrors(analysis.diagnostics) === 0 ? analysis : null;
}

export function sourcesOf(analysis: Analysis): Sources {
  return new Map([[analysis.file, analysis.text]]);
}

/** The contracts of the file. */
export function contractsOf(analysis: Analysis): readonly core.Contract[] {
  const { contracts } = lowerProgram(analysis);
  return contracts.length > 0 ? contracts : fail('C0202', { path: analysis.file });
}

/** The one contract of the file, or the one that is named. */
export function contractOf(analysis: Analysis, name: string | undefined): core.Contract {
  const contracts = contractsOf(analysis);
  const names = contracts.map((contract) => contract.name).join(', ');
  if (name === undefined)
    return contracts.length === 1 ? contracts[0]! : fail('C0203', { path: analysis.file, names });
  const found = contracts.find((contract) => contract.name === name);
  return found ?? fail('C0204', { contract: analysis.file, what: 'contract', name, names });
}

/** Artifacts to try contracts with, without proofs; null after printing what is too large. */
export function trialArtifacts(
  terminal: Terminal,
  analysis: Analysis,
  contracts: readonly core.Contract[],
): readonly Artifact[] | null {
  const built = contracts.map((contract) => ({
    contract,
    artifact: build(contract, { claims: [], marks: [] }),
  }));
  const tooLarge = built.flatMap(({ contract, artifact }) => checkSize(analysis.file, contract, artifact));
  showDiagnostics(terminal, tooLarge, sourcesOf(analysis));
  return tooLarge.length > 0 ? null : built.map(({ artifact }) => artifact);
}

export function countErrors(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ severity }) => severity === 'error').length;
}

/** Diagnostics belong to the notes: what a command answers stays alone on its stream. */
export function showDiagnostics(
  terminal: Terminal,
  diagnostics: readonly Diagnostic[],
  sources: Sources,
): void {
  const colour = terminal.noteColour ? 'always' : 'never';
  for (const diagnostic of diagnostics)
    terminal.note(`${renderDiagnostic(diagnostic, sources, { colour })}\n`);
}

/** The line that a span begins on, as an excerpt without message. */
export function excerpt({ file, text }: Analysis, span: { readonly start: number }): string {
  const before = text.slice(0, span.start);
  const number = before.split('\n').length;
  const line = text.slice(before.lastIndexOf('\n') + 1).split('\n', 1)[0] ?? '';
  return `        ${file}:${number}: ${line.trim()}\n`;
}

export function diagnosticsJson(
  diagnostics: readonly Diagnostic[],
  sources: Sources,
): readonly JsonDiagnostic[] {
  return diagnostics.map((diagnostic) => diagnosticToJson(diagnostic, sources));
}
