/** Core contracts and their parts by hand, with what a test does not care about filled in. */
import { BOOL, DID, INT, type Scalar, type Type } from '../../compiler/check/types.ts';
import type * as core from '../../compiler/core/core.ts';

export const SPAN = { start: 0, end: 0 };
export const NO_ACCESS: core.Access = { reputation: [], permissions: [], contracts: false };

export function contractOf(parts: Partial<core.Contract>): core.Contract {
  return {
    name: 'Sample',
    doc: '',
    version: '1.0.0',
    purpose: '',
    capabilities: ['ledger.read', 'ledger.write'],
    access: NO_ACCESS,
    currencies: [{ name: 'hours', decimals: 2, kind: 'mutual' }],
    slots: [],
    events: [],
    errors: [],
    interfaces: [],
    functions: [],
    invariants: [],
    histories: [],
    proofs: [],
    didLiterals: [],
    dependencies: [],
    upgradable: null,
    predecessor: null,
    span: SPAN,
    ...parts,
  };
}

export function functionOf(
  parts: Partial<core.Function> & Pick<core.Function, 'kind' | 'name'>,
): core.Function {
  return {
    doc: '',
    params: [],
    result: { kind: 'Unit' },
    resultWords: [],
    locals: [],
    body: [],
    requires: [],
    ensures: [],
    succeeds: [],
    fails: [],
    changes: [],
    access: NO_ACCESS,
    open: false,
    span: SPAN,
    ...parts,
  };
}

export function valueSlot(name: string, type: Scalar): core.Slot {
  return {
    kind: 'value',
    name,
    type,
    keys: [],
    fields: [{ path: '', type, guards: [] }],
    capacity: 0,
    ghost: false,
    span: SPAN,
  };
}

export function mapSlot(name: string, key: Scalar, value: Type, fields: core.Slot['fields']): core.Slot {
  const type: Type = { kind: 'Map', key, value };
  return { kind: 'map', name, type, keys: [key], fields, capacity: 0, ghost: false, span: SPAN };
}

export function setSlot(name: string, item: Type, keys: readonly Scalar[], capacity: number): core.Slot {
  const type: Type = { kind: 'Set', item, capacity };
  return { kind: 'set', name, type, keys, fields: [], capacity, ghost: false, span: SPAN };
}

/** The contract that random programs run in: every kind of slot, a currency, an event. */
export const PLAYGROUND = {
  pair: {
    kind: 'Struct',
    declared: 0,
    name: 'Pair',
    fields: [
      { name: 'count', type: INT },
      { name: 'seen', type: BOOL },
    ],
  } as const satisfies Type,
  element: { kind: 'Tuple', items: [DID, INT] } as const satisfies Type,
};

export function playgroundSlots(): core.Slot[] {
  const { pair, element } = PLAYGROUND;
  const fields = [
    { path: 'count', type: INT, guards: [] },
    { path: 'seen', type: BOOL, guards: [] },
  ];
  return [
    valueSlot('total', INT),
    valueSlot('owner', DID),
    mapSlot('pairs', DID, pair, fields),
    setSlot('members', DID, [DID], 3),
    setSlot('votes', element, [DID, INT], 2),
    { kind: 'value', name: 'last', type: pair, keys: [], fields, capacity: 0, ghost: false, span: SPAN },
  ];
}
