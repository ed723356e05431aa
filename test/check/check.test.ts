/** What the checker says about whole sources, as a reader sees it: each `.ccl` beside the diagnostics it gets. */
import { analyse } from '../../compiler/pipeline.ts';
import { renderDiagnostic } from '../../compiler/render.ts';
import { goldenTests, sourcesIn } from '../harness.ts';

goldenTests('check', '.ccl', ({ name, text }) => {
  const sources = sourcesIn(name, text);
  const { diagnostics } = analyse(sources, name);
  return diagnostics.map((found) => renderDiagnostic(found, sources, { colour: 'never' })).join('\n');
});
