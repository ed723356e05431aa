/** What stands at an offset, as a reader wants to know it: signature or type, and documentation. */
import {
  type ast,
  type Declaration,
  type Entity,
  isDeclaration,
  KIND_WORDS,
  pathAt,
  typeText,
} from '../compiler/index.ts';
import type { Document } from './document.ts';
import { type Range, rangeOf } from './place.ts';

/** `contents` is Markdown. */
export type Hover = { readonly contents: string; readonly range: Range };

/** Null where there is nothing to say. */
export function hoverAt(document: Document, offset: number): Hover | null {
  const path = pathAt(document.analysis.tree, offset);
  const node = path.at(-1);
  if (node === undefined) return null;
  const said = node.kind === 'name' ? aboutName(document, node, path) : aboutType(document, node);
  return said === null ? null : { contents: said, range: rangeOf(document.starts, node.span) };
}

/** With what is proved of the clause around it. */
export function withAnswers(hover: Hover | null, answers: Hover | null): Hover | null {
  if (hover === null || answers === null) return hover ?? answers;
  return { ...hover, contents: `${hover.contents}\n\n---\n\n${answers.contents}` };
}

function aboutName(document: Document, name: ast.Name, path: readonly ast.AnyNode[]): string | null {
  const entity = document.analysis.entities.get(name);
  if (entity !== undefined) return aboutEntity(document, entity);
  const around = path.at(-2);
  return aboutType(document, name) ?? (around?.kind === 'field' ? aboutType(document, around) : null);
}

function aboutEntity(document: Document, entity: Entity): string {
  if (isDeclaration(entity))
    return page(signatureOf(document, entity), entity.doc ?? '', KIND_WORDS[entity.kind]);
  if (entity.kind === 'builtin') return page(entity.row.signature, entity.row.doc, null);
  const { name, params, result, doc, capability, reverts } = entity.row;
  const list = params.map((param) => `${param.name}: ${param.type}`).join(', ');
  const needs = `Needs \`uses ${capability};\`.`;
  const fails = reverts === null ? '' : ` Reverts when ${reverts}.`;
  return page(
    `${name}(${list})${result === 'Unit' ? '' : ` -> ${result}`}`,
    `${doc}\n\n${needs}${fails}`,
    null,
  );
}

/** How the declaration is written, up to its body. */
function signatureOf(document: Document, entity: Declaration): string {
  const { node } = entity;
  const written = (span: ast.Span) => dedented(document.analysis.text, span);
  if (entity.kind === 'variant') return `${entity.of.name.text}.${written(node.span)}`;
  switch (node.kind) {
    case 'contract':
      return `contract ${node.name.text}`;
    case 'rule':
    case 'view':
    case 'fn':
      return written({ start: node.span.start, end: node.body.span.start });
    case 'let':
      return `${node.mutable ? 'var' : 'let'} ${node.name.text}${typed(document, node.value)}`;
    case 'bindPattern':
    case 'binding':
      return `${node.name.text}${typed(document, node)}`;
    case 'forIn':
    case 'forRange':
      return `for ${node.variable.text}${typed(document, node)}`;
    case 'name':
      return `${node.text}${typed(document, node)}`;
    default:
      return written(node.span);
  }
}

function typed(document: Document, node: ast.AnyNode): string {
  const type = document.analysis.types.get(node);
  return type === undefined || type.kind === 'Error' ? '' : `: ${typeText(type)}`;
}

/** Nodes whose type is worth saying when nothing inside them stands at the offset. */
const VALUES: ReadonlySet<ast.AnyNode['kind']> = new Set<ast.AnyNode['kind']>([
  'name',
  'int',
  'amount',
  'percent',
  'duration',
  'time',
  'text',
  'bool',
  'did',
  'hex',
  'field',
  'index',
  'call',
  'binary',
  'unary',
  'quantifier',
  'if',
  'match',
  'tuple',
  'struct_',
]);

function aboutType({ analysis }: Document, node: ast.AnyNode): string | null {
  if (!VALUES.has(node.kind)) return null;
  const type = analysis.types.get(node);
  return type === undefined || type.kind === 'Error' || type.kind === 'Unit'
    ? null
    : page(typeText(type), '', null);
}

function page(code: string, doc: string, kind: string | null): string {
  const parts = [`\`\`\`ccl\n${code}\n\`\`\``];
  if (kind !== null) parts.push(`*${kind}*`);
  if (doc !== '') parts.push(doc);
  return parts.join('\n\n');
}

/** A stretch of the text without the indentation of its first line. */
function dedented(text: string, { start, end }: ast.Span): string {
  const indent = start - (text.lastIndexOf('\n', start - 1) + 1);
  const lines = text.slice(start, end).trimEnd().split('\n');
  return lines
    .map((line, at) => (at > 0 && line.slice(0, indent).trim() === '' ? line.slice(indent) : line))
    .join('\n');
}
