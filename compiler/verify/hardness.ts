/**
 * Why an obligation stayed undecided, in the author's words: which part of it is hard, and what to try. In: an
 * obligation and what the solver or the replay said. Out: one sentence or two.
 */
import type { Contract, Local } from '../core/core.ts';
import { type Formula, visitNodes } from './formula.ts';
import type { Obligation } from './obligations.ts';
import { splitMoment } from './state.ts';

/** Why a model is no run where a loop was cut. */
export const CUT = 'what a loop does is known by its invariants alone: write one that says more';
/** Why it is none where another contract was called. */
export const CALLED =
  'what another contract does is known by its interface alone: write an `ensures` there that says more';

/** `said`: without a full stop. */
export function reasonOf(contract: Contract, obligation: Obligation, said: string): string {
  if (obligation.cut !== null && !said.startsWith(LIMIT)) return obligation.cut === 'loop' ? CUT : CALLED;
  const hard = hardPart(contract, obligation);
  return hard === null ? said : `${said}; ${hard}`;
}

/** Z3 says in several ways that its resource limit was reached. */
export function limitReason(reason: string): string {
  return /resource|cancel/.test(reason) ? LIMIT : `the solver says: ${reason}`;
}

// ---- private -----------------------------------------------------------------------------------

const LIMIT = "the solver's resource limit was reached";

/** Texts beyond this have many ways through the code in them. */
const MANY_CASES_BYTES = 40_000;
const NAMED_MAX = 2;

type Nonlinear = { readonly what: string; readonly try: string };

const NONLINEAR: { readonly [name: string]: Nonlinear } = {
  product: {
    what: 'the product of {0} and {1}',
    try: 'bound the factors in a `requires`, or `assert` what the proof needs of the product',
  },
  quotient: {
    what: '{0} divided by {1}',
    try: 'divide by a constant, or `assert` what the proof needs of the quotient',
  },
  mulDiv: {
    what: 'the share of {0} times {1} in {2}',
    try: 'use a constant divisor, or `assert` the bounds of the result',
  },
  pow: {
    what: '{0} to the power of {1}',
    try: '`pow` of variables is merely bounded in proofs: `assert` what is needed',
  },
  isqrt: { what: 'the root of {0}', try: '`assert` what the proof needs of the root' },
};

function hardPart(contract: Contract, { script, cut, callee, proof, text }: Obligation): string | null {
  const names: Names = {
    slots: contract.slots,
    locals: (contract.functions[callee] ?? contract.proofs[proof])?.locals ?? [],
  };
  const found: { readonly words: string; readonly row: Nonlinear }[] = [];
  for (const formula of script.legend.values()) {
    const row = formula.kind === 'apply' ? NONLINEAR[formula.name] : undefined;
    if (row === undefined || formula.kind !== 'apply') continue;
    const words = row.what.replaceAll(/\{(\d)\}/g, (_, i: string) =>
      wordsOf(names, formula.args[Number(i)]!),
    );
    if (!found.some((one) => one.words === words)) found.push({ words, row });
  }
  if (found.length > 0) {
    const names = found.slice(0, NAMED_MAX).map(({ words }) => words);
    const rest = found.length > NAMED_MAX ? ` and ${found.length - NAMED_MAX} more` : '';
    return `what is hard: ${names.join(', ')}${rest}; ${found[0]!.row.try}`;
  }
  if (cut === 'loop') return 'what is hard: a long loop; give it an `invariant` that says more';
  if (text.length > MANY_CASES_BYTES)
    return 'what is hard: many cases; move some into a `fn` with `ensures`, or `assert` what holds between them';
  return null;
}

/** What a formula speaks of: the parameters of a function or a proof, and the state. */
type Names = { readonly locals: readonly Local[]; readonly slots: Contract['slots'] };

/** A term in the author's names, as far as it has one; else what it depends on. */
function wordsOf(known: Names, formula: Formula): string {
  if (formula.kind === 'int') return String(formula.value);
  const names = new Set<string>();
  visitNodes([formula], (node) => {
    const name = nameOf(known, node);
    if (name !== null) names.add(name);
  });
  const all = [...names].slice(0, 3).map((name) => `\`${name}\``);
  if (all.length === 0) return 'a value';
  return nameOf(known, formula) !== null ? all.at(-1)! : `a term of ${all.join(', ')}`;
}

function nameOf({ locals, slots }: Names, formula: Formula): string | null {
  if (formula.kind === 'symbol') {
    if (!formula.name.startsWith('parameter.')) return null;
    return locals[Number(formula.name.slice('parameter.'.length))]?.name ?? null;
  }
  if (formula.kind !== 'apply') return null;
  const [kind, index] = splitMoment(formula.name)[1].split('.');
  if (kind === 'field') return slots[Number(index)]?.name ?? null;
  return kind === 'balance' ? 'ledger.balance' : null;
}
