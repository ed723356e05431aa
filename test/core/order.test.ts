/**
 * Random programs whose operands change what other operands read: the machine does what language.md, section 4, says.
 * Each program is made as a tree, written as source, compiled and run; the tree is also evaluated here, left to right.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { build } from '../../compiler/codegen/build.ts';
import { analyse, lowerProgram } from '../../compiler/pipeline.ts';
import { execute, type Host, validate } from '../../vm/index.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_121);
const RUNS = Number(process.env['RUNS'] ?? 300);

type Place =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'entry'; readonly index: Expr };
type Expr =
  | Place
  | { readonly kind: 'int'; readonly value: bigint }
  | {
      readonly kind: 'binary';
      readonly op: '+' | '-' | '*' | '/' | '%';
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'choice'; readonly fn: 'min' | 'max'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'block'; readonly stmts: readonly Stmt[]; readonly value: Expr }
  | { readonly kind: 'if'; readonly condition: Condition; readonly then_: Expr; readonly otherwise: Expr };
type Condition =
  | { readonly kind: 'less' | 'equal'; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly inner: Condition };
type Stmt =
  | {
      readonly kind: 'assign';
      readonly place: Place;
      readonly op: '=' | '+=' | '-=' | '*=';
      readonly value: Expr;
    }
  /** `p = Pair { y: e, x: e };`: written in another order than declared. */
  | { readonly kind: 'pair'; readonly y: Expr; readonly x: Expr }
  | { readonly kind: 'when'; readonly condition: Condition; readonly stmts: readonly Stmt[] };

/** Parameters, local variables, parts of a local struct, state variables. */
const READ = ['a', 'b', 'x', 'y', 'p.x', 'p.y', 'n', 's.x', 's.y'] as const;
const WRITTEN = ['x', 'y', 'p.x', 'p.y', 'n', 's.x', 's.y'] as const;
const ENTRIES = [0n, 1n, 2n] as const;

const depth = { maxDepth: 4, depthSize: 'small' } as const;
const { expr, stmt } = fc.letrec<{ expr: Expr; place: Place; condition: Condition; stmt: Stmt }>((tie) => ({
  place: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom(...WRITTEN) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('entry' as const), index: tie('expr') }) },
  ),
  expr: fc.oneof(
    depth,
    fc.record({ kind: fc.constant('int' as const), value: fc.bigInt(0n, 4n) }),
    fc.record({ kind: fc.constant('name' as const), name: fc.constantFrom(...READ) }),
    fc.record({ kind: fc.constant('entry' as const), index: tie('expr') }),
    fc.record({
      kind: fc.constant('binary' as const),
      op: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const, '%' as const),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('choice' as const),
      fn: fc.constantFrom('min', 'max'),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('block' as const),
      stmts: fc.array(tie('stmt'), { maxLength: 2 }),
      value: tie('expr'),
    }),
    fc.record({
      kind: fc.constant('if' as const),
      condition: tie('condition'),
      then_: tie('expr'),
      otherwise: tie('expr'),
    }),
  ),
  condition: fc.oneof(
    depth,
    fc.record({
      kind: fc.constantFrom('less' as const, 'equal' as const),
      left: tie('expr'),
      right: tie('expr'),
    }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('condition'),
      right: tie('condition'),
    }),
    fc.record({ kind: fc.constant('not' as const), inner: tie('condition') }),
  ),
  stmt: fc.oneof(
    depth,
    fc.record({
      kind: fc.constant('assign' as const),
      place: tie('place'),
      op: fc.constantFrom('=' as const, '+=' as const, '-=' as const, '*=' as const),
      value: tie('expr'),
    }),
    fc.record({ kind: fc.constant('pair' as const), y: tie('expr'), x: tie('expr') }),
    fc.record({
      kind: fc.constant('when' as const),
      condition: tie('condition'),
      stmts: fc.array(tie('stmt'), { maxLength: 2 }),
    }),
  ),
}));

describe(`source and machine agree (seed ${SEED})`, () => {
  test('on random programs', () => {
    const reached = { ok: 0, failed: 0 };
    const program = fc.tuple(
      fc.array(stmt, { minLength: 1, maxLength: 5 }),
      expr,
      fc.bigInt(-3n, 5n),
      fc.bigInt(-3n, 5n),
    );
    fc.assert(
      fc.property(program, ([stmts, value, a, b]) => {
        const wanted = evaluate(stmts, value, a, b);
        expect(run(source(stmts, value), a, b)).toEqual(wanted);
        reached[wanted === 'failed' ? 'failed' : 'ok'] += 1;
      }),
      { seed: SEED, numRuns: RUNS },
    );
    // Both have to be common, or the comparison says little.
    expect(reached.ok).toBeGreaterThan(RUNS / 3);
    expect(reached.failed).toBeGreaterThan(RUNS / 50);
  });
});

// ---- written ------------------------------------------------------------------------------------

function source(stmts: readonly Stmt[], value: Expr): string {
  const results = [...WRITTEN, ...ENTRIES.map((entry) => `m[${entry}]`)];
  return `contract C {
  struct Pair { x: Int, y: Int }
  state { n: Int; m: Map<Int, Int>; s: Pair; }
  rule main(a: Int, b: Int) -> (${['Int', ...results.map(() => 'Int')].join(', ')}) {
    var x = a; var y = b; var p = Pair { x: a, y: b };
    ${stmts.map(stmtText).join(' ')}
    return (${[exprText(value), ...results].join(', ')});
  }
}
`;
}

function stmtText(stmt: Stmt): string {
  switch (stmt.kind) {
    case 'assign':
      return `${exprText(stmt.place)} ${stmt.op} ${exprText(stmt.value)};`;
    case 'pair':
      return `p = Pair { y: ${exprText(stmt.y)}, x: ${exprText(stmt.x)} };`;
    case 'when':
      return `if ${conditionText(stmt.condition)} { ${stmt.stmts.map(stmtText).join(' ')} }`;
  }
}

function exprText(expr: Expr): string {
  switch (expr.kind) {
    case 'int':
      return String(expr.value);
    case 'name':
      return expr.name;
    case 'entry':
      return `m[${exprText(expr.index)}]`;
    case 'binary':
      // A literal zero as divisor would be reported; in a block it is not looked at.
      return `(${exprText(expr.left)} ${expr.op} { ${exprText(expr.right)} })`;
    case 'choice':
      return `${expr.fn}(${exprText(expr.left)}, ${exprText(expr.right)})`;
    case 'block':
      return `{ ${expr.stmts.map(stmtText).join(' ')} ${exprText(expr.value)} }`;
    case 'if':
      return `(if ${conditionText(expr.condition)} { ${exprText(expr.then_)} } else { ${exprText(expr.otherwise)} })`;
  }
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'less':
      return `(${exprText(condition.left)} < ${exprText(condition.right)})`;
    case 'equal':
      return `(${exprText(condition.left)} == ${exprText(condition.right)})`;
    case 'and':
      return `(${conditionText(condition.left)} && ${conditionText(condition.right)})`;
    case 'or':
      return `(${conditionText(condition.left)} || ${conditionText(condition.right)})`;
    case 'not':
      return `!${conditionText(condition.inner)}`;
  }
}

// ---- run ----------------------------------------------------------------------------------------

type Result = readonly bigint[] | 'failed';

function run(text: string, a: bigint, b: bigint): Result {
  const analysis = analyse(new Map([['x.ccl', text]]), 'x.ccl');
  const errors = analysis.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(`${errors.map(({ message }) => message).join('\n')}\n${text}`);
  const [contract] = lowerProgram(analysis).contracts;
  const validated = validate(build(contract!, { claims: [], marks: [] }));
  if (!validated.ok) throw new Error(JSON.stringify(validated.errors));
  const outcome = execute(validated.program, { entry: 'main', args: [a, b], gasLimit: 1e9 }, HOST);
  return outcome.ok ? (outcome.result as readonly bigint[]) : 'failed';
}

const HOST: Host = {
  env: {
    self: 'did:icn:self',
    caller: 'did:icn:caller',
    callerIsContract: false,
    creator: 'did:icn:creator',
    cooperative: '',
    time: 0n,
    block: 0n,
  },
  load: () => undefined,
  call: () => {
    throw new Error('no host function is called');
  },
  holdsPermission: () => false,
  reputationOf: () => 0n,
};

// ---- evaluated ----------------------------------------------------------------------------------

type Memory = { readonly names: Map<string, bigint>; readonly entries: Map<bigint, bigint> };
const FAILED = Symbol('failed');

function evaluate(stmts: readonly Stmt[], value: Expr, a: bigint, b: bigint): Result {
  const names = new Map<string, bigint>([
    ...Object.entries({ a, b, x: a, y: b, 'p.x': a, 'p.y': b, n: 0n, 's.x': 0n, 's.y': 0n }),
  ]);
  const memory: Memory = { names, entries: new Map() };
  try {
    for (const stmt of stmts) execStmt(memory, stmt);
    const first = resultOf(memory, value);
    return [
      first,
      ...WRITTEN.map((name) => names.get(name)!),
      ...ENTRIES.map((key) => memory.entries.get(key) ?? 0n),
    ];
  } catch (thrown) {
    if (thrown === FAILED) return 'failed';
    throw thrown;
  }
}

function execStmt(memory: Memory, stmt: Stmt): void {
  switch (stmt.kind) {
    case 'assign': {
      const { place } = stmt;
      const index = place.kind === 'entry' ? resultOf(memory, place.index) : 0n;
      const value = resultOf(memory, stmt.value);
      const old = place.kind === 'entry' ? (memory.entries.get(index) ?? 0n) : memory.names.get(place.name)!;
      const next = stmt.op === '=' ? value : compute(stmt.op.slice(0, 1), old, value);
      if (place.kind === 'entry') memory.entries.set(index, next);
      else memory.names.set(place.name, next);
      return;
    }
    case 'pair': {
      const y = resultOf(memory, stmt.y);
      const x = resultOf(memory, stmt.x);
      memory.names.set('p.x', x).set('p.y', y);
      return;
    }
    case 'when':
      if (isTrue(memory, stmt.condition)) for (const inner of stmt.stmts) execStmt(memory, inner);
  }
}

function resultOf(memory: Memory, expr: Expr): bigint {
  switch (expr.kind) {
    case 'int':
      return expr.value;
    case 'name':
      return memory.names.get(expr.name)!;
    case 'entry':
      return memory.entries.get(resultOf(memory, expr.index)) ?? 0n;
    case 'binary': {
      const left = resultOf(memory, expr.left);
      return compute(expr.op, left, resultOf(memory, expr.right));
    }
    case 'choice': {
      const left = resultOf(memory, expr.left);
      const right = resultOf(memory, expr.right);
      return left < right === (expr.fn === 'min') ? left : right;
    }
    case 'block':
      for (const stmt of expr.stmts) execStmt(memory, stmt);
      return resultOf(memory, expr.value);
    case 'if':
      return resultOf(memory, isTrue(memory, expr.condition) ? expr.then_ : expr.otherwise);
  }
}

function isTrue(memory: Memory, condition: Condition): boolean {
  switch (condition.kind) {
    case 'less':
    case 'equal': {
      const left = resultOf(memory, condition.left);
      const right = resultOf(memory, condition.right);
      return condition.kind === 'less' ? left < right : left === right;
    }
    case 'and':
      return isTrue(memory, condition.left) && isTrue(memory, condition.right);
    case 'or':
      return isTrue(memory, condition.left) || isTrue(memory, condition.right);
    case 'not':
      return !isTrue(memory, condition.inner);
  }
}

function compute(op: string, left: bigint, right: bigint): bigint {
  if ((op === '/' || op === '%') && right === 0n) throw FAILED;
  const result = { '+': left + right, '-': left - right, '*': left * right, '/': 0n, '%': 0n }[op]!;
  const exact = op === '/' ? left / right : op === '%' ? left % right : result;
  if (exact !== BigInt.asIntN(64, exact)) throw FAILED;
  return exact;
}
