/** The sentence that says what a condition asks, for requirements that have none: a condition in, plain words out. */
import type { BinaryOp, Expr } from './tree.ts';

const RELATIONS: { readonly [op in BinaryOp]?: string } = {
  Eq: 'must be',
  Ne: 'must not be',
  Lt: 'must be less than',
  Le: 'must be at most',
  Gt: 'must be greater than',
  Ge: 'must be at least',
};

/** `new_rate <= 1000` gives `new rate must be at most 1000`; `text` is the condition in CCL, for what has no words. */
export function sentenceOf(condition: Expr, text: string): string {
  return sentence(condition) ?? `this must hold: ${text}`;
}

function sentence(condition: Expr): string | null {
  if (condition.kind === 'Var') return joined(noun(condition), 'must hold', '');
  if (condition.kind === 'UnOp' && condition.op === 'Not')
    return joined(noun(condition.operand), 'must not hold', '');
  if (condition.kind === 'In')
    return joined(noun(condition.elem), 'must be one of', noun(condition.collection));
  if (condition.kind !== 'BinOp') return null;
  const relation = RELATIONS[condition.op];
  if (relation !== undefined) return joined(noun(condition.left), relation, noun(condition.right));
  const [left, right] = [sentence(condition.left), sentence(condition.right)];
  const word = condition.op === 'And' ? 'and' : condition.op === 'Or' ? 'or' : null;
  return word === null ? null : joined(left, word, right);
}

function joined(left: string | null, middle: string, right: string | null): string | null {
  return left === null || right === null ? null : `${left} ${middle} ${right}`.trim();
}

const OPERATIONS: { readonly [op in BinaryOp]?: string } = {
  Add: 'plus',
  Sub: 'minus',
  Mul: 'times',
  Div: 'divided by',
};

function noun(expr: Expr): string | null {
  switch (expr.kind) {
    case 'Var':
      return expr.name === 'sender'
        ? 'the caller'
        : expr.name === 'participants'
          ? 'the participants'
          : words(expr.name);
    case 'Literal': {
      const { value } = expr;
      if (value.kind === 'Int' || value.kind === 'Bool') return `${value.value}`;
      return value.kind === 'String' ? `'${value.value}'` : null;
    }
    case 'BinOp': {
      const word = OPERATIONS[expr.op];
      return word === undefined ? null : joined(noun(expr.left), word, noun(expr.right));
    }
    case 'Call':
      return expr.name === 'len' ? joined('the length of', noun(expr.args[0]!) ?? '', '') : null;
    default:
      return null;
  }
}

function words(name: string): string {
  return name.replaceAll('_', ' ').trim();
}
