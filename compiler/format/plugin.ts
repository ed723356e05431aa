/** CCL for prettier: language, parser and printer. Comments are attached and printed by prettier's own algorithm. */
import type { Plugin } from 'prettier';
import type { AnyNode, SourceFile } from '../syntax/ast.ts';
import { childFields } from '../syntax/children.ts';
import { type Comment, parse } from '../syntax/parse.ts';
import { type Attached, type Columns, printComment, printNode } from './printer.ts';

type Root = SourceFile & { comments: readonly Comment[] };

export const PLUGIN: Plugin<Attached> = {
  languages: [{ name: 'CCL', parsers: ['ccl'], extensions: ['.ccl'], vscodeLanguageIds: ['ccl'] }],
  parsers: { ccl: { parse: parseForPrettier, astFormat: 'ccl', locStart, locEnd } },
  printers: {
    ccl: {
      print: (path, options, print, columns) =>
        printNode(path, options.originalText, print, columns as Columns | undefined),
      getVisitorKeys: (node) => [...childFields(node.kind)],
      canAttachComment: (node) => node.kind !== undefined && (node.kind as string) !== 'comment',
      printComment: (path, options) => printComment(path.node, options.originalText),
      isBlockComment: () => false,
    },
  },
};

/** Prettier writes into the tree; each call has its own. */
function parseForPrettier(text: string): Attached {
  const { tree, comments } = parse('', text);
  const root: Root = { ...tree, comments: comments.map((comment) => ({ ...comment })) };
  return root as unknown as Attached;
}

function locStart(node: AnyNode): number {
  return node.span.start;
}

function locEnd(node: AnyNode): number {
  return node.span.end;
}
