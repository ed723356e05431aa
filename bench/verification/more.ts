/**
 * Cases of our own beside the shared ones, of the same form (`tasks.ts`): common kinds of contracts, each right and with
 * small mistakes. The table stands on top of each file, `//= property truths`, one letter a version; the truths were
 * derived by hand.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { select, type Task, type Truth } from './tasks.ts';

const FOLDER = join(import.meta.dirname, 'more');

export const MORE: readonly string[] = globSync('*.ccl', { cwd: FOLDER })
  .map((path) => basename(path, '.ccl'))
  .sort();

/** Every task of a case, by property and version. */
export function moreTasksOf(name: string): readonly Task[] {
  const lines = readFileSync(join(FOLDER, `${name}.ccl`), 'utf8').split('\n');
  const table = lines.filter((line) => line.startsWith(ROW));
  const template = lines.slice(table.length).join('\n');
  return table.flatMap((row) => {
    const [property, truths] = row.slice(ROW.length).split(' ') as [string, string];
    return [...truths].map((truth, i): Task => {
      const version = `v${i + 1}`;
      const { source, places } = select(template, version, property);
      return { case: name, version, property, truth: truth as Truth, sameTruth: false, source, places };
    });
  });
}

// ---- private -----------------------------------------------------------------------------------

const ROW = '//= ';
