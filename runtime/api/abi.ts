/** An artifact's interface as JSON: what a client needs to call it and to read its events. */
import type { AbiField, AbiType, Artifact } from '../../vm/index.ts';
import type { Json } from './values.ts';

export function renderAbi({
  name,
  meta,
  currencies,
  capabilities,
  entries,
  events,
  errors,
  interfaces,
  offers,
  storage,
  marks,
  lineage,
}: Artifact): Json {
  const type = (shape: AbiType): Json => renderType(shape, currencies);
  const field = (shape: AbiField): Json => ({ name: shape.name, type: type(shape.type) });
  return {
    name,
    version: meta.version,
    purpose: meta.purpose,
    doc: meta.doc,
    capabilities,
    currencies: currencies.map((currency) => ({ ...currency })),
    entries: entries.map((entry) => ({
      kind: entry.kind,
      name: entry.name,
      params: entry.params.map(field),
      result: type(entry.result),
      open: entry.open,
      gasMax: String(entry.gasMax),
      takes: entry.takes.map((index) => currencies[index]?.name ?? String(index)),
      access: {
        reputation: entry.access.reputation.map(({ context, score }) => ({
          context,
          score: score.toString(),
        })),
        permissions: entry.access.permissions,
        contracts: entry.access.contracts,
      },
      doc: entry.doc,
      specs: entry.specs,
    })),
    events: events.map((event) => ({ name: event.name, fields: event.fields.map(field) })),
    errors: errors.map((error) => ({ name: error.name, fields: error.fields.map(field) })),
    interfaces: interfaces.map((offered, index) => ({
      name: offered.name,
      implemented: offers.includes(index),
      methods: offered.methods.map((method) => ({
        kind: method.kind,
        name: method.name,
        params: method.params.map(field),
        result: type(method.result),
        gasMax: String(method.gasMax),
        clauses: method.clauses,
      })),
    })),
    state: storage.flatMap((slot, index) =>
      slot.type === null || lineage.predecessor?.gone.includes(index)
        ? []
        : [{ name: slot.name, type: type(slot.type) }],
    ),
    upgradable: lineage.upgradable !== null,
    follows: lineage.predecessor?.version ?? null,
    marks: marks.map((mark) => ({ ...mark })),
  };
}

function renderType(shape: AbiType, currencies: Artifact['currencies']): Json {
  const type = (inner: AbiType): Json => renderType(inner, currencies);
  switch (shape.kind) {
    case 'Amount':
      return { kind: 'Amount', currency: currencies[shape.currency]?.name ?? String(shape.currency) };
    case 'Struct':
      return {
        kind: 'Struct',
        name: shape.name,
        fields: shape.fields.map((field) => ({ name: field.name, type: type(field.type) })),
      };
    case 'Tuple':
      return { kind: 'Tuple', items: shape.items.map(type) };
    case 'Enum':
      return {
        kind: 'Enum',
        name: shape.name,
        variants: shape.variants.map((variant) => ({
          name: variant.name,
          fields: variant.fields.map((field) => ({ name: field.name, type: type(field.type) })),
        })),
      };
    case 'Option':
      return { kind: 'Option', item: type(shape.item) };
    case 'Map':
      return { kind: 'Map', key: type(shape.key), value: type(shape.value) };
    case 'List':
    case 'Set':
      return { kind: shape.kind, item: type(shape.item), capacity: shape.capacity };
    default:
      return { kind: shape.kind };
  }
}
