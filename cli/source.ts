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
import { jsonText, type Terminal } from './terminal.ts';

export type Sources = ReadonlyMap<string, string>;

/** Everything known about the file at `path`; mistakes in it are in its diagnostics. */
export function analyseFile(path: string): Analysis {
  return analyse(new Map([[path, readText(path)]]), path);
}

export type JsonOption = { readonly json?: true };

/** Like `analyseFile`, for a file that must be without mistakes; null after telling what is wrong. */
export function soundFile(terminal: Terminal, path: string, options: JsonOption): Analysis | null {
  const analysis = analyseFile(path);
  const sound = countErrors(analysis.diagnostics) === 0;
  if (sound) showDiagnostics(terminal, analysis.diagnostics, sourcesOf(analysis));
  else tellDiagnostics(terminal, [analysis], options);
  return sound ? analysis : null;
}

/** All diagnostics of sources: as text beside the answer, or as the one JSON document of the command. */
export function tellDiagnostics(
  terminal: Terminal,
  analyses: readonly Pick<Analysis, 'file' | 'text' | 'diagnostics'>[],
  options: JsonOption,
): void {
  const rows = () => analyses.flatMap((each) => diagnosticsJson(each.diagnostics, sourcesOf(each)));
  if (options.json) terminal.out(jsonText({ diagnostics: rows() }));
  else for (const each of analyses) showDiagnostics(terminal, each.diagnostics, sourcesOf(each));
}

export function sourcesOf(analysis: Pick<Analysis, 'file' | 'text'>): Sources {
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

/** Artifacts to try contracts with, without proofs, and what is too large to be tried. */
export function trialArtifacts(
  analysis: Analysis,
  contracts: readonly core.Contract[],
): { readonly artifacts: readonly Artifact[]; readonly tooLarge: readonly Diagnostic[] } {
  const artifacts = contracts.map((contract) => build(contract, { claims: [], marks: [] }));
  const tooLarge = contracts.flatMap((contract, at) => checkSize(analysis.file, contract, artifacts[at]!));
  return { artifacts, tooLarge };
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
