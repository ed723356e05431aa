/** What parses and is not in this version of CCL yet, in an author's words. */
import { HOST_EVENTS } from '../builtins.ts';
import type { AnyNode } from '../syntax/ast.ts';

/** What does the same in this version. */
export function insteadOf(node: AnyNode): string | undefined {
  return node.kind === 'hook'
    ? 'a hook that the clock runs is there: `on every 30d gas n { … }`; so is a rule, which somebody calls when it is time'
    : undefined;
}

/** The construct's name for a message, or null when this version has it. */
export function unsupportedWord(node: AnyNode): string | null {
  if (node.kind !== 'hook' || node.trigger.kind !== 'onEvent') return null;
  const { text } = node.trigger.name;
  const event = HOST_EVENTS.find(({ name }) => name === text);
  return event === undefined || event.built
    ? null
    : `\`on ${event.name}\` (an event of the host module \`${event.module}\`)`;
}
