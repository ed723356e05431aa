/** The public face of the compiler. */
export * from './builtins.ts';
export type { Field, Scalar, Type } from './check/types.ts';
export { leavesOf, sameType, typeText } from './check/types.ts';
export type * as core from './core/core.ts';
export { print as printCore, printTerm } from './core/print.ts';
export {
  DIAGNOSTICS,
  type Diagnostic,
  type DiagnosticCode,
  type Fix,
  type Related,
  type Severity,
} from './diagnostics.ts';
export { type Analysis, analyse, hasErrors, lowerProgram } from './pipeline.ts';
export { type Declaration, type Entity, isDeclaration, KIND_WORDS } from './resolve/entity.ts';
export { LANGUAGE_NAMES } from './resolve/resolve.ts';
export type * as ast from './syntax/ast.ts';
