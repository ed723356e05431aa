/**
 * The corpus: small programs in assembly that were worth keeping, in `test/vm/corpus/`. The fuzzer adds those on which
 * the tiers differed; `npm test` replays all on both tiers.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Artifact, assemble, disassemble, hexOf, sha256, utf8, withGasBounds } from '../../vm/index.ts';

const FOLDER = join(import.meta.dirname, 'corpus');

export type Kept = { readonly name: string; readonly artifact: Artifact };

/** Every program, in the order of the names. */
export function readCorpus(): Kept[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.asm'));
  return names.sort().map((name) => {
    const assembled = assemble(readFileSync(join(FOLDER, name), 'utf8'));
    if (!assembled.ok) throw new Error(`${name}: ${JSON.stringify(assembled.errors)}`);
    return { name, artifact: withGasBounds(assembled.artifact) };
  });
}

/** Keeps a program under a name made of its text; gives the path. */
export function keep(artifact: Artifact): string {
  const text = disassemble(artifact);
  const path = join(FOLDER, `found-${hexOf(sha256(utf8(text))).slice(0, 12)}.asm`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** Numbers for `compareTiers` that depend on the name alone; `round` makes others. */
export function numbersOf(name: string, round: number): number[] {
  const bytes = sha256(utf8(`${name} ${round}`));
  return Array.from({ length: 8 }, (_, at) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(4 * at));
}
