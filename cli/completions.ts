/** `ccl completions bash|zsh|fish`: completions for a shell, made from the commands themselves. */
import type { Command } from 'commander';
import { COMMANDS, declared } from './commands.ts';
import { fail } from './failure.ts';
import { command, type Shell } from './shell.ts';

/** A command at the end of some words, such as `query balance`; `inner` is what may stand next, and then no file does. */
type Place = {
  readonly words: readonly string[];
  readonly about: string;
  readonly inner: readonly string[];
  readonly options: readonly { readonly flags: readonly string[]; readonly about: string }[];
};

const SHELLS: Readonly<Record<string, (places: readonly Place[]) => string>> = { bash, zsh, fish };

export function declare(shell: Shell): Command {
  return command('completions <shell>', 'Prints completions for bash, zsh or fish.', [
    'ccl completions bash > ~/.local/share/bash-completion/completions/ccl',
    'ccl completions zsh > ~/.zsh/completions/_ccl',
    'ccl completions fish > ~/.config/fish/completions/ccl.fish',
  ]).action(async (name: string) => {
    const make = Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined;
    if (make === undefined) fail('C0208', { text: name, what: 'shell that CCL knows', example: 'bash' });
    else shell.terminal.out(make(await allPlaces(shell)));
  });
}

async function allPlaces(shell: Shell): Promise<readonly Place[]> {
  const commands = await Promise.all(COMMANDS.map((entry) => declared(entry, shell)));
  const names = COMMANDS.map(({ name }) => name);
  const top: Place = { words: [], about: '', inner: [...names, 'help'], options: [HELP, VERSION] };
  const help: Place = { words: ['help'], about: 'Shows the help of a command', inner: names, options: [] };
  return [top, ...commands.flatMap((each) => placesOf(each, [])), help];
}

const HELP = { flags: ['-h', '--help'], about: 'print this help' };
const VERSION = { flags: ['-V', '--version'], about: 'print the version' };

function placesOf(made: Command, above: readonly string[]): Place[] {
  const words = [...above, made.name()];
  const shells = made.name() === 'completions' ? Object.keys(SHELLS) : [];
  const inner = [...made.commands.map((each) => each.name()), ...shells];
  const options = made.options.map(({ short, long, description }) => ({
    flags: [short, long].filter((flag) => flag !== undefined && flag !== null),
    about: description,
  }));
  const own: Place = { words, about: summaryOf(made.description()), inner, options: [...options, HELP] };
  return [own, ...made.commands.flatMap((each) => placesOf(each, words))];
}

/** The first sentence. */
function summaryOf(text: string): string {
  return text.split(/[.;:](?: |$)/)[0] ?? '';
}

function bash(places: readonly Place[]): string {
  const cases = places.map(
    ({ words, inner, options }) =>
      `    "${words.join(' ')}") offered="${[...inner, ...options.flatMap(({ flags }) => flags)].join(' ')}" ;;`,
  );
  const known = places.filter(({ words }) => words.length > 0).map(({ words }) => `"${words.join(' ')}"`);
  return `# Completions of ccl for bash. Made by \`ccl completions bash\`.
_ccl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" place="" longer offered="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    longer="\${place:+$place }$word"
    case "$longer" in ${known.join('|')}) place="$longer" ;; esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _ccl ccl
`;
}

function zsh(places: readonly Place[]): string {
  const cases = places.map((place) => {
    const inner = place.inner.map((name) => {
      const words = [...place.words, name].join(' ');
      return described(name, places.find((each) => each.words.join(' ') === words)?.about ?? '');
    });
    const options = place.options.flatMap(({ flags, about }) => flags.map((flag) => described(flag, about)));
    const files = inner.length === 0 ? ' files=1' : '';
    return `    "${place.words.join(' ')}") offered=(${[...inner, ...options].join(' ')})${files} ;;`;
  });
  const known = places.filter(({ words }) => words.length > 0).map(({ words }) => `"${words.join(' ')}"`);
  return `#compdef ccl
# Completions of ccl for zsh. Made by \`ccl completions zsh\`.
_ccl() {
  local place="" longer word
  local -a offered
  local -i files=0
  for word in "\${(@)words[2,CURRENT-1]}"; do
    longer="\${place:+$place }$word"
    case "$longer" in ${known.join('|')}) place="$longer" ;; esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  _describe 'ccl' offered
  if (( files )); then _files; fi
}
_ccl "$@"
`;
}

/** \`'name:what it does'\`, with what would end it escaped. */
function described(name: string, about: string): string {
  return `'${name}:${about.replaceAll("'", "'\\''").replaceAll(':', '\\:')}'`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap((place) => {
    const when = ['__ccl_at', ...place.words].join(' ');
    const files = place.inner.length === 0 ? [] : [`complete -c ccl -n '${when}' -f`];
    const inner = place.inner.map((name) => {
      const words = [...place.words, name].join(' ');
      const about = places.find((each) => each.words.join(' ') === words)?.about ?? '';
      return `complete -c ccl -n '${when}' -a ${name} -d ${fishText(about)}`;
    });
    const options = place.options.map(({ flags, about }) => {
      const named = flags.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      return `complete -c ccl -n '${when}' ${named.join(' ')} -d ${fishText(about)}`;
    });
    return [...files, ...inner, ...options];
  });
  const known = places.filter(({ words }) => words.length > 0).map(({ words }) => `'${words.join(' ')}'`);
  return `# Completions of ccl for fish. Made by \`ccl completions fish\`.
function __ccl_at -d 'Whether these words are the command so far'
  set -l place
  for word in (commandline -opc)[2..]
    set -l longer $place $word
    if contains -- "$longer" ${known.join(' ')}
      set place $longer
    end
  end
  test "$place" = "$argv"
end
${lines.join('\n')}
`;
}

function fishText(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
