/** The core as text, for people: golden files and `--dump core`. Words are named where the author named them. */
import { typeText } from '../check/types.ts';
import type {
  Access,
  Atom,
  Clause,
  Constant,
  Contract,
  Function as CoreFunction,
  History,
  Interface,
  Local,
  Method,
  Place,
  Program,
  Proof,
  ProofCall,
  ProofStep,
  Revert,
  Slot,
  Stmt,
  Term,
  When,
} from './core.ts';

export function print(program: Program): string {
  return program.contracts.map((contract) => `${contractLines(contract).join('\n')}\n`).join('\n');
}

function contractLines(contract: Contract): readonly string[] {
  return [
    `contract ${contract.name}`,
    ...indent([
      ...contract.doc
        .split('\n')
        .filter(Boolean)
        .map((line) => `/// ${line}`),
      `version ${quote(contract.version)}`,
      `purpose ${quote(contract.purpose)}`,
      ...contract.capabilities.map((name) => `uses ${name}`),
      ...accessLines(contract.access),
      ...contract.currencies.map(
        ({ name, decimals, kind }, index) => `currency ${index} ${name} decimals ${decimals} ${kind}`,
      ),
      ...contract.slots.map(slotLine),
      ...contract.events.map(
        ({ name, fields }, index) => `event ${index} ${name}(${fields.map(named).join(', ')})`,
      ),
      ...contract.interfaces.flatMap((one, index) => interfaceLines(contract, one, index)),
      ...contract.didLiterals.map((did) => `mentions ${did}`),
      ...contract.dependencies.map((dependency) => `needs ${dependency}`),
      ...(contract.upgradable === null ? [] : ['upgradable']),
      ...predecessorLines(contract),
      ...contract.invariants.map((clause) => clauseLine(contract, null, clause)),
      ...contract.histories.map((clause) => historyLine(contract, clause)),
      ...contract.functions.flatMap((fn, index) => ['', ...functionLines(contract, fn, index)]),
      ...contract.proofs.flatMap((proof) => ['', ...proofLines(contract, proof)]),
    ]),
  ];
}

function predecessorLines(contract: Contract): readonly string[] {
  const { predecessor } = contract;
  if (predecessor === null) return [];
  const { version, kept, invariants } = predecessor;
  return [
    `follows ${quote(version)} keeping (${kept.map((slot) => contract.slots[slot]!.name).join(', ')})`,
    ...indent(invariants.map((clause) => clauseLine(contract, null, clause))),
  ];
}

function interfaceLines(
  contract: Contract,
  { name, implemented, methods }: Interface,
  index: number,
): readonly string[] {
  return [
    `${implemented ? 'implements' : 'calls'} interface ${index} ${name}`,
    ...indent(methods.flatMap((method) => methodLines(contract, method))),
  ];
}

function methodLines(contract: Contract, method: Method): readonly string[] {
  const result = method.result.kind === 'Unit' ? '' : ` -> ${typeText(method.result)}`;
  return [
    `${method.kind} ${method.name}(${method.params.map(named).join(', ')})${result} gas ${method.gasMax}`,
    ...indent(
      [...method.ensures, ...method.succeeds, ...method.fails].map((clause) =>
        clauseLine(contract, null, clause),
      ),
    ),
  ];
}

function accessLines(access: Access): readonly string[] {
  return [
    ...access.reputation.map(({ context, score }) => `access reputation ${score} in ${context}`),
    ...access.permissions.map((permission) => `access permission ${quote(permission)}`),
    ...(access.contracts ? ['access contracts'] : []),
  ];
}

function slotLine(slot: Slot, index: number): string {
  const keys = slot.keys.length === 0 ? '' : ` keys (${slot.keys.map(typeText).join(', ')})`;
  const fields = slot.fields.map(({ path, type }) =>
    path === '' ? typeText(type) : `${path}: ${typeText(type)}`,
  );
  const words = slot.fields.length === 0 ? '' : ` words (${fields.join(', ')})`;
  const marks = `${slot.gone ? 'gone ' : ''}${slot.ghost ? 'ghost ' : ''}`;
  return `slot ${index} ${marks}${slot.kind} ${slot.name}: ${typeText(slot.type)}${keys}${words}`;
}

function functionLines(contract: Contract, fn: CoreFunction, index: number): readonly string[] {
  const result = fn.result.kind === 'Unit' ? '' : ` -> ${typeText(fn.result)}`;
  const clauses = [...fn.requires, ...fn.ensures, ...fn.succeeds, ...fn.fails, ...fn.changes];
  return [
    `${fn.open ? 'open ' : ''}${fn.kind} ${index} ${fn.name}(${fn.params.map(named).join(', ')})${result}`,
    ...indent([
      ...fn.doc
        .split('\n')
        .filter(Boolean)
        .map((line) => `/// ${line}`),
      ...accessLines(fn.access),
      ...clauses.map((clause) => clauseLine(contract, fn, clause)),
      ...fn.locals.map(({ type }, id) => `local ${localName(fn, id)}: ${typeText(type)}`),
      ...stmtLines(contract, fn, fn.body),
    ]),
  ];
}

function named({
  name,
  type,
}: {
  readonly name: string;
  readonly type: Parameters<typeof typeText>[0];
}): string {
  return `${name}: ${typeText(type)}`;
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}

function clauseLine(
  contract: Contract,
  fn: Scope | null,
  clause: Omit<Clause, 'kind'> & { readonly kind: string },
): string {
  const mark = clause.unproved ? 'unproved ' : '';
  return `${mark}${clause.kind} ${clause.name}: ${printTerm(contract, fn, clause.term)}`;
}

function historyLine(contract: Contract, clause: History): string {
  return `${clause.always ? 'always ' : ''}${clauseLine(contract, null, clause)}`;
}

// ---- symbolic tests ----------------------------------------------------------------------------

function proofLines(contract: Contract, proof: Proof): readonly string[] {
  return [
    `${proof.unproved ? 'unproved ' : ''}prove ${quote(proof.title)} (${proof.params.map(named).join(', ')})`,
    ...indent([
      ...proof.locals.map(({ type }, id) => `local ${localName(proof, id)}: ${typeText(type)}`),
      ...proofSteps(contract, proof, proof.steps),
    ]),
  ];
}

function proofSteps(contract: Contract, proof: Proof, steps: readonly ProofStep[]): readonly string[] {
  return steps.flatMap((step) => proofStep(contract, proof, step));
}

function proofStep(contract: Contract, proof: Proof, step: ProofStep): readonly string[] {
  const term = (value: Term) => printTerm(contract, proof, value);
  const inner = (steps: readonly ProofStep[]) => indent(proofSteps(contract, proof, steps));
  switch (step.kind) {
    case 'assume':
    case 'expect':
      return [`${step.kind} ${step.clause.name}: ${term(step.clause.term)}`];
    case 'bind':
      return [`${targets(proof, step.targets)}${step.values.map(term).join(', ')}`];
    case 'call':
      return [proofCall(contract, proof, step)];
    case 'later':
      return [`later ${step.number}`];
    case 'run':
      return [`${localName(proof, step.succeeded)} = run ${step.run}`, ...inner(step.steps)];
    case 'choice':
      return [
        `if ${term(step.condition)}`,
        ...inner(step.yes),
        ...(step.no.length === 0 ? [] : ['else', ...inner(step.no)]),
      ];
  }
}

function proofCall(contract: Contract, proof: Proof, call: ProofCall): string {
  const term = (value: Term) => printTerm(contract, proof, value);
  const { outcome } = call;
  const by = call.by === null ? '' : ` by ${term(call.by)}`;
  const limits = call.spends?.map(
    ({ currency, amount }) => `${contract.currencies[currency]!.name} ${term(amount)}`,
  );
  const spending = limits === undefined ? '' : ` spending ${limits.join(', ')}`;
  const refusal =
    outcome.kind === 'fails' && outcome.refusal !== null ? ` ${quote(outcome.refusal.text)}` : '';
  const noted =
    outcome.kind === 'assumed' ? '' : ` ${outcome.kind}${refusal} as ${localName(proof, outcome.target)}`;
  const what = `${contract.functions[call.callee]!.name}(${call.args.map(term).join(', ')})`;
  return `${targets(proof, call.targets)}call ${what}${by}${spending}${noted}`;
}

// ---- statements --------------------------------------------------------------------------------

function stmtLines(contract: Contract, fn: CoreFunction, stmts: readonly Stmt[]): readonly string[] {
  return stmts.flatMap((stmt) => {
    if (stmt.kind === 'loop') return loopLines(contract, fn, stmt);
    if (stmt.kind !== 'if') return [stmtLine(contract, fn, stmt)];
    const otherwise =
      stmt.otherwise.length === 0 ? [] : ['else', ...indent(stmtLines(contract, fn, stmt.otherwise))];
    return [`if ${atom(fn, stmt.condition)}`, ...indent(stmtLines(contract, fn, stmt.then)), ...otherwise];
  });
}

function loopLines(
  contract: Contract,
  fn: CoreFunction,
  stmt: Extract<Stmt, { readonly kind: 'loop' }>,
): readonly string[] {
  const range = `${atom(fn, stmt.from)}..${atom(fn, stmt.to)}`;
  return [
    `loop ${localName(fn, stmt.index)} in ${range} up to ${stmt.bound}${revertText(stmt.reverts)}`,
    ...indent(stmt.invariants.map((clause) => clauseLine(contract, fn, clause))),
    ...indent(stmtLines(contract, fn, stmt.body)),
  ];
}

function stmtLine(
  contract: Contract,
  fn: CoreFunction,
  stmt: Exclude<Stmt, { readonly kind: 'if' | 'loop' }>,
): string {
  const words = (atoms: readonly Atom[]) => atoms.map((word) => atom(fn, word)).join(', ');
  const slot = (index: number) => contract.slots[index]!.name;
  const entry = (index: number, keys: readonly Atom[]) => `${slot(index)}[${words(keys)}]`;
  switch (stmt.kind) {
    case 'op':
      return `${localName(fn, stmt.target)} = ${stmt.op}(${words(stmt.args)})${revertText(stmt.reverts)}`;
    case 'copy':
      return `${localName(fn, stmt.target)} = ${atom(fn, stmt.value)}`;
    case 'load':
      return `${localName(fn, stmt.target)} = load ${placeText(
        contract,
        stmt.place,
        stmt.place.keys.map((key) => atom(fn, key)),
      )}`;
    case 'store':
      return `store ${placeText(
        contract,
        stmt.place,
        stmt.place.keys.map((key) => atom(fn, key)),
      )} = ${atom(fn, stmt.value)}`;
    case 'has':
      return `${localName(fn, stmt.target)} = has ${entry(stmt.slot, stmt.keys)}`;
    case 'remove':
      return `remove ${entry(stmt.slot, stmt.keys)}`;
    case 'add':
      return `add ${entry(stmt.slot, stmt.keys)}${revertText(stmt.reverts)}`;
    case 'size':
      return `${localName(fn, stmt.target)} = size ${slot(stmt.slot)}`;
    case 'clear':
      return `clear ${slot(stmt.slot)}`;
    case 'element':
      return `${targets(fn, stmt.targets)}element ${slot(stmt.slot)} ${atom(fn, stmt.index)}`;
    case 'host':
      return `${targets(fn, stmt.targets)}${hostText(contract, stmt.name, stmt.currency)}(${words(stmt.args)})${revertText(stmt.reverts)}`;
    case 'call':
      return `${targets(fn, stmt.targets)}call ${contract.functions[stmt.callee]!.name}(${words(stmt.args)})`;
    case 'find':
      return `${localName(fn, stmt.target)} = find ${contract.interfaces[stmt.interface]!.name} ${atom(fn, stmt.account)}${revertText(stmt.reverts)}`;
    case 'outgoing':
      return outgoingLine(contract, fn, stmt);
    case 'emit':
      return `emit ${contract.events[stmt.event]!.name}(${words(stmt.args)})`;
    case 'fail':
      return `fail ${contract.errors[stmt.error]!.name}(${words(stmt.args)})`;
    case 'require':
      return `${stmt.guard ? 'guard' : 'require'} ${atom(fn, stmt.condition)} else ${quote(stmt.message)}${stmt.clause < 0 ? '' : ` checks ${fn.requires[stmt.clause]!.name}`}`;
    case 'ghost':
      return ghostLine(contract, fn, stmt);
    case 'assert':
      return clauseLine(contract, fn, stmt.clause);
    case 'return':
      return `return ${words(stmt.values)}`.trimEnd();
  }
}

function ghostLine(
  contract: Contract,
  fn: CoreFunction,
  { slot, keys, values }: Extract<Stmt, { readonly kind: 'ghost' }>,
): string {
  const printed = (terms: readonly Term[]) => terms.map((term) => printTerm(contract, fn, term)).join(', ');
  const entry = keys.length === 0 ? '' : `[${printed(keys)}]`;
  return `ghost ${contract.slots[slot]!.name}${entry} = ${printed(values)}`;
}

function outgoingLine(
  contract: Contract,
  fn: CoreFunction,
  stmt: Extract<Stmt, { readonly kind: 'outgoing' }>,
): string {
  const { name, methods } = contract.interfaces[stmt.interface]!;
  const args = stmt.args.map((word) => atom(fn, word)).join(', ');
  const spends = stmt.spends.map(
    ({ currency, amount }) => `${contract.currencies[currency]!.name} ${atom(fn, amount)}`,
  );
  const spending = spends.length === 0 ? '' : ` spending ${spends.join(', ')}`;
  const what = `${atom(fn, stmt.account)}.${name}.${methods[stmt.method]!.name}(${args})`;
  return `${targets(fn, stmt.targets)}outgoing ${what}${spending}${revertText(stmt.reverts)}`;
}

function targets(fn: Scope, ids: readonly number[]): string {
  return ids.length === 0 ? '' : `${ids.map((id) => localName(fn, id)).join(', ')} = `;
}

function revertText(reverts: readonly Revert[]): string {
  return reverts.length === 0 ? '' : ` reverts ${reverts.map(({ reason }) => reason).join(', ')}`;
}

function hostText(contract: Contract, name: string, currency: number): string {
  return currency < 0 ? name : `${name}<${contract.currencies[currency]!.name}>`;
}

function placeText(contract: Contract, place: Omit<Place, 'keys'>, keys: readonly string[]): string {
  const slot = contract.slots[place.slot]!;
  const path = slot.fields[place.field]!.path;
  return `${slot.name}${slot.kind === 'map' || slot.kind === 'list' ? `[${keys.join(', ')}]` : ''}${path === '' ? '' : `.${path}`}`;
}

/** What has locals. */
type Scope = { readonly locals: readonly Local[] };

function localName(fn: Scope, id: number): string {
  return `${fn.locals[id]!.name}%${id}`;
}

function atom(fn: CoreFunction, value: Atom): string {
  switch (value.kind) {
    case 'local':
      return localName(fn, value.id);
    case 'const':
      return constantText(value.value);
    case 'env':
      return value.name;
  }
}

function constantText(value: Constant): string {
  if (typeof value === 'string') return quote(value);
  if (value instanceof Uint8Array)
    return `0x${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return Array.isArray(value) ? '[]' : String(value);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

// ---- terms -------------------------------------------------------------------------------------

/** A term in prefix form. Reads of the state before the call are marked `old`. */
export function printTerm(contract: Contract, fn: Scope | null, term: Term): string {
  const show = (part: Term) => printTerm(contract, fn, part);
  const list = (parts: readonly Term[]) => parts.map(show).join(', ');
  switch (term.kind) {
    case 'const':
      return constantText(term.value);
    case 'local':
      return fn === null ? `%${term.id}` : localName(fn, term.id);
    case 'env':
      return `${old(term)}${term.name}`;
    case 'result':
      return `result.${term.index}`;
    case 'bound':
      return `#${term.id}`;
    case 'op':
      return `${term.op}(${list(term.args)})`;
    case 'load':
      return `${old(term)}${placeText(contract, term, term.keys.map(show))}`;
    case 'has':
      return `${old(term)}has ${contract.slots[term.slot]!.name}[${list(term.keys)}]`;
    case 'size':
      return `${old(term)}size ${contract.slots[term.slot]!.name}`;
    case 'host':
      return `${old(term)}${hostText(contract, term.name, term.currency)}(${list(term.args)})`;
    case 'forall':
    case 'exists':
      return `${term.kind} ${term.variables.map(boundText).join(', ')} { ${show(term.body)} }`;
    case 'sum':
    case 'count':
      return `${old(term)}${term.kind} ${contract.slots[term.slot]!.name} [${[...term.keys, ...term.values].map(boundText).join(', ')}] { ${show(term.body)} }`;
    case 'called':
      return `called ${contract.functions[term.callee]!.name}`;
  }
}

/** At which moment it is read, where that is not the one state. */
function old({ when }: { readonly when: When }): string {
  return when === 'now' ? '' : `${when} `;
}

function boundText({
  id,
  name,
  type,
}: {
  readonly id: number;
  readonly name: string;
  readonly type: Parameters<typeof typeText>[0];
}): string {
  return `${name}#${id}: ${typeText(type)}`;
}
