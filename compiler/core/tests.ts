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
  /** Values that expressions read, by number: members' DIDs, and what steps write. */
  readonly slots: readonly TestSlot[];
  readonly steps: readonly Step[];
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
  /** `message` is the text of the refusal, or null for any failure. */
  | { readonly kind: 'fails'; readonly message: string | null };

export type Step = { readonly span: Span } & (
  | {
      readonly kind: 'deploy';
      readonly deployed: DeployedId;
      readonly contract: string;
      readonly name: string;
      readonly args: readonly Eval[];
      readonly by: Eval;
    }
  /** `spending` is null when the caller spends freely. `slot` is -1 when the result is not used. */
  | {
      readonly kind: 'call';
      readonly slot: SlotId;
      readonly deployed: DeployedId;
      readonly rule: string;
      readonly args: readonly Eval[];
      readonly by: Eval;
      readonly spending: Spending | null;
      readonly expectation: Expectation;
    }
  | {
      readonly kind: 'read';
      readonly slot: SlotId;
      readonly deployed: DeployedId;
      readonly view: string;
      readonly args: readonly Eval[];
      readonly expectation: Expectation;
    }
  | { readonly kind: 'account'; readonly slot: SlotId; readonly deployed: DeployedId }
  | { readonly kind: 'eval'; readonly slot: SlotId; readonly value: Eval }
  | {
      readonly kind: 'payment';
      readonly currency: string;
      readonly amount: Eval;
      readonly from: Eval;
      readonly to: Eval;
    }
  /** The clock goes forward by a duration and stays there. */
  | { readonly kind: 'advance'; readonly duration: Eval }
  | { readonly kind: 'holds'; readonly condition: Eval; readonly text: string }
  /** About the last call; null arguments are not compared. */
  | { readonly kind: 'emits'; readonly event: string; readonly args: readonly Eval[] | null }
);
