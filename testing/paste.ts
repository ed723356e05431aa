/** What was found, as CCL: a `test` that can be pasted into the source and fails for the same reason. */
import type { TestInputs } from '../compiler/index.ts';

/** A parameter's value in words. */
export type Given = { readonly name: string; readonly value: string };

/** The generated test for one input: its parameters become variables. */
export function pasteInputs(title: string, inputs: TestInputs, given: readonly Given[]): string {
  const lets = given.map(({ name, value }) => {
    const { type } = inputs.params.find((param) => param.name === name)!;
    return `  let ${name}: ${type} = ${value};`;
  });
  const inner = inputs.body
    .slice(1, -1)
    .replace(/^\s*\n/, '')
    .trimEnd();
  const body = inner.startsWith(' ') ? `  ${inner.trimStart()}` : inner;
  return `test ${JSON.stringify(`${title} (found)`)} {\n${lets.join('\n')}\n${body}\n}\n`;
}
