/** What the format's own validator asks: a tree in, complaints out. Names that CCL cannot keep are no matter here. */
import { blocksOf, expressionsOf, partsOf } from './scope.ts';
import type { Complain, Contract, Expr, Place, Rule, Stmt, Text } from './tree.ts';

const NAME_BYTES_MAX = 128;
const PARTICIPANTS_MAX = 100;
const STATE_VARS_MAX = 100;
const RULES_MAX = 50;
const LOOP_DEPTH_MAX = 5;
const EXPRESSION_DEPTH_MAX = 50;

/** Calls `complain` for each rule of the format that the contract breaks. */
export function checkLimits(contract: Contract, complain: Complain): void {
  const { name, currency, participants, stateVars, rules } = contract;
  checkName(name, 'the name of the contract', complain);
  if (currency !== null) checkName(currency, 'the currency', complain);
  checkCount(participants, PARTICIPANTS_MAX, 'participants', complain);
  checkCount(
    stateVars.map((variable) => variable.name),
    STATE_VARS_MAX,
    'state variables',
    complain,
  );
  checkCount(
    rules.map((rule) => rule.name),
    RULES_MAX,
    'rules',
    complain,
  );
  checkUnique(participants, 'participant', complain);
  checkNames(
    stateVars.map((variable) => variable.name),
    'state variable',
    complain,
  );
  checkNames(
    rules.map((rule) => rule.name),
    'rule',
    complain,
  );
  for (const rule of rules) checkRule(contract, rule, complain);
}

function checkRule(contract: Contract, rule: Rule, complain: Complain): void {
  checkNames(rule.params, 'parameter', complain);
  const stateNames = new Set(contract.stateVars.map((variable) => variable.name.text));
  for (const param of rule.params)
    if (stateNames.has(param.text))
      complain(param.place, `the parameter "${param.text}" has the name of a state variable`);
  for (const condition of rule.requires) checkDepth(condition, complain);
  checkBlock(rule.body, 0, complain);
}

function checkBlock(block: readonly Stmt[], depth: number, complain: Complain): void {
  for (const stmt of block) {
    const inner = stmt.kind === 'For' ? depth + 1 : depth;
    for (const expr of expressionsOf(stmt)) checkDepth(expr, complain);
    if (inner > LOOP_DEPTH_MAX) complain(stmt.place, `loops are nested more than ${LOOP_DEPTH_MAX} deep`);
    else for (const each of blocksOf(stmt)) checkBlock(each, inner, complain);
  }
}

function checkDepth(expr: Expr, complain: Complain): void {
  if (depthOf(expr) > EXPRESSION_DEPTH_MAX)
    complain(expr.place, `the expression is more than ${EXPRESSION_DEPTH_MAX} levels deep`);
}

function depthOf(expr: Expr): number {
  return 1 + Math.max(0, ...partsOf(expr).map(depthOf));
}

function checkNames(names: readonly Text[], what: string, complain: Complain): void {
  for (const name of names) checkName(name, `the name of a ${what}`, complain);
  checkUnique(names, what, complain);
}

function checkName(name: Text, what: string, complain: Complain): void {
  if (name.text === '') complain(name.place, `${what} is empty`);
  if (utf8Length(name.text) > NAME_BYTES_MAX)
    complain(name.place, `${what} is longer than ${NAME_BYTES_MAX} bytes`);
}

function checkUnique(names: readonly Text[], what: string, complain: Complain): void {
  const seen = new Set<string>();
  for (const { text, place } of names) {
    if (seen.has(text)) complain(place, `the ${what} "${text}" is there twice`);
    seen.add(text);
  }
}

function checkCount(
  items: readonly { readonly place: Place }[],
  max: number,
  what: string,
  complain: Complain,
): void {
  const beyond = items[max];
  if (beyond !== undefined)
    complain(beyond.place, `there are ${items.length} ${what}, and ${max} are allowed`);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
