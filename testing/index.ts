/** Running contracts in worlds of their own: tests, single rules. */

export * from './coverage.ts';
export * from './gas.ts';
export * from './invariants.ts';
export { lcovText } from './lcov.ts';
export type { Given } from './paste.ts';
export type { StorageChange } from './places.ts';
export * from './profile.ts';
export type { Memory } from './refute/known.ts';
export { makeRefuter, type RefuterOptions } from './refute/refute.ts';
export * from './run.ts';
export type { Found, TestFailure, TestProgram } from './script.ts';
export * from './tests.ts';
export * from './trace.ts';
export * from './values.ts';
export * from './world.ts';
