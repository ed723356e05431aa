/**
 * Every host function of the language, once: from a row the checker takes the signature and the capability, code
 * generation the opcode, the verifier the model, the editor and the documentation the text. What has no row is
 * not in the language.
 */

export type Capability = 'ledger.read' | 'ledger.write';

/** `Currency` is the name of a declared currency; `Amount` is an amount of the currency at hand. */
export type ParamType = 'Did' | 'Amount' | 'Currency';

export type HostFunction = {
  /** As written: `module.function`. */
  readonly name: string;
  readonly capability: Capability;
  readonly opcode: 'Transfer' | 'Balance' | 'CanPay' | 'Total';
  readonly params: readonly { readonly name: string; readonly type: ParamType }[];
  readonly result: 'Unit' | 'Amount' | 'Bool';
  /** May stand in specifications: it reads and cannot revert. */
  readonly readable: boolean;
  /** When it reverts, over readable state, in the notation of language.md, section 5; null when it never does. */
  readonly reverts: string | null;
  /** The model that `verify/` gives it. */
  readonly model: 'transfer' | 'balance' | 'canPay' | 'total';
  readonly doc: string;
};

export const HOST_FUNCTIONS: readonly HostFunction[] = [
  {
    name: 'ledger.transfer',
    capability: 'ledger.write',
    opcode: 'Transfer',
    params: [
      { name: 'from', type: 'Did' },
      { name: 'to', type: 'Did' },
      { name: 'amount', type: 'Amount' },
    ],
    result: 'Unit',
    readable: false,
    reverts:
      'amount < 0, or to is null, or from is neither self, nor the caller within the spending limit, nor an account with a mandate that covers it, or !ledger.can_pay(from, amount), or an account is frozen',
    model: 'transfer',
    doc: 'Moves `amount` from one account to another. From the own account, from the caller up to the spending limit, or under a mandate; reverts when the payer cannot pay.',
  },
  {
    name: 'ledger.balance',
    capability: 'ledger.read',
    opcode: 'Balance',
    params: [
      { name: 'account', type: 'Did' },
      { name: 'currency', type: 'Currency' },
    ],
    result: 'Amount',
    readable: true,
    reverts: null,
    model: 'balance',
    doc: 'The balance of an account in a currency; negative down to the credit limit in mutual currencies.',
  },
  {
    name: 'ledger.can_pay',
    capability: 'ledger.read',
    opcode: 'CanPay',
    params: [
      { name: 'account', type: 'Did' },
      { name: 'currency', type: 'Currency' },
      { name: 'amount', type: 'Amount' },
    ],
    result: 'Bool',
    readable: true,
    reverts: null,
    model: 'canPay',
    doc: 'Whether the account can pay the amount: its balance less the amount is not below its floor.',
  },
  {
    name: 'ledger.total',
    capability: 'ledger.read',
    opcode: 'Total',
    params: [{ name: 'currency', type: 'Currency' }],
    result: 'Amount',
    readable: true,
    reverts: null,
    model: 'total',
    doc: 'What circulates of a currency: the sum of all positive balances.',
  },
];
