/**
 * The work of `vm.ts` as bytecode of the Ethereum virtual machine, for peers that run it: the four loops assembled by
 * hand, the rest compiled from `Work.sol`. Words are 256 bits wide and a loop has more operations than ours: what
 * compares is a turn of the same loop.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs bytecode on some data to its end and gives the word that it returns. */
export type Evm = (code: Uint8Array, data?: Uint8Array) => Promise<bigint>;

/** Bytecode of a loop by name, for a number of turns. */
export function evmCode(name: string, turns: number): Uint8Array {
  const { start, body } = LOOPS[name]!;
  const again = `PUSH 1 ADD DUP1 PUSH ${turns} GT :turn JUMPI`;
  return assemble(
    `PUSH ${start} PUSH 0 turn: ${body} ${again} POP PUSH 0 MSTORE PUSH 32 PUSH 0 RETURN`.split(' '),
  );
}

/** `@ethereumjs/evm`, or null where it is not installed. Storage stays from call to call. */
export async function ethereumjs(): Promise<Evm | null> {
  const names = ['@ethereumjs/evm', '@ethereumjs/util'];
  const found = await Promise.all(names.map((name) => import(name))).catch(() => null);
  if (found === null) return null;
  const [{ createEVM }, { Account, createZeroAddress }] = found as [EvmPackage, UtilPackage];
  const evm = await createEVM();
  const self = createZeroAddress();
  await evm.stateManager.putAccount(self, new Account());
  let placed: Uint8Array | null = null;
  return async (code, data = new Uint8Array()) => {
    // For code that calls itself.
    if (data.length > 0 && placed !== code) await evm.stateManager.putCode(self, code);
    if (data.length > 0) placed = code;
    const { exceptionError, returnValue } = await evm.runCode({ code, data, gasLimit: 2n ** 50n });
    if (exceptionError !== undefined) throw new Error(`the EVM fails: ${JSON.stringify(exceptionError)}`);
    return BigInt(`0x${Buffer.from(returnValue).toString('hex')}`);
  };
}

type EvmPackage = {
  readonly createEVM: () => Promise<{
    readonly runCode: (
      call: object,
    ) => Promise<{ readonly exceptionError?: unknown; readonly returnValue: Uint8Array }>;
    readonly stateManager: {
      readonly putAccount: (address: unknown, account: unknown) => Promise<void>;
      readonly putCode: (address: unknown, code: Uint8Array) => Promise<void>;
    };
  }>;
};
type UtilPackage = { readonly Account: new () => unknown; readonly createZeroAddress: () => unknown };

/** `Work.sol`: its code when deployed, and what calls a function. */
export type Solidity = {
  readonly code: Uint8Array;
  readonly call: (signature: string, words: readonly bigint[]) => Uint8Array;
};

/** Compiles `Work.sol`, or gives null where `solc` is not installed. */
export async function solidity(): Promise<Solidity | null> {
  const name = 'solc';
  const found = (await import(name).catch(() => null)) as null | {
    default: { compile: (input: string) => string };
  };
  if (found === null) return null;
  const content = readFileSync(join(import.meta.dirname, 'Work.sol'), 'utf8');
  const settings = {
    optimizer: { enabled: true, runs: 1_000_000 },
    outputSelection: { '*': { '*': ['evm.deployedBytecode.object', 'evm.methodIdentifiers'] } },
  };
  const input = { language: 'Solidity', sources: { 'Work.sol': { content } }, settings };
  const output = JSON.parse(found.default.compile(JSON.stringify(input)));
  const contract = output.contracts?.['Work.sol']?.Work;
  if (contract === undefined) throw new Error(`solc: ${JSON.stringify(output.errors)}`);
  const selectors: Readonly<Record<string, string>> = contract.evm.methodIdentifiers;
  return {
    code: Buffer.from(contract.evm.deployedBytecode.object, 'hex'),
    call: (signature, words) =>
      Buffer.from(
        selectors[signature]! + words.map((word) => word.toString(16).padStart(64, '0')).join(''),
        'hex',
      ),
  };
}

/** On the stack: `x`, and the turn on top. */
const LOOPS: Readonly<Record<string, { readonly start: number; readonly body: string }>> = {
  sum: { start: 0, body: 'DUP1 SWAP2 ADD SWAP1' },
  lcg: {
    start: 1,
    body: 'SWAP1 PUSH 1103515 MUL PUSH 12345 ADD PUSH 2147483647 SWAP1 MOD SWAP1',
  },
  wide: { start: 1, body: 'SWAP1 PUSH 1103515245 MUL DUP2 ADD PUSH 4294967291 SWAP1 MOD SWAP1' },
  collatz: {
    start: 27,
    body: [
      'DUP2 PUSH 1 EQ :again JUMPI PUSH 2 DUP3 MOD ISZERO :even JUMPI',
      'SWAP1 PUSH 3 MUL PUSH 1 ADD SWAP1 :done JUMP',
      'even: SWAP1 PUSH 2 SWAP1 DIV SWAP1 :done JUMP',
      'again: SWAP1 POP DUP1 PUSH 27 ADD SWAP1 done:',
    ].join(' '),
  },
};

const OPCODES: Readonly<Record<string, number>> = {
  ADD: 0x01,
  MUL: 0x02,
  DIV: 0x04,
  MOD: 0x06,
  GT: 0x11,
  EQ: 0x14,
  ISZERO: 0x15,
  POP: 0x50,
  MSTORE: 0x52,
  JUMP: 0x56,
  JUMPI: 0x57,
  DUP1: 0x80,
  DUP2: 0x81,
  DUP3: 0x82,
  SWAP1: 0x90,
  SWAP2: 0x91,
  RETURN: 0xf3,
};
const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH4 = 0x63;

/** `name:` marks a place, `:name` pushes it, `PUSH n` a number; the rest are opcodes. */
function assemble(words: readonly string[]): Uint8Array {
  const bytes: number[] = [];
  const places = new Map<string, number>();
  const uses: { readonly at: number; readonly name: string }[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.endsWith(':')) {
      places.set(word.slice(0, -1), bytes.length);
      bytes.push(JUMPDEST);
    } else if (word.startsWith(':')) {
      bytes.push(PUSH1, 0);
      uses.push({ at: bytes.length - 1, name: word.slice(1) });
    } else if (word === 'PUSH') {
      const value = Number(words[++at]);
      if (value < 256) bytes.push(PUSH1, value);
      else bytes.push(PUSH4, value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
    } else bytes.push(OPCODES[word]!);
  }
  for (const { at, name } of uses) bytes[at] = places.get(name)!;
  return Uint8Array.from(bytes);
}
