/** `ccl new NAME`: a folder with a small contract whose proof and test go through, to change from there. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { fail } from './failure.ts';
import { writeNewFile } from './file.ts';
import { command, type Shell } from './shell.ts';

export function declare(shell: Shell): Command {
  return command(
    'new <name>',
    'Starts a contract: makes a folder NAME with NAME.ccl, which verifies and has a test.',
    ['ccl new ToolLibrary'],
  ).action((name: string) => makeContract(shell, name));
}

function makeContract({ terminal }: Shell, name: string): void {
  if (!/^[A-Z][A-Za-z0-9]{0,63}$/.test(name))
    fail('C0208', { text: name, what: 'name for a contract', example: 'ToolLibrary' });
  const path = join(name, `${name}.ccl`);
  writeNewFile(path, STARTER.replaceAll('NAME', name));
  terminal.out(`${path}\n`);
  terminal.note(`Next: ccl verify ${path}, ccl test ${path}, ccl build ${path}\n`);
}

const STARTER = `/// Members thank each other, and everyone can see how often.
contract NAME {
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
  let book = deploy NAME() by alice;
  book.thank(alice) by bob;
  book.thank(alice) by carol;
  expect book.thanks_of(alice) == 2;
  expect book.thank(bob) by bob fails "nobody thanks themselves";
}
`;
