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
      handleComments: { ownLine: staysInList, endOfLine: staysBehindList },
    },
  },
};

/** A comment while prettier looks for its node. */
type Placing = AnyNode & {
  leading?: boolean;
  trailing?: boolean;
  precedingNode?: Placing;
  followingNode?: Placing;
  comments?: Placing[];
};

/** A comment on its own line before a closing bracket belongs to the list, not to what follows the bracket. */
function staysInList(comment: Placing, text: string): boolean {
  if (!/^(?:\s|\/\/[^\n]*\n)*[)\]>]/.test(text.slice(comment.span.end))) return false;
  return attach(comment, comment.precedingNode, 'trailing');
}

/** A comment behind a closing bracket belongs to what follows, not to the last of the list. */
function staysBehindList(comment: Placing, text: string): boolean {
  const before = text.slice(0, comment.span.start).trimEnd();
  const listed = comment.precedingNode !== undefined && comment.precedingNode.span.end < before.length;
  return before.endsWith(')') && listed && attach(comment, comment.followingNode, 'leading');
}

function attach(comment: Placing, node: Placing | undefined, place: 'leading' | 'trailing'): boolean {
  if (node === undefined) return false;
  comment.leading = place === 'leading';
  comment.trailing = place === 'trailing';
  node.comments ??= [];
  node.comments.push(comment);
  return true;
}

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
