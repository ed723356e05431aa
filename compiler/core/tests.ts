/**
 * Concrete tests as steps (language.md, section 8). There is no second evaluator: every expression of a test is a view
 * of one contract made for the file's tests, whose parameters are the values that the test has so far, and runs on
 * the VM. `check/tests/plan.ts` makes this; `testing/tests.ts` runs it.
 */
import type { Span } from '../syntax/ast.ts';

export type TestPlan = {
  readonly title: string;
  readonly span: Span;
  /** People of the test, in order of first mention. */
  readonly members: readonly TestMember[];
  /** What the test is generated for; null when it has no parameters. */
  readonly inputs: TestInputs | null;
  /** Values that expressions read, by number: members' DIDs, and what steps write. */
  readonly slots: readonly TestSlot[];
  readonly steps: readonly Step[];
};

/** `test invariants TimeBank;` */
export type InvariantsPlan = { readonly contract: string; readonly span: Span };

/** The parameters of a test, each with its slot. */
export type TestInputs = {
  readonly slots: readonly SlotId[];
  /** As written. */
  readonly params: readonly { readonly name: string; readonly type: string }[];
  /** A view that takes them: its own parameters tell their types. */
  readonly shape: Eval;
  /** The body of the test as written, braces included. */
  readonly body: string;
};

/** `value` slots are shown when an expectation that reads them fails; `text` is what the author wrote. */
export type TestSlot = { readonly kind: 'member' | 'value'; readonly text: string };
export type SlotId = number;

export type TestMember = {
  readonly name: string;
  readonly slot: SlotId;
  readonly floors: readonly { readonly currency: string; readonly amount: Eval }[];
  readonly permissions: readonly string[];
};

/** A view of a contract made for the tests, and the slots that are its arguments. */
export type Eval = {
  readonly contract: string;
  readonly view: string;
  readonly inputs: readonly SlotId[];
  readonly span: Span;
};

/** The number of a `deploy` within the test. */
export type DeployedId = number;

export type Spending = { readonly currency: string; readonly amount: Eval };

/** What a call is expected to do. `none`: the test cannot go on when it fails. */
export type Expectation =
  | { readonly kind: 'none' | 'succeeds' }
  /** `message` is the text of the refusal, `error` the error that is declared; both null: any failure. */
  | {
      readonly kind: 'fails';
      readonly message: string | null;
      readonly error: ExpectedError | null;
    };
/** Without arguments whatever they are. */
export type ExpectedError = { readonly name: string; readonly args: readonly Eval[] | null };

export type Step = { readonly span: Span } & (
  | {
      readonly kind: 'deploy';
      readonly deployed: DeployedId;
      readonly contract: string;
      readonly version: string;
      readonly name: string;
      readonly args: readonly Eval[];
      readonly by: Eval;
      readonly gasSlot: SlotId;
    }
  /** Another version takes the place of what `from` is; from then on it is `deployed`, too. */
  | {
      readonly kind: 'upgrade';
      readonly from: DeployedId;
      readonly deployed: DeployedId;
      readonly contract: string;
      readonly version: string;
      readonly name: string;
      readonly by: Eval;
      readonly expectation: Expectation;
    }
  /** `spending` is null when the caller spends freely. Slots are -1 when the result, or the gas, is not used. */
  | {
      readonly kind: 'call';
      readonly slot: SlotId;
      readonly deployed: DeployedId;
      readonly rule: string;
      readonly args: readonly Eval[];
      readonly by: Eval;
      readonly spending: Spending | null;
      readonly expectation: Expectation;
      readonly gasSlot: SlotId;
    }
  | {
      readonly kind: 'read';
      readonly slot: SlotId;
      readonly deployed: DeployedId;
      readonly view: string;
      readonly args: readonly Eval[];
      readonly expectation: Expectation;
      readonly gasSlot: SlotId;
    }
  | { readonly kind: 'account'; readonly slot: SlotId; readonly deployed: DeployedId }
  | { readonly kind: 'eval'; readonly slot: SlotId; readonly value: Eval }
  /** `value` is an option, and what it holds fills the slot. */
  | { readonly kind: 'unwrap'; readonly slot: SlotId; readonly value: Eval }
  | {
      readonly kind: 'if';
      readonly condition: Eval;
      readonly then: readonly Step[];
      readonly otherwise: readonly Step[];
    }
  /** `arm` gives the number of the case that fits. */
  | { readonly kind: 'match'; readonly arm: Eval; readonly arms: readonly (readonly Step[])[] }
  /** `slot` goes from `from` to below `to`. */
  | {
      readonly kind: 'repeat';
      readonly slot: SlotId;
      readonly from: Eval;
      readonly to: Eval;
      readonly body: readonly Step[];
    }
  | {
      readonly kind: 'payment';
      readonly currency: string;
      readonly amount: Eval;
      readonly from: Eval;
      readonly to: Eval;
    }
  /** The clock goes forward by a duration and stays there. */
  | { readonly kind: 'advance'; readonly duration: Eval }
  /** `slot` has the elements of a list, one after the other. */
  | { readonly kind: 'each'; readonly slot: SlotId; readonly items: Eval; readonly body: readonly Step[] }
  /** Inputs for which it is false are none that the test is about. */
  | { readonly kind: 'assume'; readonly condition: Eval }
  | { readonly kind: 'holds'; readonly condition: Eval; readonly text: string }
  /** About the last call; null arguments are not compared. */
  | { readonly kind: 'emits'; readonly event: string; readonly args: readonly Eval[] | null }
);
