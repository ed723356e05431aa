/** The checked tree to the core. In: an analysis without errors. Out: every contract of the file. */
import { CAPABILITIES } from '../builtins.ts';
import { intValue } from '../check/literal.ts';
import { versionOf } from '../check/rules/upgrades.ts';
import { INT, leavesOf, type Scalar, type Type } from '../check/types.ts';
import type * as ast from '../syntax/ast.ts';
import { walk } from '../syntax/visit.ts';
import { accessOf, NO_ACCESS, narrow } from './access.ts';
import type { Clause, Contract, Currency, EventDecl, History, Predecessor, Program, Slot } from './core.ts';
import { emptyInit, lowerFunction } from './function.ts';
import { lowerInterface } from './interface.ts';
import { lowerProof } from './proof.ts';
import { type Analysed, indexIn, type Source, sourceOf, textOf, typeOf, type Variable } from './source.ts';
import { clauseOf, contractScope } from './terms.ts';

export function lower(analysed: Analysed): Program {
  const contracts = analysed.tree.items.filter((item) => item.kind === 'contract');
  return { contracts: contracts.map((contract) => lowerContract(analysed, contract)) };
}

/** One contract of the source, or of a file that it uses. */
export function lowerContract(analysed: Analysed, contract: ast.Contract): Contract {
  const source = sourceOf(analysed, contract);
  const { members } = contract;
  return {
    name: contract.name.text,
    doc: contract.doc ?? '',
    version: versionOf(contract),
    purpose: members.find((member) => member.kind === 'purpose')?.text.value ?? '',
    capabilities: capabilitiesOf(members),
    access:
      members
        .filter((member) => member.kind === 'access')
        .map(accessOf)
        .reduce(narrow, null) ?? NO_ACCESS,
    currencies: source.currencies.map(currencyOf),
    slots: source.fields.map((field) => slotOf(source, field)),
    events: source.events.map((event) => fieldsOf(source, event)),
    errors: source.errors.map((error) => fieldsOf(source, error)),
    interfaces: source.interfaces.map((node) => lowerInterface(source, node)),
    functions: source.callables.map((node) =>
      node === null ? emptyInit(source) : lowerFunction(source, node),
    ),
    invariants: invariantsOf(source, contract),
    histories: historiesOf(source),
    proofs: contract.members.flatMap((member) =>
      member.kind === 'prove' ? [lowerProof(source, member)] : [],
    ),
    didLiterals: didLiteralsOf(source),
    dependencies: analysed.dependencies,
    upgradable: analysed.sources.get(contract) ?? null,
    predecessor: predecessorOf(source),
    span: contract.span,
  };
}

function fieldsOf(source: Source, { name, fields }: ast.EventDecl | ast.ErrorDecl): EventDecl {
  return {
    name: name.text,
    fields: fields.map((field) => ({ name: field.name.text, type: typeOf(source, field) })),
  };
}

function capabilitiesOf(members: readonly ast.Member[]): readonly string[] {
  const nodes = members.flatMap((member) => (member.kind === 'uses' ? member.capabilities : []));
  return [...new Set(nodes.map((node) => `${node.module.text}.${node.right.text}`))].sort();
}

function currencyOf(node: ast.Currency): Currency {
  const kind = node.issued ? 'issued' : 'mutual';
  return { name: node.name.text, decimals: Number(intValue(node.decimals.digits)), kind };
}

function slotOf(source: Source, field: Variable): Slot {
  const type = typeOf(source, field);
  const gone = source.earlier?.gone.has(field) === true ? { gone: true as const } : {};
  const shared = { name: field.name.text, type, ghost: field.kind === 'ghost', ...gone, span: field.span };
  switch (type.kind) {
    case 'Map':
      return { kind: 'map', ...shared, keys: wordsOf(type.key), fields: leavesOf(type.value), capacity: 0 };
    case 'Set':
      return { kind: 'set', ...shared, keys: wordsOf(type.item), fields: [], capacity: type.capacity };
    case 'List':
      return { kind: 'list', ...shared, keys: [INT], fields: leavesOf(type.item), capacity: type.capacity };
    default:
      return { kind: 'value', ...shared, keys: [], fields: leavesOf(type), capacity: 0 };
  }
}

function wordsOf(type: Type): readonly Scalar[] {
  return leavesOf(type).map((leaf) => leaf.type);
}

/** The clauses of the version before speak of the slots of this one. */
function predecessorOf(source: Source): Predecessor | null {
  const { earlier, analysed, fields } = source;
  if (earlier === null) return null;
  const { contract, kept } = earlier;
  return {
    version: versionOf(contract),
    contract: lowerContract(analysed, contract),
    source: analysed.sources.get(contract) ?? new Uint8Array(32),
    kept: [...kept.values()].map((field) => indexIn(fields, field)).sort((left, right) => left - right),
    invariants: invariantsOf(source, contract).filter(({ unproved }) => !unproved),
  };
}

function invariantsOf(source: Source, contract: ast.Contract): readonly Clause[] {
  return contract.members.flatMap((member) =>
    member.kind === 'invariant'
      ? [clauseOf(contractScope(source), 'invariant', member.name.text, member)]
      : [],
  );
}

function historiesOf(source: Source): readonly History[] {
  return source.contract.members.flatMap((member) => {
    if (member.kind !== 'history') return [];
    const clause = clauseOf(contractScope(source), 'history', member.name.text, member);
    return [{ ...clause, always: member.always }];
  });
}

/**
 * The functions of a file without a contract, each as a rule that anyone may call: its `requires` is checked on entry, so
 * what remains to be proved is what the function promises. They may touch whatever they touch.
 */
export function lowerLibrary(analysed: Analysed, file: string, fns: readonly ast.Fn[]): Contract {
  const written = libraryContract(file, fns);
  const source = sourceOf(analysed, written);
  const rules = fns.map((fn) => lowerFunction(source, { ...fn, kind: 'rule', open: true }));
  const lowered = lowerContract(analysed, written);
  // Names are given once: the functions as they are called inside get others.
  const called = lowered.functions.map((fn) => (fn.kind === 'fn' ? { ...fn, name: `${fn.name}()` } : fn));
  return { ...lowered, functions: [...called, ...rules] };
}

function libraryContract(file: string, functions: readonly ast.Fn[]): ast.Contract {
  const { span } = functions[0]!.name;
  const text = file
    .split('/')
    .at(-1)!
    .replace(/\.ccl$/, '');
  const capabilities = CAPABILITIES.map((capability): ast.Capability => {
    const [module = '', right = ''] = capability.split('.');
    return { kind: 'capability', span, module: nameOf(module, span), right: nameOf(right, span) };
  });
  const uses: ast.Uses = { kind: 'uses', span, capabilities };
  return { kind: 'contract', span, doc: null, name: nameOf(text, span), members: [uses, ...functions] };
}

function nameOf(text: string, span: ast.Span): ast.Name {
  return { kind: 'name', text, span };
}

/** DID literals of the contract, and those outside of other contracts: constants and functions hold them. */
function didLiteralsOf(source: Source): readonly string[] {
  const found = new Set<string>();
  const others = source.analysed.whole.items.filter((item) => item.kind !== 'contract');
  for (const item of [source.contract, ...others]) {
    // Most contracts name nobody: looking for the word is quicker than walking the tree.
    if (!textOf(source, item).includes('did"')) continue;
    walk(item, (node) => {
      if (node.kind === 'did') found.add(node.text);
      return undefined;
    });
  }
  return [...found].sort();
}
