/** `ccl new NAME`: a folder with a project file and a small contract whose proofs and tests go through, to change from there. */
import { join } from 'node:path';
import type { Command } from 'commander';
import { format, nearestName } from '../compiler/index.ts';
import { fail } from './failure.ts';
import { writeNewFile } from './file.ts';
import { PROJECT_FILE } from './project.ts';
import { command, type Shell } from './shell.ts';
import { projectText, sourceOf, TEMPLATES, type Template } from './templates.ts';
import { columns, jsonText } from './terminal.ts';

type Options = { readonly template: string; readonly list?: true; readonly json?: true };

export function declare(shell: Shell): Command {
  return command(
    'new [name]',
    'Starts a project: makes a folder NAME with ccl.toml and NAME.ccl, which verifies and has tests.',
    ['ccl new ToolLibrary', 'ccl new Riverside --template timebank', 'ccl new --list'],
  )
    .option('--template <name>', 'what to start from', TEMPLATES[0]!.name)
    .option('--list', 'list the templates')
    .option('--json', 'print JSON')
    .action((name: string | undefined, options: Options) => makeProject(shell, name, options));
}

async function makeProject({ terminal }: Shell, named: string | undefined, options: Options): Promise<void> {
  if (options.list) {
    const rows = TEMPLATES.map(({ name, about }) => ({ template: name, about }));
    terminal.out(options.json ? jsonText(rows) : columns(rows.map((row) => [row.template, row.about])));
    return;
  }
  const name = named ?? fail('C0201', { reason: 'the project needs a name, as in `ccl new ToolLibrary`' });
  if (!/^[A-Z][A-Za-z0-9]{0,63}$/.test(name))
    fail('C0208', { text: name, what: 'name for a contract', example: 'ToolLibrary' });
  const template = templateNamed(options.template);
  const source = join(name, `${name}.ccl`);
  const project = join(name, PROJECT_FILE);
  // A name of another length moves what is aligned.
  const text = sourceOf(template, name);
  const formatted = await format(text, { file: source });
  writeNewFile(source, formatted.ok ? formatted.text : text);
  writeNewFile(project, projectText(name));
  if (options.json) terminal.out(jsonText({ source, project, template: template.name }));
  else {
    terminal.out(`${source}\n${project}\n`);
    terminal.note(`Next: cd ${name}, then ccl verify, ccl test, ccl build\n`);
  }
}

function templateNamed(name: string): Template {
  const names = TEMPLATES.map((template) => template.name);
  const nearest = nearestName(name, names) ?? names[0]!;
  const found = TEMPLATES.find((template) => template.name === name);
  return (
    found ?? fail('C0208', { text: name, what: 'template (`ccl new --list` shows all)', example: nearest })
  );
}
