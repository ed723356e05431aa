/** What the checker says about whole sources, as a reader sees it: each `.ccl` beside the diagnostics it gets. */
import { analyse } from '../../compiler/pipeline.ts';
import { renderDiagnostic } from '../../compiler/render.ts';
import { goldenTests } from '../harness.ts';

goldenTests('check', '.ccl', ({ name, text }) => {
  const sources = new Map([[name, text]]);
  const { diagnostics } = analyse(sources, name);
  return diagnostics.map((found) => renderDiagnostic(found, sources, { colour: 'never' })).join('\n');
});
