/**
 * What can go wrong between a person and the tools, once: a stable code, a sentence with typed holes, what to do, and
 * the exit code. Mistakes in a contract are diagnostics of the compiler; these are the shell's.
 */

/** Exit codes, as `ccl help` prints them. */
export const EXITS = {
  fine: { code: 0, meaning: 'done, and everything that was asked holds' },
  wrong: { code: 1, meaning: 'the contract, the test or the transaction is wrong' },
  usage: { code: 2, meaning: 'the command line is wrong' },
  environment: { code: 3, meaning: 'a file, a port, a node or a permission is not as needed' },
  defect: { code: 70, meaning: 'a defect of CCL itself' },
  interrupted: { code: 130, meaning: 'stopped by Ctrl-C; a node stops cleanly first' },
  unread: { code: 141, meaning: 'the program that read the output went away' },
} as const;
export type Exit = keyof typeof EXITS;

type Row = { readonly exit: Exit; readonly message: string; readonly help: string | null };

export const FAILURES = {
  // ---- C01xx: files ----------------------------------------------------------------------------
  C0101: {
    exit: 'environment',
    message: 'there is nothing at {path}',
    help: 'check the path; `ls` shows what is there',
  },
  C0102: {
    exit: 'environment',
    message: '{path} is a folder, and a file is needed',
    help: 'name the file inside it',
  },
  C0103: {
    exit: 'environment',
    message: '{path} cannot be used: {reason}',
    help: 'check who owns it and who may read and write it',
  },
  C0104: { exit: 'environment', message: '{path} is not UTF-8 text', help: 'save it as UTF-8' },
  C0105: {
    exit: 'environment',
    message: '{path} is larger than {bytesMax} bytes',
    help: 'split it, or check that it is the file you mean',
  },
  C0106: {
    exit: 'environment',
    message: '{path} exists already',
    help: 'choose another name, or remove it first',
  },
  C0107: {
    exit: 'wrong',
    message: '{path} is not a contract artifact: {reason}',
    help: 'artifacts are made by `ccl build` and `ccl asm`',
  },
  C0108: {
    exit: 'wrong',
    message: '{path} is not an assembly text: {reason}',
    help: '`ccl disasm` shows the form',
  },
  C0109: { exit: 'wrong', message: '{path} does not validate: {reason}', help: null },
  C0110: {
    exit: 'environment',
    message: '{path} exists already, and would be written over',
    help: 'choose another name, or give --force to write over it',
  },
  C0111: {
    exit: 'environment',
    message: 'there is no gas file at {path}',
    help: '`ccl test FILE --snapshot` writes it',
  },
  C0112: {
    exit: 'environment',
    message: '{path} is not a gas file',
    help: '`ccl test FILE --snapshot` writes one anew',
  },

  // ---- C02xx: the command line -----------------------------------------------------------------
  C0201: {
    exit: 'usage',
    message: '{reason}',
    help: '`ccl help` lists the commands, and `ccl help COMMAND` says how to use one',
  },
  C0202: {
    exit: 'wrong',
    message: '{path} holds no contract',
    help: 'a contract begins with `contract Name {`',
  },
  C0203: {
    exit: 'usage',
    message: '{path} holds several contracts: {names}',
    help: 'name one with --contract',
  },
  C0204: { exit: 'usage', message: '`{contract}` has no {what} named `{name}`', help: 'there are: {names}' },
  C0205: {
    exit: 'usage',
    message: '{reason}',
    help: 'amounts are written as "2.50 hours", accounts as a DID or @FILE for a key file',
  },
  C0206: {
    exit: 'usage',
    message: '`{entry}` takes {wanted} arguments, and {given} are given',
    help: 'it is called as {form}',
  },
  C0207: {
    exit: 'usage',
    message: '`{code}` is no code that CCL prints',
    help: 'codes look like E0104, W0501 and C0101; `ccl explain` without a code lists all',
  },
  C0208: { exit: 'usage', message: '`{text}` is no {what}', help: 'for example: {example}' },
  C0209: {
    exit: 'usage',
    message: '{path} does not end in {ending}',
    help: 'CCL sources are called Name.ccl',
  },
  C0210: {
    exit: 'usage',
    message: '{reason}',
    help: 'put -- before arguments that begin with -',
  },
  C0211: {
    exit: 'usage',
    message: '`{text}` cannot be the name of a member',
    help: 'a name has letters, digits and _, begins with no digit, and is no word of the language such as `self`: for example alice',
  },
  C0213: {
    exit: 'wrong',
    message: '{contract} is not built: clauses that are checked at run time: {count}',
    help: 'prove them, or build without --strict',
  },
  C0212: { exit: 'usage', message: '{options} do not go together', help: 'leave one of them out' },

  // ---- C03xx: keys -----------------------------------------------------------------------------
  C0301: {
    exit: 'environment',
    message: 'the key cannot be used: {reason} ({name})',
    help: '{help}',
  },
  C0302: {
    exit: 'usage',
    message: 'there is no terminal to ask for the passphrase',
    help: 'give --passphrase-file (a file of mode 0600) or --passphrase-fd',
  },
  C0303: { exit: 'usage', message: 'the two passphrases differ', help: 'nothing was written; try again' },
  C0304: {
    exit: 'usage',
    message: 'the passphrase is empty',
    help: 'a key without a passphrase is made with --dev, for throw-away chains only',
  },
  C0305: {
    exit: 'environment',
    message: '{path} is a throw-away key, and the chain {chain} was not made with --dev',
    help: 'use a key made without --dev',
  },
  C0306: {
    exit: 'environment',
    message: 'the file descriptor {descriptor} cannot be read: {reason}',
    help: 'open it in the shell: ccl … --passphrase-fd 3 3<file',
  },

  // ---- C04xx: nodes and transactions -----------------------------------------------------------
  C0401: { exit: 'environment', message: '{reason} ({name})', help: null },
  C0402: {
    exit: 'environment',
    message: 'no node answers at {url}: {reason}',
    help: 'start one with `ccl node start`, or give its address with --node',
  },
  C0403: { exit: 'wrong', message: 'the node refused: {reason} ({name})', help: null },
  C0404: {
    exit: 'environment',
    message: 'the answer of {url} is not one of a CCL node: {reason}',
    help: 'check the address given with --node',
  },
  C0405: {
    exit: 'wrong',
    message: 'the transaction failed: {reason} ({name})',
    help: 'it changed nothing but the sequence number and the gas of its sender',
  },
  C0406: {
    exit: 'environment',
    message: 'the transaction {hash} is in no block after {seconds} seconds',
    help: 'it may still come: ask with `ccl query tx {hash}`',
  },
  C0407: {
    exit: 'wrong',
    message: 'the call would fail: {reason} ({name})',
    help: 'nothing was signed or sent',
  },
  C0408: {
    exit: 'usage',
    message: 'nobody confirmed that this may be spent: {spends}',
    help: 'answer yes, or give --yes, or name the most with --spend',
  },
  C0409: { exit: 'wrong', message: 'the contract was dropped: {reason}', help: 'nothing was deployed' },
  C0410: { exit: 'wrong', message: '{what} is not proved: {reason}', help: 'do not trust this node' },
  C0411: {
    exit: 'wrong',
    message: '{contract} is not verified: {reason}',
    help: '`ccl verify` shows what is missing; a node deploys only what is proved',
  },
  C0412: {
    exit: 'usage',
    message: '`{name}` is a view: it is asked, not called',
    help: 'ask with `ccl query view`, which needs no key',
  },
  C0413: {
    exit: 'environment',
    message: 'the node at {url} went away before it answered: {reason}',
    help: 'the transaction {hash} may have been sent: ask with `ccl query tx {hash}` before you send another',
  },
  C0414: {
    exit: 'wrong',
    message: 'this is not the version that follows: {reason}',
    help: '`ccl query contract ID` says which version is deployed; keep the file that it was deployed from',
  },
  C0415: {
    exit: 'wrong',
    message: 'the upgrade was dropped: {reason}',
    help: 'the contract goes on as it was',
  },

  // ---- C05xx: proofs ---------------------------------------------------------------------------
  C0501: {
    exit: 'environment',
    message: 'neither z3 nor cvc5 is installed, so there is no second opinion',
    help: 'install one of them; on Debian: apt-get install z3 cvc5',
  },
  C0502: {
    exit: 'wrong',
    message: '{path} is not a certificate',
    help: '`ccl build` writes one beside the artifact',
  },
  C0503: {
    exit: 'usage',
    message: '{count} contracts were given, and a certificate is for one',
    help: 'name it with --contract',
  },

  // ---- C06xx: projects -------------------------------------------------------------------------
  C0601: { exit: 'usage', message: '{path}:{line}: {reason}', help: '{help}' },
  C0602: {
    exit: 'usage',
    message: 'no file is named, and there is no ccl.toml in this folder or above it',
    help: 'name a source, or start a project with `ccl new NAME`',
  },
  C0603: {
    exit: 'usage',
    message: '{path} names no source',
    help: 'put a source that ends in .ccl into one of its folders',
  },
  C0604: {
    exit: 'wrong',
    message: '{path} does not fit what is there: {names}',
    help: 'look at what changed; `ccl build` without --locked writes the file anew',
  },
  C0605: {
    exit: 'usage',
    message: 'two dependencies are called {name}: {one} and {other}',
    help: 'give one of them another name in ccl.toml',
  },
  C0606: {
    exit: 'environment',
    message: '{path} cannot be read',
    help: 'remove it; `ccl build` writes it anew',
  },

  // ---- C09xx: ours -----------------------------------------------------------------------------
  C0901: {
    exit: 'defect',
    message: 'this is a defect of CCL, not of your contract: {reason}',
    help: 'please report it with the command line and the file',
  },
} as const satisfies Record<string, Row>;

export type FailureCode = keyof typeof FAILURES;
export type Failure = {
  readonly code: FailureCode;
  readonly message: string;
  readonly help: string | null;
  readonly exit: Exit;
};

type HolesIn<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | HolesIn<Rest> : never;
type TextsOf<C extends FailureCode> = Exclude<(typeof FAILURES)[C]['message' | 'help'], null>;
type Holes<C extends FailureCode> = { readonly [H in HolesIn<TextsOf<C>>]: string | number | bigint };

/** Ends the command with this failure: `main.ts` catches it, prints it and sets the exit code. */
export function fail<C extends FailureCode>(code: C, holes: Holes<C>): never {
  const row: Row = FAILURES[code];
  const failure: Failure = {
    code,
    message: fill(row.message, holes),
    help: row.help === null ? null : fill(row.help, holes),
    exit: row.exit,
  };
  throw Object.assign(new Error(failure.message), { failure });
}

/** The failure behind an error that `fail` threw; null for any other. */
export function failureOf(error: unknown): Failure | null {
  return error instanceof Error && 'failure' in error ? (error.failure as Failure) : null;
}

/** As it is shown to people. */
export function failureText({ code, message, help }: Failure): string {
  return `error[${code}]: ${message}\n${help === null ? '' : `  help: ${help}\n`}`;
}

function fill(sentence: string, holes: Readonly<Record<string, string | number | bigint>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(holes[name] ?? whole));
}
