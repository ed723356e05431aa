/**
 * The whole front end on one text: parse, check, show, format, lower, build. In: any text. Out: what is wrong with the
 * compiler, or null. A mistake of the text is no mistake of the compiler.
 */
import {
  analyse,
  build,
  checkSize,
  type Diagnostic,
  diagnosticToJson,
  format,
  hasErrors,
  lowerLibrary,
  lowerProgram,
  lowerTests,
  parse,
  renderDiagnostic,
  walk,
} from '../../compiler/index.ts';
import { decodeArtifact, encodeArtifact } from '../../vm/index.ts';

const FILE = 'fuzz.ccl';

/** How far a text came. */
export type Reached = 'unreadable' | 'wrong' | 'checked' | 'built';

export async function tryFront(text: string): Promise<Reached> {
  const parsed = parse(FILE, text);
  walk(parsed.tree, ({ kind, span }, parent) => {
    // What is missing stands behind the last word, where its parent may not have begun.
    const around = parent === null || kind === 'missing' ? { start: 0, end: text.length } : parent.span;
    expectInside(kind, span, around, text);
    return undefined;
  });
  const analysis = analyse(new Map([[FILE, text]]), FILE);
  for (const found of analysis.diagnostics) tryDiagnostic(found, text);
  const readable = !parsed.diagnostics.some(({ severity }) => severity === 'error');
  if (readable) await tryFormat(text);
  if (hasErrors(analysis)) return readable ? 'wrong' : 'unreadable';
  const library = lowerLibrary(analysis);
  const contracts = [
    ...lowerProgram(analysis).contracts,
    ...lowerTests(analysis).contracts,
    ...(library === null ? [] : [library]),
  ];
  for (const contract of contracts) {
    const artifact = build(contract, { claims: [], marks: [] });
    const tooLarge = checkSize(FILE, contract, artifact);
    for (const found of tooLarge) tryDiagnostic(found, text);
    if (tooLarge.length === 0 && !decodeArtifact(encodeArtifact(artifact)).ok)
      throw new Error(`the artifact of ${contract.name} does not decode`);
  }
  return contracts.length > 0 ? 'built' : 'checked';
}

type Span = { readonly start: number; readonly end: number };

function expectInside(what: string, inner: Span, outer: Span, text: string): void {
  const sound = 0 <= inner.start && inner.start <= inner.end && inner.end <= text.length;
  if (!sound || inner.start < outer.start || inner.end > outer.end)
    throw new Error(
      `the span of ${what} is ${inner.start}..${inner.end}, around it stands ${outer.start}..${outer.end}`,
    );
}

function tryDiagnostic(found: Diagnostic, text: string): void {
  const whole = { start: 0, end: text.length };
  const { code, span, related, fix } = found;
  expectInside(code, span, whole, text);
  for (const other of related) expectInside(`${code}, related`, other.span, whole, text);
  for (const edit of fix?.edits ?? []) expectInside(`${code}, fix`, edit.span, whole, text);
  const sources = new Map([[FILE, text]]);
  renderDiagnostic(found, sources, { colour: 'always' });
  JSON.stringify(diagnosticToJson(found, sources));
  if (/\{[A-Za-z]+\}/.test(`${found.message} ${found.help}`) && !/\{[A-Za-z]+\}/.test(text))
    throw new Error(`${code} has an open hole: ${found.message}`);
}

async function tryFormat(text: string): Promise<void> {
  const once = await format(text, { file: FILE });
  if (!once.ok) throw new Error('a source without syntax errors is not formatted');
  const twice = await format(once.text, { file: FILE });
  if (!twice.ok || twice.text !== once.text) throw new Error('formatting twice changes something');
}
