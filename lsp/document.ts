/** One source as an editor has it: its text and what the compiler knows about it. */
import { type Analysis, analyse, lineStarts } from '../compiler/index.ts';

export type Document = {
  readonly uri: string;
  readonly text: string;
  readonly starts: readonly number[];
  readonly analysis: Analysis;
};

/** Analyses a source. Its name in diagnostics and declarations is its URI. */
export function readDocument(uri: string, text: string): Document {
  return { uri, text, starts: lineStarts(text), analysis: analyse(new Map([[uri, text]]), uri) };
}
