/**
 * Solidity of the same shape and size as the generated project of `compile.ts`, and its compiler (the npm package `solc`,
 * the compiler's own WebAssembly build), asked for bytecode and ABI with its default settings.
 */
import { createRequire } from 'node:module';

type Solc = { readonly compile: (input: string) => string };
type Output = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

let solc: Solc | null = null;

/** Compiles every contract of the text. @throws when it has errors. */
export function compileSolidity(text: string): void {
  solc ??= createRequire(import.meta.url)('solc') as Solc;
  const input = {
    language: 'Solidity',
    sources: { 'Large.sol': { content: text } },
    settings: { outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const error = output.errors?.find(({ severity }) => severity === 'error');
  if (error !== undefined)
    throw new Error(`the generated Solidity does not compile: ${error.formattedMessage}`);
  if (Object.keys(output.contracts?.['Large.sol'] ?? {}).length === 0)
    throw new Error('solc gave no contract');
}

/** Contracts of twenty functions each, until there are about `lines` lines. */
export function generateSolidity(lines: number): string {
  const out = ['// SPDX-License-Identifier: Apache-2.0', 'pragma solidity ^0.8.0;'];
  for (let index = 0; out.length < lines; index++) out.push(...contract(index));
  return out.join('\n');
}

function contract(index: number): string[] {
  return [
    `contract Bank${index} { string public constant version = "1.0.0"; mapping(address => int64) hours_;`,
    'mapping(address => int64) worked; int64 total; mapping(address => int64) credits;',
    'int64 counted; int64 limit = 1_000; address steward;',
    'modifier small() { _; require(counted >= 0 && counted <= 1_000_000); }',
    'constructor() small { steward = msg.sender; counted = 0; limit = 1_000; }',
    'function transfer(address from, address to, int64 amount) internal { hours_[from] -= amount; hours_[to] += amount; }',
    ...Array.from({ length: 20 }, (_, rule) => functionLines(rule)).flat(),
    'function hours_of(address member) external view returns (int64) { return worked[member]; } }',
  ];
}

function functionLines(rule: number): string[] {
  return [
    `function record${rule}(address provider, int64 amount, int64 times) external small {`,
    'require(amount > 0, "the amount must be positive");',
    'require(provider != msg.sender && times < limit, "not this one"); int64 before = worked[provider];',
    'transfer(msg.sender, provider, amount);',
    `int64 twice${rule} = times * 2 + ${rule} - counted % 7;`,
    `if (twice${rule} > limit) { counted = counted + 1; } else { counted = 0; }`,
    'worked[provider] += amount; total += amount; assert(worked[provider] == before + amount);',
    `int64 share${rule} = (twice${rule} + ${rule}) / 3 + counted; limit = share${rule} * 1; }`,
  ];
}
