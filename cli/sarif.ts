/** Diagnostics as SARIF 2.1.0, the form in which code hosts show findings beside the lines of a change. */
import { DIAGNOSTICS, type DiagnosticCode, type JsonDiagnostic, titleOf } from '../compiler/index.ts';
import { VERSION } from '../solver/index.ts';

/** One run. Lines and columns count from 1; paths are relative to the folder in which the command ran. */
export function sarifOf(diagnostics: readonly JsonDiagnostic[]): object {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'ccl',
            version: VERSION,
            rules: codes.map((code) => ruleOf(code as DiagnosticCode)),
          },
        },
        columnKind: 'unicodeCodePoints',
        results: diagnostics.map((found) => resultOf(found, codes)),
      },
    ],
  };
}

function ruleOf(code: DiagnosticCode): object {
  const { explanation, severity } = DIAGNOSTICS[code];
  return {
    id: code,
    shortDescription: { text: titleOf(code) },
    fullDescription: { text: explanation },
    defaultConfiguration: { level: severity },
  };
}

function resultOf(found: JsonDiagnostic, codes: readonly string[]): object {
  const { code, severity, message, label, help, related } = found;
  const parts = [
    label === '' ? message : `${message}: ${label}`,
    ...(help === null ? [] : [`help: ${help}`]),
  ];
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: parts.join('\n') },
    locations: [{ physicalLocation: placeOf(found) }],
    relatedLocations: related.map((other, id) => ({
      id,
      message: { text: other.label },
      physicalLocation: placeOf(other),
    })),
  };
}

function placeOf({ file, start, end }: Pick<JsonDiagnostic, 'file' | 'start' | 'end'>): object {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    artifactLocation: { uri },
    region: { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column },
  };
}
