/** Who is meant: a DID as it is, or `@FILE` for the DID of a key file. */
import { describeKeystore, readPrivateFile } from '../runtime/index.ts';
import { readArgument } from '../testing/index.ts';
import { type AbiField, type AbiValue, type Artifact, type Entry, isDidSyntax } from '../vm/index.ts';
import { fail } from './failure.ts';
import { failKey } from './keyfile.ts';

export function accountOf(text: string): string {
  if (text.startsWith('@')) return didOfFile(text.slice(1));
  return isDidSyntax(text)
    ? text
    : fail('C0208', { text, what: 'DID', example: 'did:icn:z6Mk… or @alice.key' });
}

/** The arguments of a call on a chain, in the form of the test world: `2.50 hours`, a DID or `@FILE`, `true`. */
export function argumentsOf(
  artifact: Artifact,
  entry: Entry | undefined,
  texts: readonly string[],
): readonly AbiValue[] {
  const params = entry?.params ?? [];
  if (params.length !== texts.length) {
    const form = `${entry?.name ?? 'init'}(${params.map((param) => param.name).join(', ')})`;
    fail('C0206', { entry: entry?.name ?? 'init', wanted: params.length, given: texts.length, form });
  }
  return params.map((param, at) => argumentOf(artifact, param, texts[at]!));
}

function argumentOf(artifact: Artifact, param: AbiField, text: string): AbiValue {
  const given = param.type.kind === 'Did' && text.startsWith('@') ? didOfFile(text.slice(1)) : text;
  const read = readArgument(given, param, artifact.currencies, () => accountOf(given));
  return read.ok ? read.value : fail('C0205', { reason: read.message });
}

function didOfFile(path: string): string {
  const file = readPrivateFile(path);
  if (!file.ok) return failKey(path, file);
  const described = describeKeystore(file.value);
  return described.ok ? described.value.did : failKey(path, described);
}
