/**
 * The gas schedule. What an opcode costs statically stands in its row (`opcodes.ts`) and is charged at the entry
 * of its basic block, for the whole block; the costs below are charged at the operation, when its sizes are known.
 * One unit is about what a simple opcode takes on the interpreter; `npm run -s bench -- gas` relates all to time.
 */
export const GAS = {
  version: 2,
  entry: 1_000,
  accessItem: 300,
  argumentWord: 20,
  coldLoad: 1_000,
  firstWrite: 8_000,
  chunk: 16,
  keyChunk: 300,
  eventWord: 500,
  eventChunk: 60,
  hashBlock: 75,
  listWords: 30,
} as const;

/** What each is charged for; the reference page derives from it. */
export const GAS_DOCS: { readonly [cost in keyof typeof GAS]: string } = {
  version: 'Goes up with every change of a figure, here or in the table of opcodes.',
  entry: 'An execution, before its first opcode.',
  accessItem: 'One requirement of an access clause; it is read from the state.',
  argumentWord: 'One word of the arguments; its content counts in chunks besides.',
  coldLoad: 'First touch of a storage leaf that reads it from the host; its key is encoded and looked up.',
  firstWrite: 'First write of a storage leaf: at commit it changes a path of the state tree.',
  chunk: '32 bytes, begun, of content that is given, copied, joined, stored or logged.',
  keyChunk:
    "32 bytes, begun, of the key words of an entry at its first touch: every leaf's key holds and hashes them.",
  eventWord: 'One word of an event: it is encoded with its name into the results of the block.',
  eventChunk: "32 bytes, begun, of an event's content: encoded, kept, hashed into the results of the block.",
  hashBlock: '64 bytes, begun, that `Hash` reads.',
  listWords: '4 words, begun, of a list that grows: it is copied.',
};

/** Gas for `bytes` bytes of content. */
export function chunkGas(bytes: number): number {
  return GAS.chunk * Math.ceil(bytes / 32);
}

/** Gas for a list of `words` words that is made. */
export function listGas(words: number): number {
  return GAS.listWords * Math.ceil(words / 4);
}

/** Gas for the first touch of an entry with key words of `bytes` bytes. */
export function keyGas(bytes: number): number {
  return GAS.keyChunk * Math.ceil(bytes / 32);
}

/** Gas for hashing `bytes` bytes. */
export function hashGas(bytes: number): number {
  return GAS.hashBlock * Math.ceil((bytes + 9) / 64);
}

/** Gas for the fields of an event: their words, and the bytes of their content. */
export function eventGas(words: number, bytes: number): number {
  return GAS.eventWord * words + GAS.eventChunk * Math.ceil(bytes / 32);
}
