/** The terminal as the commands see it: where answers and progress go, and whether there are colours. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue';

export type Terminal = {
  /** The answer: what a pipe should carry. */
  readonly out: (text: string) => void;
  /** Everything else: progress, questions, failures. */
  readonly note: (text: string) => void;
  /** The text in a style, or as it is where there are no colours. */
  readonly paint: (style: Style, text: string) => string;
  /** Colours on the stream of the notes. */
  readonly noteColour: boolean;
  readonly interactive: boolean;
};

const CODES: { readonly [style in Style]: readonly [number, number] } = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
};

/** Colours only on a terminal, and never with `NO_COLOR` or `--no-color`. */
export function openTerminal(argv: readonly string[]): Terminal {
  const refused = (process.env['NO_COLOR'] ?? '') !== '' || argv.includes('--no-color');
  const allowed = !refused && process.env['TERM'] !== 'dumb';
  const colour = allowed && process.stdout.isTTY === true;
  return {
    out: (text) => void process.stdout.write(text),
    note: (text) => void process.stderr.write(text),
    paint: (style, text) => (colour ? `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m` : text),
    noteColour: allowed && process.stderr.isTTY === true,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
  };
}

/** JSON for people and programs alike: 64-bit integers as decimal strings, bytes as hex. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, replaceValue, 2)}\n`;
}

/** A table: rows of cells, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** One line on standard error, for work that takes seconds; rewritten in place on a terminal, silent in a pipe. */
export function progress(terminal: Terminal, text: string): void {
  if (terminal.interactive) terminal.note(`\r\u001b[K${text}`);
}

export function endProgress(terminal: Terminal): void {
  if (terminal.interactive) terminal.note('\r\u001b[K');
}

/** Asks on the terminal without showing the answer: the echo is off before the question stands there. */
export function askSecret(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(question);
  return answerOf(reader, () => process.stderr.write('\n'));
}

/** Asks on the terminal. */
export function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin });
  process.stderr.write(question);
  return answerOf(reader, () => undefined);
}

function answerOf(reader: ReturnType<typeof createInterface>, after: () => unknown): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    reader.once('line', (line) => {
      answer = line;
      reader.close();
    });
    reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    reader.once('close', () => {
      after();
      resolve(answer);
    });
  });
}

function replaceValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}
