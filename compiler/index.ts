/** The public face of the compiler. */
export * from './builtins.ts';
export type { Field, Scalar, Type } from './check/types.ts';
export { leavesOf, sameType, typeText } from './check/types.ts';
export { type BuildOptions, build, buildFunctions, localsOf } from './codegen/build.ts';
export { abiFields } from './codegen/layout.ts';
export { checkSize } from './codegen/size.ts';
export { answering, type CalleeAnswer, checkedBy, REFUSES } from './core/answering.ts';
export { type Broken, type Checks, type Point, withChecks } from './core/checks.ts';
export {
  type ClauseProgram,
  clauseProgram,
  type Evaluation,
  type Input,
  termProgram,
} from './core/clauses.ts';
export type * as core from './core/core.ts';
export { ghostSpans, runGhosts } from './core/ghosts.ts';
export { guardOf, guardText } from './core/guards.ts';
export { print as printCore, printTerm } from './core/print.ts';
export { everyStep as stepsOfProof } from './core/proof.ts';
export { type Computed, inlineProgram } from './core/rewrite.ts';
export type {
  DeployedId,
  Eval,
  Expectation,
  ExpectedError,
  InvariantsPlan,
  SlotId,
  Spending,
  Step,
  TestInputs,
  TestMember,
  TestPlan,
  TestSlot,
} from './core/tests.ts';
export {
  DIAGNOSTICS,
  type Diagnostic,
  type DiagnosticCode,
  type Fix,
  type Related,
  type Severity,
} from './diagnostics.ts';
export { type Formatted, format } from './format/format.ts';
export { changedLines, formatLines, linesOf } from './format/lines.ts';
export { type Decision, type ImportResult, importIcn } from './import-icn/importer.ts';
export {
  type AnalysedTests,
  type Analysis,
  analyse,
  hasErrors,
  lowerDeployable,
  lowerLibrary,
  lowerProgram,
  lowerProvable,
  lowerTests,
  trialArtifacts,
} from './pipeline.ts';
export { diagnosticInPart, lineOfPart, lineOfTrace, type Part, partAt, portableParts } from './program.ts';
export {
  diagnosticToJson,
  explain,
  type JsonDiagnostic,
  type RenderOptions,
  renderDiagnostic,
  titleOf,
  withoutHoles,
} from './render.ts';
export { type Declaration, type Entity, isDeclaration, KIND_WORDS } from './resolve/entity.ts';
export { predecessorFile, upgradesIn } from './resolve/modules.ts';
export { isLibrary, moduleName, normalPath, possibleModules, SOURCE_ENDING } from './resolve/paths.ts';
export { LANGUAGE_NAMES } from './resolve/resolve.ts';
export { nearestName } from './suggest.ts';
export type * as ast from './syntax/ast.ts';
export { childrenOf } from './syntax/children.ts';
export { dumpTree } from './syntax/dump.ts';
export { lineStarts, lineText, type Position, positionAt } from './syntax/lines.ts';
export { type Parsed, parse } from './syntax/parse.ts';
export { pathAt, walk } from './syntax/visit.ts';
export {
  type Certificate,
  certificateOf,
  decodeCertificate,
  encodeCertificate,
  recheck,
  workOf,
} from './verify/certificate.ts';
export { claimsOf, marksOf, missingProofs } from './verify/claims.ts';
export type { Counterexample, ModelBalance, ModelLater } from './verify/counterexample.ts';
export { contractWithMarks, type Guarded, guardMarks, verifyGuarded } from './verify/guarded.ts';
export { CALLED, CUT } from './verify/hardness.ts';
export { type KeptObligations, keepObligations } from './verify/kept.ts';
export {
  type Mutant,
  type Mutation,
  type MutationReport,
  mutantsOf,
  mutate,
} from './verify/mutate.ts';
export type { Obligation } from './verify/obligations.ts';
export type { ModelValue } from './verify/reading.ts';
export { diagnosticOf, diagnosticsOf, foundClauses, guardDiagnostics, renderRow } from './verify/report.ts';
export type { Effort, Genesis, RunCall, RunMoment, SuggestedProof, SuggestedRun } from './verify/runs.ts';
export { renderTrace, type Trace, type TraceStep } from './verify/trace.ts';
export { isOfFound } from './verify/variants.ts';
export {
  type Answer,
  type Candidate,
  failsBuild,
  type Refutation,
  type Refute,
  type Report,
  RLIMIT_DEFAULT,
  type Row,
  type SettledReport,
  type Solve,
  type VerifyOptions,
  verifyContract,
} from './verify/verify.ts';
