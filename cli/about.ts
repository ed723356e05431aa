/**
 * What a contract says of itself, in words. In: its core, its artifact and its declarations. Out: a page for whoever is to
 * use it or to vote on it: who may call what, what it takes from them, what it promises, what it costs at most. An artifact
 * that was proved says by its marks what is only checked while it runs.
 */
import { type ast, type core, guardOf, stepsOfProof, type Type, typeText } from '../compiler/index.ts';
import type { Access, Artifact, Entry } from '../vm/index.ts';
import type { Block } from './page.ts';

export type Subject = {
  readonly contract: core.Contract;
  readonly artifact: Artifact;
  /** The declaration, for what only the source says; null for a contract that was made without one. */
  readonly node: ast.Contract | null;
};

export function aboutContract({ contract, artifact, node }: Subject): readonly Block[] {
  const { name, version, purpose, doc } = contract;
  return [
    { kind: 'heading', level: 1, text: `${name} ${version}` },
    ...paragraphs(purpose, doc),
    ...section('What it may touch', [
      {
        kind: 'text',
        text:
          contract.capabilities.length === 0
            ? 'Nothing outside of its own state.'
            : contract.capabilities.map((capability) => `\`${capability}\``).join(', '),
      },
    ]),
    ...currencyBlocks(contract),
    ...stateBlocks(contract, node),
    ...promiseBlocks(contract),
    ...proofBlocks(contract),
    ...section('How it can change', changeBlocks(contract)),
    ...entryBlocks(contract, artifact, 'init', 'When it is deployed'),
    ...entryBlocks(contract, artifact, 'upgrade', 'When it takes the place of the version before'),
    ...entryBlocks(contract, artifact, 'rule', 'Rules'),
    ...entryBlocks(contract, artifact, 'view', 'Views'),
    ...entryBlocks(contract, artifact, 'hook', 'What happens by itself'),
    ...section('What is checked while it runs', guardBlocks(contract, artifact)),
    ...eventBlocks('Events', contract.events, node),
    ...eventBlocks('Errors', contract.errors, node),
  ];
}

function section(title: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'heading', level: 2, text: title }, ...blocks];
}

function paragraphs(...texts: readonly string[]): readonly Block[] {
  return texts.filter((text) => text.trim() !== '').map((text) => ({ kind: 'text', text: text.trim() }));
}

function currencyBlocks({ currencies }: core.Contract): readonly Block[] {
  const rows = currencies.map(({ name, decimals, kind }) => [
    `\`${name}\``,
    kind === 'mutual'
      ? 'mutual: members go below zero down to their credit limit'
      : 'issued: nobody goes below zero',
    `${decimals}`,
  ]);
  return section(
    'Currencies',
    rows.length === 0 ? [] : [{ kind: 'table', head: ['currency', 'kind', 'decimals'], rows }],
  );
}

function stateBlocks({ slots }: core.Contract, node: ast.Contract | null): readonly Block[] {
  const docs = new Map(
    (node?.members ?? []).flatMap((member) =>
      member.kind === 'state'
        ? member.fields.map((field) => [field.name.text, field.doc ?? ''] as const)
        : [],
    ),
  );
  const rows = slots
    .filter(({ ghost, gone }) => !ghost && gone !== true)
    .map(({ name, type }) => [`\`${name}\``, `\`${typeText(type)}\``, oneLine(docs.get(name) ?? '')]);
  return section(
    'What it remembers',
    rows.length === 0 ? [] : [{ kind: 'table', head: ['name', 'type', ''], rows }],
  );
}

/** Whether another version can take its place, and what this one made of the version before. */
function changeBlocks({ upgradable, predecessor, slots }: core.Contract): readonly Block[] {
  const fixed = 'It stays as it was deployed.';
  const open =
    'Another version can take its place. Who puts it there needs the permission `contract.upgrade` of the cooperative.';
  const text = upgradable === null ? fixed : open;
  if (predecessor === null) return [{ kind: 'text', text }];
  const named = (wanted: (slot: core.Slot, index: number) => boolean) =>
    slots.flatMap((slot, index) => (!slot.ghost && wanted(slot, index) ? [`\`${slot.name}\``] : []));
  const rows = [
    ['kept', named((_, index) => predecessor.kept.includes(index))],
    ['new', named(({ gone }, index) => gone !== true && !predecessor.kept.includes(index))],
    ['given up', named(({ gone }) => gone === true)],
  ] as const;
  const items = rows.flatMap(([what, names]) => (names.length === 0 ? [] : [`${what}: ${names.join(', ')}`]));
  const follows = `It follows version ${predecessor.version}. Of the state:`;
  return [
    { kind: 'text', text: `${text} ${follows}` },
    { kind: 'list', items },
  ];
}

function promiseBlocks({ invariants, histories }: core.Contract): readonly Block[] {
  const items = [
    ...invariants.map((clause) => `Always: ${said(clause)} (*${clause.name}*).`),
    ...histories.map((clause) => {
      const when = clause.always
        ? 'At every moment, compared with any before'
        : 'From before each call to after it';
      return `${when}: ${said(clause)} (*${clause.name}*).`;
    }),
  ];
  return section('What always holds', items.length === 0 ? [] : [{ kind: 'list', items }]);
}

/** What each `prove` says of calls one after the other. */
function proofBlocks({ proofs }: core.Contract): readonly Block[] {
  const items = proofs.map(({ title, params, steps, unproved }) => {
    const whatever = params.length === 0 ? '' : `, whatever \`${fieldsText(params)}\``;
    const expected = stepsOfProof(steps).flatMap((step) =>
      step.kind === 'expect' ? [`\`${step.clause.text}\``] : [],
    );
    return `${capital(title)}${whatever}: ${expected.join('; ')}${unproved ? ', which is not proved' : ''}.`;
  });
  return section('What holds of several calls', items.length === 0 ? [] : [{ kind: 'list', items }]);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function said({ text, unproved }: core.Clause): string {
  return `\`${text}\`${unproved ? ', which is not proved' : ''}`;
}

function entryBlocks(
  contract: core.Contract,
  artifact: Artifact,
  kind: Entry['kind'],
  title: string,
): readonly Block[] {
  const entries = artifact.entries.filter((entry) => entry.kind === kind);
  const shown =
    kind === 'init'
      ? entries.filter(({ params, doc, specs, takes }) => [...params, ...specs, ...takes, ...doc].length > 0)
      : entries;
  return section(
    title,
    shown.flatMap((entry) => entryOf(contract, artifact, entry)),
  );
}

function entryOf(contract: core.Contract, artifact: Artifact, entry: Entry): readonly Block[] {
  const fn = contract.functions[entry.function]!;
  const items = [
    ...(entry.kind === 'rule' ? [callersOf(entry.access), ...takesOf(artifact, entry)] : []),
    ...fn.requires.map((clause) => {
      const why = clause.message === null || clause.message === clause.text ? '' : `: “${clause.message}”`;
      return `Refuses unless \`${clause.text}\`${why}.`;
    }),
    ...fn.succeeds.map((clause) => `Succeeds whenever ${said(clause)}.`),
    ...fn.fails.map((clause) => `Fails whenever ${said(clause)}.`),
    ...fn.ensures.map((clause) => `Afterwards ${said(clause)}.`),
    ...fn.changes.map((clause) => `Changes nothing of the state but ${said(clause)}.`),
    ...(entry.open ? ['May lower accounts of others: it is marked `open`.'] : []),
    costOf(entry),
  ];
  return [
    { kind: 'heading', level: 3, text: `\`${signatureOf(fn)}\`` },
    ...paragraphs(entry.doc),
    { kind: 'list', items },
  ];
}

/** The bound, and how it follows from sizes. */
function costOf({ gasMax, specs }: Entry): string {
  const formula = specs.find((spec) => spec.startsWith('gas '));
  const parts = formula === undefined ? '' : `: \`${formula.slice('gas '.length)}\``;
  return `Costs at most ${gasMax.toLocaleString('en')} gas${parts}.`;
}

/** What was not proved and is checked instead: a call that would break it reverts. */
function guardBlocks(contract: core.Contract, { marks }: Artifact): readonly Block[] {
  const items = marks.flatMap(({ kind, clause }) => {
    const guard = kind === 'guard' ? guardOf(clause) : null;
    if (guard === null) return [];
    const text = clausesFor(contract, guard.rule).find(({ name }) => name === guard.name)?.text;
    return [`\`${guard.rule}\`: ${guard.kind} \`${text ?? guard.name}\``];
  });
  const text = 'These are not proved. A call that would break one reverts:';
  return items.length === 0
    ? []
    : [
        { kind: 'text', text },
        { kind: 'list', items },
      ];
}

/** The clauses that a call of a function is held to, those inside of the code apart. */
function clausesFor(
  { invariants, histories, functions }: core.Contract,
  rule: string,
): readonly core.Clause[] {
  const fn = functions.find(({ name }) => name === rule);
  return [...invariants, ...histories, ...(fn?.requires ?? []), ...(fn?.ensures ?? [])];
}

function signatureOf({ kind, name, params, result }: core.Function): string {
  if (kind === 'upgrade' || kind === 'hook') return name;
  const back = result.kind === 'Unit' ? '' : ` -> ${typeText(result)}`;
  return `${name}(${fieldsText(params)})${back}`;
}

function fieldsText(fields: readonly { readonly name: string; readonly type: Type }[]): string {
  return fields.map((field) => `${field.name}: ${typeText(field.type)}`).join(', ');
}

function callersOf({ reputation, permissions, contracts }: Access): string {
  const asked = [
    ...permissions.map((permission) => `the permission \`${permission}\``),
    ...reputation.map(({ context, score }) => `a reputation of at least ${score} in \`${context}\``),
  ];
  const members =
    asked.length === 0
      ? 'Anyone who is registered may call it'
      : `Whoever calls it needs ${asked.join(' and ')}`;
  return `${members}${contracts ? '; other contracts may call it, too' : ''}.`;
}

function takesOf({ currencies }: Artifact, { takes }: Entry): readonly string[] {
  const names = takes.map((index) => `\`${currencies[index]?.name ?? index}\``);
  if (names.length === 0) return ['Takes nothing from its caller.'];
  return [`May take ${names.join(' and ')} from its caller, at most what the caller allows for the call.`];
}

function eventBlocks(
  title: string,
  events: readonly core.EventDecl[],
  node: ast.Contract | null,
): readonly Block[] {
  const docs = new Map(
    (node?.members ?? []).flatMap((member) =>
      member.kind === 'event' || member.kind === 'error'
        ? [[member.name.text, member.doc ?? ''] as const]
        : [],
    ),
  );
  const items = events.map(({ name, fields }) => {
    const doc = oneLine(docs.get(name) ?? '');
    return `\`${name}(${fieldsText(fields)})\`${doc === '' ? '' : `: ${doc}`}`;
  });
  return section(title, items.length === 0 ? [] : [{ kind: 'list', items }]);
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
