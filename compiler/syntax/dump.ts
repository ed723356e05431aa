/**
 * A syntax tree as indented text, one node a line: kind, what it says itself, span. For `--dump` and golden files.
 */
import type { AnyNode } from './ast.ts';
import { childFields } from './children.ts';

/** `(kind value… @start-end` and below it the children, each under the name of its field. */
export function dumpTree(root: AnyNode): string {
  const lines: string[] = [];
  dumpNode(root, '', '', lines);
  return `${lines.join('\n')}\n`;
}

function dumpNode(node: AnyNode, indent: string, field: string, lines: string[]): void {
  const label = field === '' ? '' : `${field}: `;
  if (node.kind === 'name') {
    lines.push(`${indent}${label}${node.text}`);
    return;
  }
  const { start, end } = node.span;
  lines.push(`${indent}${label}(${[node.kind, ...ownValues(node)].join(' ')} @${start}-${end}`);
  const fields = node as unknown as Readonly<Record<string, AnyNode | readonly AnyNode[] | null>>;
  for (const name of childFields(node.kind)) dumpField(fields[name] ?? null, `${indent}  `, name, lines);
  lines[lines.length - 1] += ')';
}

function dumpField(
  child: AnyNode | readonly AnyNode[] | null,
  indent: string,
  name: string,
  lines: string[],
): void {
  if (child === null) return;
  if (!Array.isArray(child)) {
    dumpNode(child as AnyNode, indent, name, lines);
    return;
  }
  for (const item of child as readonly AnyNode[]) dumpNode(item, indent, name, lines);
}

/** What a node holds besides its children: `text="why"`, `op=+`, `unproved`. */
function ownValues(node: AnyNode): string[] {
  const children = new Set(childFields(node.kind));
  return Object.entries(node)
    .filter(([name]) => name !== 'kind' && name !== 'span' && !children.has(name))
    .flatMap(([name, value]) => ownValue(name, value));
}

function ownValue(name: string, value: unknown): string[] {
  if (value === null || value === false) return [];
  if (value === true) return [name];
  if (name === 'op' || name === 'digits' || name === 'unit' || name === 'quantifier') return [String(value)];
  return [`${name}=${JSON.stringify(value)}`];
}
