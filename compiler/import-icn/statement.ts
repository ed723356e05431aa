/**
 * Bodies of the format as CCL text. The format's locals have no blocks and no declarations: each gets a `let` or `var`
 * in the innermost block that holds all its uses.
 */
import { bindingText, type Context, conditionText, firstText, valueText } from './expression.ts';
import { claim } from './names.ts';
import { blocksOf, expressionsOf, type Scope, withParts } from './scope.ts';
import type { Stmt } from './tree.ts';

/** The lines of a rule's body, indented from `depth`. */
export function bodyLines(context: Context, depth: number): readonly string[] {
  const { scope } = context;
  return blockLines({ ...context, homes: homesOf(scope) }, scope.rule.body, depth);
}

/** Where a local is declared: before or by the statement at `index` of `block`. */
type Home = { readonly block: readonly Stmt[]; readonly index: number };
type Printer = Context & { readonly homes: ReadonlyMap<string, Home> };

function blockLines(context: Printer, block: readonly Stmt[], depth: number): readonly string[] {
  return block.flatMap((stmt, index) => {
    if (context.scope.dead.has(stmt)) return [];
    const here = [...context.homes].filter(([, home]) => home.block === block && home.index === index);
    const hoisted = here.filter(([name]) => !declares(stmt, name));
    return [
      ...hoisted.map(([name]) => indent(depth, hoistText(context, name))),
      ...stmtLines(context, stmt, depth),
    ];
  });
}

/** Whether the statement itself is the first to give the local a value. */
function declares(stmt: Stmt, name: string): boolean {
  return stmt.kind === 'Assign' && stmt.name === name;
}

function hoistText(context: Printer, name: string): string {
  const local = context.scope.locals.get(name)!;
  const type = context.types.ofBinding({ kind: 'local', rule: context.scope.rule, name });
  const start =
    local.fallback === null ? firstText(context.plan, type) : bindingText(context, local.fallback);
  return `var ${context.rule.locals.get(name)!} = ${start};`;
}

function stmtLines(context: Printer, stmt: Stmt, depth: number): readonly string[] {
  switch (stmt.kind) {
    case 'Assign':
      return [indent(depth, `${assignText(context, stmt.name, stmt)}${localValue(context, stmt)};`)];
    case 'SetState':
      return setStateLines(context, stmt, depth);
    case 'Return':
      return [indent(depth, returnText(context, stmt))];
    case 'If':
      return ifLines(context, stmt, depth);
    case 'LedgerTransfer':
      return [indent(depth, transferText(context, stmt))];
    case 'Expr':
      return [
        indent(
          depth,
          `let ${claim(context.rule.names, 'discarded')} = ${valueText(context, stmt.value, context.types.ofExpr(stmt.value))};`,
        ),
      ];
    default:
      throw new Error(`a ${stmt.kind} stands where none can`);
  }
}

type Assigning = Extract<Stmt, { readonly kind: 'Assign' | 'SetState' }>;

function localValue(context: Printer, stmt: Assigning): string {
  const type = context.types.ofBinding({ kind: 'local', rule: context.scope.rule, name: stmt.name });
  return valueText(context, stmt.value, type);
}

/** `let x = `, `var x = ` or `x = `. */
function assignText(context: Printer, name: string, stmt: Stmt): string {
  const home = context.homes.get(name)!;
  const local = context.scope.locals.get(name)!;
  const word = local.assigns.length === 1 ? 'let ' : 'var ';
  return `${home.block[home.index] === stmt ? word : ''}${context.rule.locals.get(name)!} = `;
}

/** Storing also sets a local of that name, where the rule has one. */
function setStateLines(context: Printer, stmt: Assigning, depth: number): readonly string[] {
  const type = context.types.ofBinding({ kind: 'state', name: stmt.name });
  const state = context.plan.state.get(stmt.name)!;
  const store = indent(depth, `${state} = ${valueText(context, stmt.value, type)};`);
  const local = context.rule.locals.get(stmt.name);
  return local === undefined ? [store] : [store, indent(depth, `${local} = ${state};`)];
}

function returnText(context: Printer, stmt: Extract<Stmt, { readonly kind: 'Return' }>): string {
  const type = context.types.ofResult(context.scope.rule);
  return type.kind === 'None' ? 'return;' : `return ${valueText(context, stmt.value, type)};`;
}

function ifLines(
  context: Printer,
  stmt: Extract<Stmt, { readonly kind: 'If' }>,
  depth: number,
): readonly string[] {
  const head = `if ${parenthesised(conditionText(context, stmt.condition))} {`;
  const then = [indent(depth, head), ...blockLines(context, stmt.then, depth + 1)];
  if (stmt.otherwise.length === 0) return [...then, indent(depth, '}')];
  return [
    ...then,
    indent(depth, '} else {'),
    ...blockLines(context, stmt.otherwise, depth + 1),
    indent(depth, '}'),
  ];
}

/** A struct literal in the head of an `if` would open the block. */
function parenthesised(condition: string): string {
  return condition.includes('{') ? `(${condition})` : condition;
}

function transferText(context: Printer, stmt: Extract<Stmt, { readonly kind: 'LedgerTransfer' }>): string {
  const amount = context.types.ofExpr(stmt.amount);
  const wanted = amount.kind === 'Amount' ? amount : null;
  const currency = context.currencyOf(stmt);
  const type = wanted?.currency === currency ? wanted : ({ kind: 'Amount', currency } as const);
  const [from, to] = [stmt.from, stmt.to].map((expr) => valueText(context, expr, { kind: 'Did' }));
  return `ledger.transfer(${from}, ${to}, ${valueText(context, stmt.amount, type)});`;
}

function indent(depth: number, text: string): string {
  return `${'  '.repeat(depth)}${text}`;
}

// ---- homes of locals ---------------------------------------------------------------------------

type Path = readonly Home[];

function homesOf(scope: Scope): ReadonlyMap<string, Home> {
  const paths = new Map<string, Path[]>();
  collectUses(scope, scope.rule.body, [], paths);
  return new Map([...scope.locals.keys()].map((name) => [name, commonHome(paths.get(name)!)]));
}

function collectUses(scope: Scope, block: readonly Stmt[], outer: Path, paths: Map<string, Path[]>): void {
  block.forEach((stmt, index) => {
    if (scope.dead.has(stmt)) return;
    const path = [...outer, { block, index }];
    for (const name of usedIn(scope, stmt)) paths.set(name, [...(paths.get(name) ?? []), path]);
    for (const inner of blocksOf(stmt)) collectUses(scope, inner, path, paths);
  });
}

function usedIn(scope: Scope, stmt: Stmt): readonly string[] {
  const read = expressionsOf(stmt)
    .flatMap(withParts)
    .flatMap((expr) => {
      const binding = scope.reads.get(expr);
      return binding?.kind === 'local' ? [binding.name] : [];
    });
  const isSet = (stmt.kind === 'Assign' || stmt.kind === 'SetState') && scope.locals.has(stmt.name);
  return isSet ? [...read, stmt.name] : read;
}

/** The innermost block that all paths go through, and the first statement there that one of them goes into. */
function commonHome(paths: readonly Path[]): Home {
  const first = paths[0]!;
  let depth = 0;
  while (
    paths.every(
      (path) =>
        path.length > depth + 1 &&
        same(path, first, depth) &&
        path[depth + 1]!.block === first[depth + 1]!.block,
    )
  )
    depth++;
  return { block: first[depth]!.block, index: Math.min(...paths.map((path) => path[depth]!.index)) };
}

function same(path: Path, other: Path, depth: number): boolean {
  return path[depth]!.block === other[depth]!.block && path[depth]!.index === other[depth]!.index;
}
