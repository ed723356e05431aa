/** A contract written by hand that tries everything with money that a contract can try, and a world with members around it. */
import {
  applyGenesis,
  DEPLOY_PERMISSION,
  type Deployment,
  EMPTY,
  type Moment,
  type Overlay,
  overlay,
} from '../../host/index.ts';
import {
  type AbiField,
  type Artifact,
  didOfKey,
  type Entry,
  encodeArtifact,
  type FunctionCode,
  type Instruction,
  NO_LINEAGE,
  type Operand,
  type OpName,
  sha256,
  utf8,
  type WordType,
  withGasBounds,
} from '../../vm/index.ts';

export const MOMENT: Moment = { block: 1n, time: 1_700_000_000n };
export const COOPERATIVE = 'riverside';
export const HOURS = 'hours';
export const COIN = 'coin';
export const MEMBERS = ['alice', 'bob', 'carol'] as const;
export type Member = (typeof MEMBERS)[number];

/** A DID that names a key, as members' do; nothing is signed with it here. */
export function didOf(name: string): string {
  return didOfKey(sha256(utf8(name)));
}

/** Alice, Bob and Carol, who may owe 1,000 hours each and hold 500 coins each; Alice may deploy. */
export function makeWorld(): Overlay {
  const state = overlay(EMPTY);
  const members = MEMBERS.map((name) => ({
    did: didOf(name),
    key: sha256(utf8(name)),
    cooperatives: [COOPERATIVE],
    permissions: name === 'alice' ? [{ cooperative: COOPERATIVE, permission: DEPLOY_PERMISSION }] : [],
    limits: [{ currency: HOURS, floor: -1_000n }],
    holdings: [{ currency: COIN, amount: 500n }],
  }));
  const applied = applyGenesis(state, MOMENT, {
    cooperatives: [{ id: COOPERATIVE, name: 'Riverside' }],
    currencies: [
      { id: HOURS, cooperative: COOPERATIVE, name: 'hours', decimals: 2, kind: 'mutual' },
      { id: COIN, cooperative: COOPERATIVE, name: 'coin', decimals: 0, kind: 'issued' },
    ],
    members,
  });
  if (!applied.ok) throw new Error(applied.message);
  return state;
}

export function deployment(artifact: Artifact, more: Partial<Deployment>): Deployment {
  const standard = {
    creator: didOf('alice'),
    cooperative: COOPERATIVE,
    args: [],
    spends: [],
    gasLimit: 1_000_000,
  };
  return { artifact: encodeArtifact(artifact), ...standard, ...more };
}

const FROM: AbiField = { name: 'from', type: { kind: 'Did' } };
const TO: AbiField = { name: 'to', type: { kind: 'Did' } };
const AMOUNT: AbiField = { name: 'amount', type: { kind: 'Amount', currency: 0 } };

type Source = {
  readonly kind: Entry['kind'];
  readonly name: string;
  readonly params: readonly AbiField[];
  readonly words: readonly WordType[];
  readonly results?: readonly WordType[];
  readonly result?: Entry['result'];
  readonly code: readonly Instruction[];
};

const op = (name: OpName, ...operands: Operand[]): Instruction => ({ op: name, operands });
const MOVE = [op('Transfer', 0), op('Return')];

const SOURCES: readonly Source[] = [
  {
    kind: 'init',
    name: 'init',
    params: [AMOUNT],
    words: ['int'],
    code: [op('GetCaller'), op('GetSelf'), op('LocalGet', 0), ...MOVE],
  },
  {
    kind: 'rule',
    name: 'move',
    params: [FROM, TO, AMOUNT],
    words: ['did', 'did', 'int'],
    code: [op('LocalGet', 0), op('LocalGet', 1), op('LocalGet', 2), ...MOVE],
  },
  {
    kind: 'rule',
    name: 'twice',
    params: [TO, AMOUNT],
    words: ['did', 'int'],
    code: [
      op('GetCaller'),
      op('LocalGet', 0),
      op('LocalGet', 1),
      op('Transfer', 0),
      op('GetCaller'),
      op('LocalGet', 0),
      op('LocalGet', 1),
      ...MOVE,
    ],
  },
  {
    kind: 'rule',
    name: 'count',
    params: [],
    words: [],
    results: ['int'],
    result: { kind: 'Int' },
    code: [
      op('StateGet', 0, 0),
      op('Push', 1n),
      op('Add'),
      op('StateSet', 0, 0),
      op('StateGet', 0, 0),
      op('Return'),
    ],
  },
  {
    kind: 'rule',
    name: 'regret',
    params: [AMOUNT],
    words: ['int'],
    code: [
      op('Push', 7n),
      op('StateSet', 0, 0),
      op('GetCaller'),
      op('GetSelf'),
      op('LocalGet', 0),
      op('Transfer', 0),
      op('Revert', 0),
    ],
  },
  { kind: 'rule', name: 'propose', params: [], words: [], code: [op('CreateProposal'), op('Return')] },
  {
    kind: 'view',
    name: 'counted',
    params: [],
    words: [],
    results: ['int'],
    result: { kind: 'Int' },
    code: [op('StateGet', 0, 0), op('Return')],
  },
  {
    kind: 'view',
    name: 'known',
    params: [],
    words: [],
    results: ['bool'],
    result: { kind: 'Bool' },
    code: [op('VerifyDID'), op('Return')],
  },
  {
    kind: 'view',
    name: 'balance',
    params: [FROM],
    words: ['did'],
    results: ['int'],
    result: { kind: 'Amount', currency: 0 },
    code: [op('LocalGet', 0), op('Balance', 0), op('Return')],
  },
  {
    kind: 'view',
    name: 'can_pay',
    params: [FROM, AMOUNT],
    words: ['did', 'int'],
    results: ['bool'],
    result: { kind: 'Bool' },
    code: [op('LocalGet', 0), op('LocalGet', 1), op('CanPay', 0), op('Return')],
  },
  {
    kind: 'view',
    name: 'total',
    params: [],
    words: [],
    results: ['int'],
    result: { kind: 'Amount', currency: 0 },
    code: [op('Total', 0), op('Return')],
  },
];

/** `init(amount)` takes the amount from the deployer; `move` tries any payment; `regret` pays and then reverts. */
export const PURSE: Artifact = withGasBounds({
  name: 'Purse',
  meta: {
    version: '1.0.0',
    purpose: 'Holds hours.',
    doc: '',
    cooperative: '',
    dependencies: [],
    impact: { cpu: 0, memory: 0, network: 0, storage: 0, bandwidth: 0 },
  },
  constants: [{ type: 'text', value: 'changed my mind' }],
  currencies: [{ name: 'hours', decimals: 2, kind: 'mutual' }],
  capabilities: ['governance.write', 'identity.read', 'ledger.read', 'ledger.write'],
  storage: [{ name: 'counter', keys: [], fields: ['int'], type: { kind: 'Int' } }],
  events: [],
  errors: [],
  functions: SOURCES.map(functionOf),
  entries: SOURCES.map(entryOf),
  interfaces: [],
  offers: [],
  calls: [],
  claims: [],
  marks: [],
  lineage: NO_LINEAGE,
});

function functionOf({ name, words, results = [], code }: Source): FunctionCode {
  return { name, params: words, results, locals: words, code, positions: [] };
}

function entryOf({ kind, name, params, result = { kind: 'Unit' } }: Source, index: number): Entry {
  const access = { reputation: [], permissions: [], contracts: false };
  return {
    kind,
    name,
    function: index,
    params,
    result,
    access,
    open: false,
    everySeconds: 0,
    gasMax: 0,
    takes: [],
    doc: '',
    specs: [],
  };
}
