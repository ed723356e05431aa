/**
 * In: a core contract. Out: its artifact. The same contract, claims and marks give the same bytes. Code that is made
 * here always passes the VM's validation; if it does not, that is a bug of ours and throws.
 */
import {
  type AbiField,
  type Artifact,
  type Entry,
  type FunctionCode,
  type Interface,
  type Lineage,
  type Mark,
  withGasBounds,
} from '../../vm/index.ts';
import { HOST_FUNCTIONS } from '../builtins.ts';
import type * as core from '../core/core.ts';
import { eraseGhosts } from '../core/ghosts.ts';
import { printTerm } from '../core/print.ts';
import { type ConstantPool, newPool } from './code.ts';
import { withCosts } from './cost.ts';
import { abiFields, abiType, type Layout, layoutOf, slotsAt } from './layout.ts';
import { listFunctions } from './lists.ts';
import { type CollectionFunctions, lowerFunction, lowerWithSlots, type Unit } from './lower.ts';
import { addFunction, removeFunction } from './sets.ts';
import { takesOf } from './takes.ts';
import { statementsOf } from './tree.ts';

/** `claims`: hashes (32 bytes) of the obligations claimed proved, sorted. */
export type BuildOptions = { readonly claims: readonly Uint8Array[]; readonly marks: readonly Mark[] };

export function build(contract: core.Contract, options: BuildOptions): Artifact {
  const compiled = eraseGhosts(contract);
  return assemble(compiled, compiled.functions, options);
}

/**
 * The artifact of other functions over the same storage, such as the views of a clause (`core/clauses.ts`): it reads
 * what an execution of the contract wrote. `functions` may call each other by index, as in a contract. Clauses need
 * no capabilities, so the artifact declares those that they use.
 */
export function buildFunctions(
  contract: core.Contract,
  functions: readonly core.Function[],
  options: BuildOptions,
): Artifact {
  const capabilities = [...contract.capabilities, ...capabilitiesUsed(functions)];
  const interfaces = contract.interfaces.map((one) => ({ ...one, implemented: false }));
  const upgrades = functions.some(({ kind }) => kind === 'upgrade');
  const predecessor = upgrades ? contract.predecessor : null;
  const alone = { ...contract, capabilities, interfaces, predecessor };
  return assemble(alone, functions, options);
}

/**
 * For tools that show an execution: of each of the artifact's functions, in their order, what the source calls its
 * locals, and their types; null where the code made one for itself.
 */
export function localsOf(source: core.Contract): readonly (readonly (AbiField | null)[])[] {
  const contract = eraseGhosts(source);
  const { unit } = unitOf(contract, contract.functions.length);
  return contract.functions.map((fn) => {
    const { code, slots } = lowerWithSlots(fn, unit);
    const names: (AbiField | null)[] = code.locals.map(() => null);
    for (const [id, slot] of slots) {
      const { name, type } = fn.locals[id]!;
      if (name !== '') names[slot] = { name, type: abiType(type, contract) };
    }
    return names;
  });
}

function capabilitiesUsed(functions: readonly core.Function[]): string[] {
  const names = functions
    .flatMap((fn) => statementsOf(fn.body))
    .map((stmt) => (stmt.kind === 'host' ? stmt.name : null));
  return HOST_FUNCTIONS.filter((row) => names.includes(row.name)).map((row) => row.capability);
}

function assemble(
  contract: core.Contract,
  functions: readonly core.Function[],
  options: BuildOptions,
): Artifact {
  const { layout, unit, made } = unitOf(contract, functions.length);
  const code = [...functions.map((fn) => lowerFunction(fn, unit)), ...made];
  const takes = takesOf(functions);
  const entries = functions.flatMap((fn, index) =>
    fn.kind === 'fn' ? [] : [entryOf(contract, fn, fn.kind, index, takes[index]!)],
  );
  const artifact = withGasBounds({
    name: contract.name,
    meta: metaOf(contract),
    constants: unit.constants.list,
    currencies: contract.currencies.map(({ name, decimals, kind }) => ({ name, decimals, kind })),
    capabilities: [...new Set(contract.capabilities)].sort(),
    storage: layout.storage,
    events: contract.events.map(({ name, fields }) => ({ name, fields: abiFields(fields, contract) })),
    errors: contract.errors.map(({ name, fields }) => ({ name, fields: abiFields(fields, contract) })),
    functions: code,
    entries,
    interfaces: contract.interfaces.map((one) => interfaceOf(contract, one)),
    offers: contract.interfaces.flatMap(({ implemented }, index) => (implemented ? [index] : [])),
    calls: unit.calls,
    claims: options.claims,
    marks: options.marks,
    lineage: lineageOf(contract, layout),
  });
  return withCosts(artifact, functions);
}

function lineageOf({ upgradable, predecessor, slots }: core.Contract, { places }: Layout): Lineage {
  if (predecessor === null) return { upgradable, predecessor };
  const { version, source } = predecessor;
  const gone = slots.flatMap((slot, index) => (slot.gone ? slotsAt(places[index]!) : []));
  return { upgradable, predecessor: { version, source, gone } };
}

/** Callers rely on what is not marked `unproved`. */
function interfaceOf(contract: core.Contract, { name, methods }: core.Interface): Interface {
  return {
    name,
    methods: methods.map((method) => ({
      kind: method.kind,
      name: method.name,
      params: abiFields(method.params, contract),
      result: abiType(method.result, contract),
      gasMax: method.gasMax,
      clauses: [...method.ensures, ...method.succeeds, ...method.fails]
        .filter(({ unproved }) => !unproved)
        .map(({ kind, term }) => `${CLAUSE_WORDS[kind]} ${printTerm(contract, null, term)}`),
    })),
  };
}

/** What the functions of a contract share; `made` come behind the `count` functions of its own. */
function unitOf(
  contract: core.Contract,
  count: number,
): { readonly unit: Unit; readonly layout: Layout; readonly made: readonly FunctionCode[] } {
  const layout = layoutOf(contract);
  const constants = newPool();
  const { functions, indices } = collectionFunctions(contract, layout, constants, count);
  return {
    unit: { constants, places: layout.places, collections: indices, calls: [] },
    layout,
    made: functions,
  };
}

/** Those of each set and list, behind the contract's own functions. */
function collectionFunctions(
  contract: core.Contract,
  layout: Layout,
  constants: ConstantPool,
  first: number,
) {
  const functions: FunctionCode[] = [];
  const indices = new Map<number, CollectionFunctions>();
  for (const [slot, decl] of contract.slots.entries()) {
    const place = layout.places[slot];
    if (place === undefined || place.kind === 'plain') continue;
    const add = first + functions.length;
    indices.set(slot, { add, remove: add + 1, clear: add + 2 });
    if (place.kind === 'list') functions.push(...listFunctions(decl, place, constants));
    else functions.push(addFunction(decl, place, constants), removeFunction(decl, place, constants));
  }
  return { functions, indices };
}

/** How a clause begins. */
const CLAUSE_WORDS: { readonly [kind in core.Clause['kind']]: string } = {
  requires: 'requires',
  ensures: 'ensures',
  succeeds: 'succeeds when',
  fails: 'fails when',
  changes: 'changes',
  invariant: 'invariant',
  history: 'history',
  prove: 'prove',
};

function entryOf(
  contract: core.Contract,
  fn: core.Function,
  kind: Entry['kind'],
  index: number,
  takes: readonly number[],
): Entry {
  const clauses = [...fn.requires, ...fn.ensures, ...fn.succeeds, ...fn.fails, ...fn.changes];
  return {
    kind,
    name: fn.name,
    function: index,
    params: abiFields(fn.params, contract),
    result: abiType(fn.result, contract),
    access: fn.access,
    open: fn.open,
    everySeconds: Number(fn.schedule?.everySeconds ?? 0n),
    gasMax: 0,
    takes,
    doc: fn.doc,
    specs: clauses.map(({ kind: clause, text }) => `${CLAUSE_WORDS[clause]} ${text}`),
  };
}

function metaOf(contract: core.Contract): Artifact['meta'] {
  return {
    version: contract.version,
    purpose: contract.purpose,
    doc: contract.doc,
    cooperative: '',
    dependencies: contract.dependencies,
    impact: { cpu: 0, memory: 0, network: 0, storage: 0, bandwidth: 0 },
  };
}
