/** The host modules: pure functions over `State`, used by contracts and by native transactions alike. */
export * from './contracts.ts';
export * from './cooperative.ts';
export * from './genesis.ts';
export { type HookRun, hookEvents, runHooks } from './hooks.ts';
export * from './identity.ts';
export * from './ledger.ts';
export { nameIsSound } from './names.ts';
export * from './refusals.ts';
export { type Due, nextDue } from './schedule.ts';
export * from './state.ts';
export * from './storage.ts';
export * from './tables.ts';
export type { Spend, Spends } from './world.ts';
