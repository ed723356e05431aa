/** Sources that have no mistakes, as the contracts of their core; the examples as they stand in the repository. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, type core, lowerProgram } from '../../compiler/index.ts';

const FILE = 'contract.ccl';
const EXAMPLES = join(import.meta.dirname, '../../examples');

/** The contracts of one file. Throws with the first mistake where there is one. */
export function lowered(text: string): readonly core.Contract[] {
  return loweredFrom(new Map([[FILE, text]]), FILE);
}

/** Those of the file `main` among others that it uses or follows. Throws with the first mistake where there is one. */
export function loweredFrom(sources: ReadonlyMap<string, string>, main: string): readonly core.Contract[] {
  const analysis = analyse(sources, main);
  const mistake = analysis.diagnostics.find(({ severity }) => severity === 'error');
  if (mistake !== undefined) throw new Error(`${mistake.code}: ${mistake.message}`);
  return lowerProgram(analysis).contracts;
}

/** The texts of the examples by their paths, in order. */
export function exampleSources(): ReadonlyMap<string, string> {
  const paths = globSync('*/*.ccl', { cwd: EXAMPLES }).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(EXAMPLES, path), 'utf8')]));
}
