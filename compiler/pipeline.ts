/** The passes in order, and nothing else: the table of contents of the compiler. */
import type { Artifact } from '../vm/index.ts';
import { type Checked, check } from './check/check.ts';
import { versionsOf } from './check/rules/upgrades.ts';
import { planTests, type Taken } from './check/tests/plan.ts';
import { build } from './codegen/build.ts';
import { checkSize } from './codegen/size.ts';
import type * as core from './core/core.ts';
import { lower, lowerContract, lowerLibrary as lowerFns } from './core/lower.ts';
import type { Analysed } from './core/source.ts';
import type { InvariantsPlan, TestPlan } from './core/tests.ts';
import type { Diagnostic } from './diagnostics.ts';
import {
  dependenciesOf,
  diagnosticInPart,
  type ParsedPart,
  type Part,
  readParts,
  sourceHash,
  wholeText,
} from './program.ts';
import { type Links, linkModules, type Module, upgradesIn } from './resolve/modules.ts';
import { type Exports, type Names, resolve } from './resolve/resolve.ts';
import { unusedNames } from './resolve/unused.ts';
import type * as ast from './syntax/ast.ts';
import type { Name, SourceFile, Span } from './syntax/ast.ts';
import type { Comment } from './syntax/parse.ts';

/**
 * Everything that is known about a source, and about those that it uses, before code is made of it. It exists for broken
 * sources, too. Places in trees and tables are offsets of the whole `text`; those in `diagnostics` are of their files.
 */
export type Analysis = Analysed & {
  readonly file: string;
  readonly comments: readonly Comment[];
  /** The files, the main one first: `text` is all of them. */
  readonly parts: readonly Part[];
  /** By file, in the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  readonly tests: AnalysedTests;
};

/** `views` is the analysis of the contracts that hold the expressions of the tests; null when there is no test. */
export type AnalysedTests = {
  readonly plans: readonly TestPlan[];
  readonly invariants: readonly InvariantsPlan[];
  readonly views: Analysed | null;
};

/**
 * Parses, resolves and checks the source `main` and those that it uses. User mistakes are in `diagnostics`. `known` names
 * further modules that there are, for suggestions.
 * @throws RangeError when `sources` has no `main`.
 */
export function analyse(
  sources: ReadonlyMap<string, string>,
  main: string,
  known: readonly string[] = [],
): Analysis {
  if (!sources.has(main)) throw new RangeError(`no source named ${main}`);
  const program = readProgram(sources, main, known);
  const { parts, text } = program;
  const { tree, comments } = parts[0]!;
  const checked = checkProgram(program, tree, []);
  const taken = takenIn(tree, checked);
  const planned = planTests(main, text, tree, taken);
  const views = planned.tree === null ? null : checkProgram(program, planned.tree, taken.beside);
  // Views read what they please: what the contract of the tests may touch is no author's mistake.
  const mistakes = views?.diagnostics.filter(({ code }) => code !== 'W0401') ?? [];
  const unread = parts.flatMap((part) => part.diagnostics);
  const unused = unusedNames(main, tree, checked.entities);
  const meaning = [
    ...program.links.diagnostics,
    ...checked.diagnostics,
    ...unused,
    ...planned.diagnostics,
    ...mistakes,
  ];
  const all = inOrder([...unread, ...apartFrom(text, unread, meaning)]);
  const shown = all.map((found) => diagnosticInPart(parts, found)).filter((found) => isShown(found, main));
  const tests = { plans: planned.plans, invariants: planned.invariants, views };
  return {
    ...withTests(checked, views, planned.names),
    file: main,
    comments,
    parts,
    tests,
    diagnostics: shown,
  };
}

/** What is merely unwise in a file that is used is said where that file is looked at. */
function isShown({ file, severity }: Diagnostic, main: string): boolean {
  return file === main || severity === 'error';
}

type Program = { readonly parts: readonly ParsedPart[]; readonly text: string; readonly links: Links };

function readProgram(sources: ReadonlyMap<string, string>, main: string, known: readonly string[]): Program {
  const parts = readParts(sources, main);
  const all = sources.size === 1 && known.length === 0 ? [] : [...new Set([...sources.keys(), ...known])];
  return { parts: [...parts.values()], text: wholeText(parts.values()), links: linkModules(parts, all) };
}

/** What is known of the source, names and types inside its tests included. */
function withTests(checked: Analysed, views: Analysed | null, names: ReadonlyMap<Name, Name>): Analysed {
  if (views === null && names.size === 0) return checked;
  const entities = new Map([...(views?.entities ?? []), ...checked.entities]);
  for (const [used, declared] of names) {
    const entity = checked.entities.get(declared);
    if (entity !== undefined) entities.set(used, entity);
  }
  return { ...checked, entities, types: new Map([...(views?.types ?? []), ...checked.types]) };
}

type CheckedProgram = Checked & Analysed & { readonly exports: readonly Exports[] };

/** Names and types of the program with `tree` as its main file; it sees the types of `beside` without a `use`. */
function checkProgram(
  { parts, text, links }: Program,
  tree: SourceFile,
  beside: readonly Exports[],
): CheckedProgram {
  const main = parts[0]!.name;
  const { exports, ...names } = resolveAll(links, main, tree, beside);
  const whole = { ...tree, items: [...tree.items, ...parts.slice(1).flatMap((part) => part.tree.items)] };
  const { entities, types, diagnostics } = check(main, text, whole, names);
  const all = [...names.diagnostics, ...diagnostics];
  const dependencies = dependenciesOf(parts);
  const { predecessors } = names;
  const sources = sourcesOf(parts);
  return {
    text,
    dependencies,
    sources,
    tree,
    whole,
    entities,
    types,
    predecessors,
    exports,
    diagnostics: all,
  };
}

/** Each contract that may follow another or be followed, with the hash of its source. */
function sourcesOf(parts: readonly ParsedPart[]): ReadonlyMap<ast.Contract, Uint8Array> {
  const byName = new Map(parts.map((part) => [part.name, part]));
  const hashes = new Map<ast.Contract, Uint8Array>();
  for (const { name, tree } of parts)
    for (const item of tree.items)
      if (item.kind === 'contract' && item.members.some(({ kind }) => kind === 'upgradable'))
        hashes.set(item, sourceHash(byName, name));
  return hashes;
}

/** The names of all files, each resolved behind those that it uses, the main one last. */
function resolveAll(
  { ordered, targets, predecessors }: Links,
  main: string,
  tree: SourceFile,
  beside: readonly Exports[],
): Names & { readonly exports: readonly Exports[] } {
  const exports = new Map<Module, Exports>();
  const used = new Map<ast.Use, Exports>();
  const earlier = new Map<ast.Upgrade, Exports>();
  const found = ordered.map((module) => {
    for (const { node } of upgradesIn(module.tree)) {
      const target = exports.get(predecessors.get(node) ?? module);
      if (target !== undefined) earlier.set(node, target);
    }
    for (const use of module.tree.uses) {
      const target = exports.get(targets.get(use) ?? module);
      if (target !== undefined) used.set(use, target);
    }
    const own =
      module.name === main
        ? resolve(main, tree, { used, earlier }, beside)
        : resolve(module.name, module.tree, { used, earlier });
    exports.set(module, own.exports);
    return own;
  });
  const others = [...exports.values()].filter(({ file }) => file !== main);
  if (found.length === 1) return { ...found[0]!, exports: others };
  return {
    entities: new Map(found.flatMap(({ entities }) => [...entities])),
    ambiguous: new Map(found.flatMap(({ ambiguous }) => [...ambiguous])),
    predecessors: new Map(found.flatMap((each) => [...each.predecessors])),
    diagnostics: found.flatMap(({ diagnostics }) => diagnostics),
    exports: others,
  };
}

/** What the tests of a file see beside what it declares: what it takes from others, and the types of those. */
function takenIn(tree: SourceFile, { entities, exports, predecessors }: CheckedProgram): Taken {
  const used = tree.uses.flatMap(({ names }) => names.flatMap((name) => entities.get(name) ?? []));
  const contracts = used.flatMap((entity) => (entity.kind === 'contract' ? [entity.node] : []));
  const beside = contracts.length === 0 ? [] : exports;
  const seen = [...beside.flatMap(({ declared }) => [...declared.values()]), ...used];
  const errors = seen.flatMap((entity) => (entity.kind === 'error' ? [entity.node] : []));
  return { contracts, errors, names: used.map(({ name }) => name), beside, predecessors };
}

/** Whether some diagnostic forbids to make code. Warnings do not. */
export function hasErrors(analysis: Analysis): boolean {
  return analysis.diagnostics.some(({ severity }) => severity === 'error');
}

/**
 * The core of every contract in the source, not of those in the files that it uses.
 * @throws when the analysis has errors: the caller shows them instead.
 */
export function lowerProgram(analysis: Analysis): core.Program {
  if (hasErrors(analysis)) throw new Error('a source with errors has no core');
  return lower(analysis);
}

/**
 * The core of every contract that the tests of the source can deploy: its own, those that it takes from other files, and
 * the versions that these come from.
 * @throws when the analysis has errors.
 */
export function lowerDeployable(analysis: Analysis): core.Program {
  if (hasErrors(analysis)) throw new Error('a source with errors has no core');
  const own = analysis.tree.items.filter((item) => item.kind === 'contract');
  const taken = analysis.tree.uses.flatMap(({ names }) =>
    names.flatMap((name) => {
      const entity = analysis.entities.get(name);
      return entity?.kind === 'contract' ? [entity.node] : [];
    }),
  );
  const found = new Set([...own, ...taken].flatMap((contract) => versionsOf(analysis, contract)));
  return { contracts: [...found].map((contract) => lowerContract(analysis, contract)) };
}

/**
 * The functions of a file without a contract, as those of a contract without state, for the verifier. Null when there are
 * none, or when there is a contract.
 * @throws when the analysis has errors.
 */
export function lowerLibrary(analysis: Analysis): core.Contract | null {
  if (hasErrors(analysis)) throw new Error('a source with errors has no core');
  const { items } = analysis.tree;
  const functions = items.filter((item) => item.kind === 'fn');
  if (functions.length === 0 || items.some(({ kind }) => kind === 'contract')) return null;
  return lowerFns(analysis, analysis.file, functions);
}

/**
 * What there is to prove in the source: its contracts, or its functions where it has none.
 * @throws when the analysis has errors.
 */
export function lowerProvable(analysis: Analysis): readonly core.Contract[] {
  const library = lowerLibrary(analysis);
  return library === null ? lowerProgram(analysis).contracts : [library];
}

/** Artifacts to try contracts with, without proofs, and what is too large to be tried. */
export function trialArtifacts(
  { file, parts }: Analysis,
  contracts: readonly core.Contract[],
): { readonly artifacts: readonly Artifact[]; readonly tooLarge: readonly Diagnostic[] } {
  const artifacts = contracts.map((contract) => build(contract, { claims: [], marks: [] }));
  const tooLarge = contracts.flatMap((contract, at) => checkSize(file, contract, artifacts[at]!));
  return { artifacts, tooLarge: tooLarge.map((found) => diagnosticInPart(parts, found)) };
}

/**
 * The core of the contracts that hold the expressions of the tests.
 * @throws when the analysis has errors.
 */
export function lowerTests(analysis: Analysis): core.Program {
  if (hasErrors(analysis)) throw new Error('a source with errors has no core');
  return analysis.tests.views === null ? { contracts: [] } : lower(analysis.tests.views);
}

/** What is wrong where the text could not be read, or right beside it, is most often only a consequence. */
function apartFrom(
  text: string,
  causes: readonly Diagnostic[],
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  // Where only something is missing, what stands beside it is not at fault.
  const unread = causes.filter(({ span }) => span.start < span.end);
  const spans = merged(unread.map(({ span }) => widened(text, span)));
  return found.filter(({ span }) => {
    const next = spans[firstFrom(spans, span.start)];
    return next === undefined || next.start > span.end;
  });
}

/** With the blanks around it. */
function widened(text: string, span: Span): Span {
  let { start, end } = span;
  while (text[start - 1] === ' ') start -= 1;
  while (text[end] === ' ') end += 1;
  return { start, end };
}

/** The index of the first stretch that ends at `offset` or behind it, by halving. */
function firstFrom(spans: readonly Span[], offset: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.end < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The stretches that the spans cover, in order, none touching another. */
function merged(spans: readonly Span[]): readonly Span[] {
  const stretches: Span[] = [];
  for (const span of spans.toSorted((left, right) => left.start - right.start)) {
    const last = stretches.at(-1);
    if (last === undefined || last.end < span.start) stretches.push(span);
    else stretches[stretches.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
  }
  return stretches;
}

/** Sorted by place; what two trees share is reported once. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const once = new Map(diagnostics.map((found) => [keyOf(found), found]));
  return [...once.values()].sort(
    (left, right) =>
      left.span.start - right.span.start || left.span.end - right.span.end || compare(left.code, right.code),
  );
}

function keyOf({ code, span, message }: Diagnostic): string {
  return `${code} ${span.start} ${span.end} ${message}`;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
