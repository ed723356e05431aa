/**
 * In: the statements of one core function, every operation bound to a local. Out: the same statements as trees,
 * in the same order of evaluation, where a value that is used once, right after it was made, stays on the operand
 * stack instead of passing through a local (Koopman's stack scheduling within a block, without reordering).
 */
import type { OutgoingCall } from '../../vm/index.ts';
import { wordTypes } from '../check/words.ts';
import type * as core from '../core/core.ts';
import type { Span } from '../syntax/ast.ts';

/** A value. Operands are evaluated left to right; atoms may be read at any time between two roots. */
export type Tree = { readonly span: Span } & (
  | { readonly kind: 'atom'; readonly atom: core.Atom }
  | { readonly kind: 'op'; readonly op: core.OpName; readonly args: readonly Tree[] }
  | { readonly kind: 'load'; readonly slot: number; readonly field: number; readonly args: readonly Tree[] }
  | { readonly kind: 'has'; readonly slot: number; readonly args: readonly Tree[] }
  | { readonly kind: 'size'; readonly slot: number; readonly args: readonly Tree[] }
  | {
      readonly kind: 'element';
      readonly slot: number;
      readonly field: number;
      readonly args: readonly Tree[];
    }
  | {
      readonly kind: 'host';
      readonly name: string;
      readonly currency: number;
      readonly args: readonly Tree[];
    }
  | { readonly kind: 'call'; readonly callee: number; readonly args: readonly Tree[] }
  | { readonly kind: 'find'; readonly interface: number; readonly args: readonly Tree[] }
  /** The arguments are the account, those of the method, and the amounts that it may take. */
  | { readonly kind: 'outgoing'; readonly call: OutgoingCall; readonly args: readonly Tree[] }
  | { readonly kind: 'choose'; readonly condition: Tree; readonly yes: Tree; readonly no: Tree }
);

/** A statement, which leaves the operand stack as it found it. `set` has several targets for several results. */
export type Root = { readonly span: Span } & (
  | { readonly kind: 'set'; readonly targets: readonly core.LocalId[]; readonly value: Tree }
  | { readonly kind: 'store'; readonly slot: number; readonly field: number; readonly args: readonly Tree[] }
  | { readonly kind: 'remove' | 'add'; readonly slot: number; readonly args: readonly Tree[] }
  | { readonly kind: 'clear'; readonly slot: number }
  | { readonly kind: 'emit'; readonly event: number; readonly args: readonly Tree[] }
  | { readonly kind: 'fail'; readonly error: number; readonly args: readonly Tree[] }
  | {
      readonly kind: 'require';
      readonly condition: Tree;
      readonly message: string;
      readonly guard: boolean;
    }
  | {
      readonly kind: 'if';
      readonly condition: Tree;
      readonly yes: readonly Root[];
      readonly no: readonly Root[];
    }
  | {
      readonly kind: 'loop';
      readonly index: core.LocalId;
      readonly from: Tree;
      readonly to: Tree;
      readonly bound: number;
      readonly body: readonly Root[];
    }
  | { readonly kind: 'return'; readonly args: readonly Tree[] }
);

export function schedule(fn: core.Function): Schedule {
  const facts = factsOf(fn);
  return { roots: scheduleBlock(fn.body, facts), uses: facts.uses };
}

/** The statements of a block and of the blocks in it, in source order. */
export function statementsOf(stmts: readonly core.Stmt[]): core.Stmt[] {
  const found: core.Stmt[] = [];
  collectStatements(stmts, found);
  return found;
}

function collectStatements(stmts: readonly core.Stmt[], found: core.Stmt[]): void {
  for (const stmt of stmts) {
    found.push(stmt);
    if (stmt.kind === 'if') {
      collectStatements(stmt.then, found);
      collectStatements(stmt.otherwise, found);
    } else if (stmt.kind === 'loop') collectStatements(stmt.body, found);
  }
}

/** `uses`: how often each local of the function is read; a result that nobody reads is dropped. */
export type Schedule = { readonly roots: readonly Root[]; readonly uses: readonly number[] };

/** What the whole function says of its locals. */
type Facts = {
  /** How often each local is read. */
  readonly uses: readonly number[];
  /** A local that is only another name of an atom: assigned once, from a constant or from something assigned once. */
  readonly aliases: ReadonlyMap<core.LocalId, core.Atom>;
};

type Pending = { readonly target: core.LocalId; readonly tree: Tree };

function factsOf(fn: core.Function): Facts {
  const parameters = fn.params.flatMap((param) => wordTypes(param.type)).length;
  const defs = fn.locals.map((_, id) => (id < parameters ? 1 : 0));
  const copies = new Map<core.LocalId, core.Atom>();
  const stmts = statementsOf(fn.body);
  for (const stmt of stmts) {
    for (const target of targetsOf(stmt)) defs[target]! += 1;
    if (stmt.kind === 'copy') copies.set(stmt.target, stmt.value);
  }
  const aliases = new Map<core.LocalId, core.Atom>();
  for (const [target, value] of copies) {
    const stable = value.kind !== 'local' || defs[value.id] === 1;
    if (defs[target] === 1 && stable) aliases.set(target, value);
  }
  const uses = fn.locals.map(() => 0);
  for (const stmt of stmts) {
    if (stmt.kind === 'copy' && aliases.has(stmt.target)) continue;
    for (const atom of atomsOf(stmt)) {
      const real = resolve(atom, aliases);
      if (real.kind === 'local') uses[real.id]! += 1;
    }
  }
  return { uses, aliases };
}

function scheduleBlock(stmts: readonly core.Stmt[], facts: Facts): Root[] {
  const block: Block = { roots: [], pending: [], facts };
  for (const stmt of stmts) scheduleStmt(stmt, block);
  flush(block, block.pending.length);
  return block.roots;
}

type Block = { readonly roots: Root[]; pending: Pending[]; readonly facts: Facts };

function scheduleStmt(stmt: core.Stmt, block: Block): void {
  if (stmt.kind === 'assert' || stmt.kind === 'ghost' || isIdle(stmt, block.facts)) return;
  if (stmt.kind === 'if') scheduleIf(stmt, block);
  else if (stmt.kind === 'loop') scheduleLoop(stmt, block);
  else if (stmt.kind === 'element') scheduleElement(stmt, block);
  else if (isEffect(stmt)) root(block, rootOf(stmt, block));
  else define(block, targetsOf(stmt), treeOf(stmt, block));
}

type Effect = Extract<
  core.Stmt,
  { readonly kind: 'store' | 'remove' | 'add' | 'clear' | 'emit' | 'fail' | 'require' | 'return' }
>;
type Operation = Exclude<
  core.Stmt,
  Effect | { readonly kind: 'if' | 'loop' | 'element' | 'assert' | 'ghost' }
>;

const EFFECTS: ReadonlySet<core.Stmt['kind']> = new Set<Effect['kind']>([
  'store',
  'remove',
  'add',
  'clear',
  'emit',
  'fail',
  'require',
  'return',
]);

function isEffect(stmt: Effect | Operation): stmt is Effect {
  return EFFECTS.has(stmt.kind);
}

function treeOf(stmt: Operation, block: Block): Tree {
  const { span } = stmt;
  switch (stmt.kind) {
    case 'copy':
      return operands([stmt.value], span, block)[0]!;
    case 'op':
      return simplify({ kind: 'op', op: stmt.op, args: operands(stmt.args, span, block), span });
    case 'load': {
      const { slot, field, keys } = stmt.place;
      return { kind: 'load', slot, field, args: operands(keys, span, block), span };
    }
    case 'has':
      return { kind: 'has', slot: stmt.slot, args: operands(stmt.keys, span, block), span };
    case 'size':
      return { kind: 'size', slot: stmt.slot, args: [], span };
    case 'host': {
      const { name, currency } = stmt;
      return { kind: 'host', name, currency, args: operands(stmt.args, span, block), span };
    }
    case 'call':
      return { kind: 'call', callee: stmt.callee, args: operands(stmt.args, span, block), span };
    case 'find':
      return { kind: 'find', interface: stmt.interface, args: operands([stmt.account], span, block), span };
    case 'outgoing': {
      const { interface: at, method } = stmt;
      const call = { interface: at, method, spends: stmt.spends.map(({ currency }) => currency) };
      return { kind: 'outgoing', call, args: operands(atomsOf(stmt), span, block), span };
    }
  }
}

/** `and` with true and `or` with false are the other operand: comparing structs word by word makes such. */
function simplify(tree: Extract<Tree, { readonly kind: 'op' }>): Tree {
  if (tree.op !== 'and' && tree.op !== 'or') return tree;
  const [left, right] = tree.args;
  const neutral = tree.op === 'and';
  if (left !== undefined && right !== undefined) {
    if (isConstant(left, neutral)) return right;
    if (isConstant(right, neutral)) return left;
  }
  return tree;
}

function isConstant(tree: Tree, value: boolean): boolean {
  return tree.kind === 'atom' && tree.atom.kind === 'const' && tree.atom.value === value;
}

/** True when leaving the statement out changes nothing: nobody reads its value and it cannot revert. */
function isIdle(stmt: core.Stmt, facts: Facts): boolean {
  switch (stmt.kind) {
    case 'copy':
      return facts.aliases.has(stmt.target) || facts.uses[stmt.target] === 0;
    case 'op':
      return stmt.reverts.length === 0 && facts.uses[stmt.target] === 0;
    case 'load':
    case 'has':
    case 'size':
      return facts.uses[stmt.target] === 0;
    default:
      return false;
  }
}

function rootOf(stmt: Effect, block: Block): Root {
  const { span } = stmt;
  switch (stmt.kind) {
    case 'store': {
      const { slot, field, keys } = stmt.place;
      return { kind: 'store', slot, field, args: operands([...keys, stmt.value], span, block), span };
    }
    case 'remove':
    case 'add':
      return { kind: stmt.kind, slot: stmt.slot, args: operands(stmt.keys, span, block), span };
    case 'clear':
      return { kind: 'clear', slot: stmt.slot, span };
    case 'emit':
      return { kind: 'emit', event: stmt.event, args: operands(stmt.args, span, block), span };
    case 'fail':
      return { kind: 'fail', error: stmt.error, args: operands(stmt.args, span, block), span };
    case 'require': {
      const condition = operands([stmt.condition], span, block)[0]!;
      return { kind: 'require', condition, message: stmt.message, guard: stmt.guard ?? false, span };
    }
    case 'return':
      return { kind: 'return', args: operands(stmt.values, span, block), span };
  }
}

/** An `if` whose branches are one value each for one local is itself a value: so are `&&`, `||` and `min`. */
function scheduleIf(stmt: Extract<core.Stmt, { readonly kind: 'if' }>, block: Block): void {
  const { span } = stmt;
  const condition = operands([stmt.condition], span, block)[0]!;
  const yes = scheduleBlock(stmt.then, block.facts);
  const no = scheduleBlock(stmt.otherwise, block.facts);
  const left = onlyValue(yes);
  const right = onlyValue(no);
  if (left === null || right === null || left.target !== right.target) {
    root(block, { kind: 'if', condition, yes, no, span });
    return;
  }
  const value: Tree = { kind: 'choose', condition, yes: left.value, no: right.value, span };
  flushRead(value, block);
  define(block, [left.target], value);
}

/** What the loop reads is in its local before the first turn: every turn reads it again. */
function scheduleLoop(stmt: Extract<core.Stmt, { readonly kind: 'loop' }>, block: Block): void {
  const { index, bound, span } = stmt;
  flush(block, block.pending.length);
  const [from, to] = [stmt.from, stmt.to].map(
    (atom): Tree => ({ kind: 'atom', atom: resolve(atom, block.facts.aliases), span }),
  );
  const body = scheduleBlock(stmt.body, block.facts);
  root(block, { kind: 'loop', index, from: from!, to: to!, bound, body, span });
}

/** Each word of an element is a read of its own. */
function scheduleElement(stmt: Extract<core.Stmt, { readonly kind: 'element' }>, block: Block): void {
  const { slot, span } = stmt;
  for (const [field, target] of stmt.targets.entries()) {
    if (block.facts.uses[target] === 0) continue;
    const args = operands([stmt.index], span, block);
    define(block, [target], { kind: 'element', slot, field, args, span });
  }
}

function onlyValue(roots: readonly Root[]): { target: core.LocalId; value: Tree } | null {
  const [only, ...more] = roots;
  if (only?.kind !== 'set' || more.length > 0 || only.targets.length !== 1) return null;
  return { target: only.targets[0]!, value: only.value };
}

/** Keeps the value for the stack when its one use may find it there. */
function define(block: Block, targets: readonly core.LocalId[], value: Tree): void {
  const [target] = targets;
  const once = target !== undefined && targets.length === 1 && block.facts.uses[target] === 1;
  if (once && depthOf(value) < DEPTH_MAX) block.pending.push({ target, tree: value });
  else root(block, { kind: 'set', targets, value, span: value.span });
}

/** Deeper trees go through a local: who walks them recurses, and the author's chain of `let`s may be of any length. */
const DEPTH_MAX = 100;

function depthOf(tree: Tree): number {
  let deepest = 0;
  for (const part of partsOf(tree)) deepest = Math.max(deepest, depthOf(part));
  return 1 + deepest;
}

function partsOf(tree: Tree): readonly Tree[] {
  if (tree.kind === 'atom') return [];
  return tree.kind === 'choose' ? [tree.condition, tree.yes, tree.no] : tree.args;
}

function root(block: Block, made: Root): void {
  flush(block, block.pending.length);
  block.roots.push(made);
}

/** The first `count` pending values go to their locals. */
function flush(block: Block, count: number): void {
  if (count === 0) return;
  for (const { target, tree } of block.pending.splice(0, count))
    block.roots.push({ kind: 'set', targets: [target], value: tree, span: tree.span });
}

/** What a branch reads has to be in its local before the branch. */
function flushRead(tree: Tree, block: Block): void {
  const read = new Set(localsIn(tree));
  flush(block, block.pending.findLastIndex(({ target }) => read.has(target)) + 1);
}

function localsIn(tree: Tree): core.LocalId[] {
  if (tree.kind === 'atom') return tree.atom.kind === 'local' ? [tree.atom.id] : [];
  return partsOf(tree).flatMap(localsIn);
}

/**
 * The operands as trees. The longest run of the newest pending values that occurs among them in order is taken
 * from the stack; an older one that is needed is flushed, with all before it, so that order stays as written.
 */
function operands(atoms: readonly core.Atom[], span: Span, block: Block): Tree[] {
  const real = atoms.map((atom) => resolve(atom, block.facts.aliases));
  if (block.pending.length === 0 || !real.some(({ kind }) => kind === 'local'))
    return real.map((atom): Tree => ({ kind: 'atom', atom, span }));
  const wanted = real.map((atom) => block.pending.findLastIndex((pending) => isRead(pending, atom)));
  let first = block.pending.length;
  for (let at = wanted.length - 1; at >= 0 && first > 0; at -= 1) if (wanted[at] === first - 1) first -= 1;
  const taken = block.pending.splice(first);
  const older = Math.max(-1, ...wanted.filter((index) => index < first));
  flush(block, older + 1);
  return real.map(
    (atom): Tree => taken.find((pending) => isRead(pending, atom))?.tree ?? { kind: 'atom', atom, span },
  );
}

function isRead({ target }: Pending, atom: core.Atom): boolean {
  return atom.kind === 'local' && atom.id === target;
}

function resolve(atom: core.Atom, aliases: ReadonlyMap<core.LocalId, core.Atom>): core.Atom {
  let real = atom;
  while (real.kind === 'local') {
    const next = aliases.get(real.id);
    if (next === undefined) return real;
    real = next;
  }
  return real;
}

function targetsOf(stmt: core.Stmt): readonly core.LocalId[] {
  // Assigned before the first turn and after each.
  if (stmt.kind === 'loop') return [stmt.index, stmt.index];
  if ('targets' in stmt) return stmt.targets;
  return 'target' in stmt ? [stmt.target] : [];
}

function atomsOf(stmt: core.Stmt): readonly core.Atom[] {
  switch (stmt.kind) {
    case 'op':
    case 'host':
    case 'call':
    case 'emit':
    case 'fail':
      return stmt.args;
    case 'copy':
      return [stmt.value];
    case 'find':
      return [stmt.account];
    case 'outgoing':
      return [stmt.account, ...stmt.args, ...stmt.spends.map(({ amount }) => amount)];
    case 'load':
      return stmt.place.keys;
    case 'store':
      return [...stmt.place.keys, stmt.value];
    case 'has':
    case 'remove':
    case 'add':
      return stmt.keys;
    case 'require':
    case 'if':
      return [stmt.condition];
    case 'return':
      return stmt.values;
    case 'element':
      return [stmt.index];
    case 'loop':
      return [stmt.from, stmt.to];
    case 'size':
    case 'clear':
    case 'assert':
    case 'ghost':
      return [];
  }
}
