/** Rule: what a contract declares fits the virtual machine, so that every contract that checks can be built. */
import { LIMITS, wordBytesMax } from '../../../vm/index.ts';
import type * as ast from '../../syntax/ast.ts';
import { walk } from '../../syntax/visit.ts';
import { paramType, resultType, stateType, tooLarge } from '../annotation.ts';
import { type Callable, type Checker, callableOf, report } from '../checker.ts';
import { hasError, leavesOf, type Type, typeText, UNIT } from '../types.ts';
import { wordTypes } from '../words.ts';

export function checkLimits(out: Checker, tree: ast.SourceFile): void {
  for (const item of tree.items) {
    if (item.kind === 'contract') checkContract(out, item);
    else if (item.kind === 'fn') checkFn(out, item);
    else if (item.kind === 'interface') checkInterface(out, item);
    else if (item.kind === 'struct') checkNames(out, [item.name, ...item.fields.map(({ name }) => name)]);
    else if (item.kind === 'error') checkFields(out, item);
    else if (item.kind === 'enum' || item.kind === 'lifecycle') checkChoice(out, item);
  }
}

function checkInterface(out: Checker, { name, methods }: ast.Interface): void {
  checkNames(out, [name, ...methods.map((method) => method.name)]);
  for (const method of methods) checkSignature(out, callableOf(method));
}

function checkChoice(out: Checker, node: ast.Enum | ast.Lifecycle): void {
  checkNames(out, [node.name]);
  if (node.kind === 'lifecycle') for (const { from, to } of node.transitions) checkNames(out, [from, ...to]);
  else
    for (const { name, fields } of node.variants)
      checkNames(out, [name, ...fields.map((field) => field.name)]);
}

function checkFn(out: Checker, fn: ast.Fn): void {
  checkNames(out, [fn.name]);
  checkSignature(out, fn);
}

function checkContract(out: Checker, contract: ast.Contract): void {
  const { members, name } = contract;
  checkNames(out, [name]);
  checkText(out, name.span, 'the documentation', contract.doc ?? '');
  for (const member of members) checkMember(out, member);
  for (const { what, limit, count } of countsOf(out, contract)) {
    if (count > limit) tooLarge(out, name.span, `\`${name.text}\``, limit, what);
  }
}

/** Keys and values of an entry together, and the content of the keys, which no caller can make too long. */
function checkSlot(out: Checker, field: ast.StateField): void {
  const type = stateType(out, field);
  const keys = leavesOf(type.kind === 'Map' ? type.key : type.kind === 'Set' ? type.item : UNIT);
  const values = leavesOf(type.kind === 'Map' ? type.value : type.kind === 'List' ? type.item : type);
  const { span } = field.type;
  const words = keys.length + values.length;
  if (words > LIMITS.signatureWords) tooLarge(out, span, 'an entry', LIMITS.signatureWords, 'words');
  const unbounded = keys.find(({ type: word }) => ['Text', 'Bytes', 'List'].includes(word.kind));
  if (unbounded !== undefined) {
    report(out, 'E0423', { span, type: typeText(unbounded.type), limit: LIMITS.keyBytes });
    return;
  }
  const bytes = keys.reduce((sum, leaf) => sum + keyBytes(leaf.type), 0);
  if (bytes > LIMITS.keyBytes) tooLarge(out, span, 'the key', LIMITS.keyBytes, 'bytes');
}

const WORD_BYTES = 8;
const HASH_BYTES = 32;

function keyBytes({ kind }: Type): number {
  if (kind === 'Did') return LIMITS.didBytes + 1;
  return kind === 'Hash' ? HASH_BYTES : kind === 'Bool' ? 1 : WORD_BYTES;
}

/**
 * A set needs two more slots, for the places of its elements and their number, and two functions; a list one slot more,
 * for its length, and three functions.
 */
function countsOf(out: Checker, contract: ast.Contract) {
  const { members } = contract;
  const count = (...kinds: readonly ast.Member['kind'][]) =>
    members.filter(({ kind }) => kinds.includes(kind)).length;
  const gone = members.flatMap((member) =>
    member.kind === 'upgrade' ? [...(out.predecessors.get(member)?.gone ?? [])] : [],
  );
  const fields = [...members.flatMap((member) => (member.kind === 'state' ? member.fields : [])), ...gone];
  const kinds = fields.map((field) => stateType(out, field).kind);
  const sets = kinds.filter((kind) => kind === 'Set').length;
  const lists = kinds.filter((kind) => kind === 'List').length;
  return [
    { what: 'currencies', limit: LIMITS.currencies, count: count('currency') },
    {
      what: 'state variables and ghosts, sets counted thrice and lists twice',
      limit: LIMITS.slots,
      count: fields.length + count('ghost') + 2 * sets + lists,
    },
    { what: 'events', limit: LIMITS.events, count: count('event') },
    {
      what: 'rules, views and hooks',
      limit: LIMITS.entries - 1,
      count: count('rule', 'view', 'hook', 'upgrade'),
    },
    {
      what: 'rules, views, hooks and functions, each set counted as two and each list as three',
      limit: LIMITS.functions - 1,
      count: count('rule', 'view', 'hook', 'fn', 'upgrade') + 2 * sets + 3 * lists,
    },
  ];
}

function checkMember(out: Checker, member: ast.Member): void {
  if ('name' in member) checkNames(out, [member.name]);
  if ('doc' in member && 'span' in member)
    checkText(out, headOf(member), 'the documentation', member.doc ?? '');
  switch (member.kind) {
    case 'purpose':
      checkText(out, member.text.span, 'the purpose', member.text.value);
      return;
    case 'version':
      checkName(out, member.text.span, member.text.value);
      return;
    case 'access':
      checkAccess(out, member);
      return;
    case 'state':
      checkNames(
        out,
        member.fields.map(({ name }) => name),
      );
      for (const field of member.fields) checkSlot(out, field);
      return;
    case 'event':
    case 'struct':
      checkNames(
        out,
        member.fields.map(({ name }) => name),
      );
      if (member.kind === 'event') checkFields(out, member);
      return;
    case 'error':
      checkFields(out, member);
      return;
    case 'enum':
    case 'lifecycle':
      checkChoice(out, member);
      return;
    case 'invariant':
    case 'history':
      checkClause(out, member);
      return;
    case 'init':
    case 'rule':
    case 'view':
    case 'fn':
      checkSignature(out, member);
      return;
    case 'prove':
      checkProve(out, member);
  }
}

/** Its clauses are computed from the words of its parameters; its title stands in marks. */
function checkProve(out: Checker, { title, params, body }: ast.Prove): void {
  checkNames(
    out,
    params.map(({ name }) => name),
  );
  checkWords(
    out,
    title.span,
    params.map((param) => paramType(out, param)),
  );
  if (isLonger(title.value, TITLE_BYTES)) tooLarge(out, title.span, 'this title', TITLE_BYTES, 'bytes');
  let steps = 0;
  walk(body, ({ kind }) => {
    if (PROOF_STEPS.has(kind)) steps += 1;
    return undefined;
  });
  if (steps > PROOF_STEPS_MAX) tooLarge(out, title.span, 'this proof', PROOF_STEPS_MAX, 'calls and `later`');
}

const TITLE_BYTES = 1_024;
/** What follows one after the other: each makes the formula of those behind it larger. */
const PROOF_STEPS: ReadonlySet<ast.AnyNode['kind']> = new Set<ast.AnyNode['kind']>([
  'callBy',
  'callByExpr',
  'succeeds',
  'fails',
  'later',
]);
const PROOF_STEPS_MAX = 100;

/** The fields of an event or an error: few enough words, and not too long a content. */
function checkFields(out: Checker, { name, fields }: ast.EventDecl | ast.ErrorDecl): void {
  checkNames(out, [name, ...fields.map((field) => field.name)]);
  const types = fields.map((field) => paramType(out, field));
  checkWords(out, name.span, types);
  if (types.some(hasError)) return;
  const bytes = types.flatMap(wordTypes).reduce((sum, type) => sum + wordBytesMax(type), 0);
  if (bytes > LIMITS.eventBytes) tooLarge(out, name.span, `\`${name.text}\``, LIMITS.eventBytes, 'bytes');
}

function headOf(member: ast.Member): ast.Span {
  return 'name' in member ? member.name.span : member.span;
}

function checkSignature(out: Checker, node: Callable): void {
  const { span } = node.kind === 'init' ? node : node.name;
  checkNames(
    out,
    node.params.map(({ name }) => name),
  );
  checkWords(
    out,
    span,
    node.params.map((param) => paramType(out, param)),
  );
  if (node.kind !== 'init') checkWords(out, span, [resultType(out, node.result)]);
  for (const spec of node.specs) {
    if (spec.kind === 'access') checkAccess(out, spec);
    else if ('condition' in spec) checkClause(out, spec);
  }
}

function checkAccess(out: Checker, access: ast.Access): void {
  for (const item of access.items) {
    if (item.kind === 'accessPermission') checkName(out, item.permission.span, item.permission.value);
    if (item.kind === 'accessReputation') checkNames(out, [item.context]);
  }
}

function checkClause(out: Checker, clause: { readonly span: ast.Span; readonly condition: ast.Expr }): void {
  const { start, end } = clause.condition.span;
  if (end - start > LIMITS.docBytes) tooLarge(out, clause.span, 'this clause', LIMITS.docBytes, 'characters');
}

function checkNames(out: Checker, names: readonly ast.Name[]): void {
  for (const name of names) checkName(out, name.span, name.text);
}

function checkName(out: Checker, span: ast.Span, text: string): void {
  if (isLonger(text, LIMITS.nameBytes)) tooLarge(out, span, 'this name', LIMITS.nameBytes, 'bytes');
}

function checkText(out: Checker, span: ast.Span, what: string, text: string): void {
  if (isLonger(text, LIMITS.docBytes)) tooLarge(out, span, what, LIMITS.docBytes, 'bytes');
}

function checkWords(out: Checker, span: ast.Span, types: readonly Type[]): void {
  const words = types.reduce((sum, type) => sum + leavesOf(type).length, 0);
  if (words > LIMITS.signatureWords) tooLarge(out, span, 'this signature', LIMITS.signatureWords, 'words');
}

/** Whether a text has more bytes; a character of a string has at most three. */
function isLonger(text: string, bytes: number): boolean {
  return 3 * text.length > bytes && new TextEncoder().encode(text).length > bytes;
}
