/** What `ccl new` can start: sources by name, proved and tested, in which the contract is called as the author says. */
import { join } from 'node:path';
import { readText } from './file.ts';

export type Template = {
  readonly name: string;
  readonly about: string;
  /** The source, in which the contract has this name. */
  readonly contract: string;
  readonly source: () => string;
};

const EXAMPLES = join(import.meta.dirname, '..', 'examples');

/** The first is what is started where none is named. */
export const TEMPLATES: readonly Template[] = [
  {
    name: 'minimal',
    about: 'members thank each other: one rule, one view, one test',
    contract: 'Book',
    source: () => MINIMAL,
  },
  example('timebank', 'TimeBank', 'members exchange hours of work'),
  {
    name: 'treasury',
    about: 'stewards pay out of a common purse, two of them each time',
    contract: 'Treasury',
    source: () => TREASURY,
  },
  example('dividend', 'Dividend', 'a surplus goes to members in proportion to what they bought'),
  example('agreement', 'Agreement', 'two sides agree on work and its price, step by step'),
];

/** The source of a template with the contract called `name`. */
export function sourceOf(template: Template, name: string): string {
  return template.source().replace(new RegExp(`\\b${template.contract}\\b`, 'g'), name);
}

/** The project file beside it. */
export function projectText(name: string): string {
  return `[project]
name = ${JSON.stringify(name)}
version = "0.1.0"
sources = ["."]

[network]
node = "http://127.0.0.1:26680"

[dependencies]
`;
}

function example(folder: string, contract: string, about: string): Template {
  return { name: folder, about, contract, source: () => readText(join(EXAMPLES, folder, `${contract}.ccl`)) };
}

const MINIMAL = `/// Members thank each other, and everyone can see how often.
contract Book {
  version "0.1.0";
  purpose "Members thank each other.";

  state {
    thanks: Map<Did, Int>;
    total: Int;
  }

  invariant adds_up: total == sum(thanks);
  invariant never_negative: forall d: Did { thanks[d] >= 0 };
  history only_grows: old(total) <= total;

  event Thanked(by: Did, member: Did);

  /// The caller thanks \`member\`.
  rule thank(member: Did)
    requires member != caller  else "nobody thanks themselves"
    requires total < 1_000_000 else "the book is full"
    ensures  thanks[member] == old(thanks[member]) + 1
    succeeds when member != caller && total < 1_000_000
  {
    thanks[member] += 1;
    total += 1;
    emit Thanked(caller, member);
  }

  view thanks_of(member: Did) -> Int
    ensures result == thanks[member]
    succeeds when true
  { return thanks[member]; }
}

test "a member is thanked" {
  let book = deploy Book() by alice;
  book.thank(alice) by bob;
  book.thank(alice) by carol;
  expect book.thanks_of(alice) == 2;
  expect book.thank(bob) by bob fails "nobody thanks themselves";
}
`;

const TREASURY = `/// A common purse: one steward proposes a payment, another one approves it, and then it is paid.
contract Treasury {
  version "0.1.0";
  purpose "Stewards pay out of a common purse, two of them each time.";
  uses ledger.write;

  currency coin { decimals 2 }

  struct Payment { proposer: Did, to: Did, amount: Amount<coin>, open: Bool }

  state {
    stewards: Set<Did, 20>;
    payments: Map<Int, Payment>;
    proposed: Int;
  }

  invariant counted: proposed >= 0;

  event Proposed(number: Int, to: Did, amount: Amount<coin>);
  event Paid(number: Int, approver: Did);

  init() { stewards.add(creator); }

  /// A steward makes \`member\` a steward, too.
  rule appoint(member: Did)
    requires caller in stewards  else "only stewards appoint"
    requires stewards.size < 20  else "there are twenty stewards already"
    ensures  member in stewards
  { stewards.add(member); }

  /// The payment with the number that comes back waits for a second steward.
  rule propose(to: Did, amount: Amount<coin>) -> Int
    requires caller in stewards   else "only stewards propose"
    requires amount > 0 coin      else "the amount must be positive"
    requires proposed < 1_000_000 else "the book is full"
    ensures  payments[result].open && payments[result].proposer == caller
  {
    let number = proposed;
    payments[number] = Payment { proposer: caller, to: to, amount: amount, open: true };
    proposed += 1;
    emit Proposed(number, to, amount);
    return number;
  }

  /// Pays: only what was proposed, once, and never on one steward's word.
  open rule approve(number: Int)
    requires caller in stewards                  else "only stewards approve"
    requires payments[number].open               else "nothing of that number waits"
    requires payments[number].proposer != caller else "another steward has to approve"
    ensures  !payments[number].open
    ensures  old(payments[number].proposer) != caller
  {
    payments[number].open = false;
    ledger.transfer(self, payments[number].to, payments[number].amount);
    emit Paid(number, caller);
  }

  view waiting(number: Int) -> Bool { return payments[number].open; }
}

test "two stewards pay" {
  let purse = deploy Treasury() by alice;
  purse.appoint(bob) by alice;
  transfer 10.00 coin from carol to purse.account;
  let number = purse.propose(dave, 4.00 coin) by alice;
  expect purse.approve(number) by alice fails "another steward has to approve";
  expect purse.approve(number) by carol fails "only stewards approve";
  purse.approve(number) by bob;
  expect ledger.balance(purse.account, coin) == 6.00 coin;
  expect purse.approve(number) by bob fails "nothing of that number waits";
}
`;
