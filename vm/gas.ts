/**
 * The gas schedule. What an opcode costs statically stands in its row (`opcodes.ts`) and is charged at the entry
 * of its basic block, for the whole block; the costs below are charged at the operation, when its sizes are known.
 */
export const GAS = {
  version: 1,
  /** An execution, before its first opcode. */
  entry: 100,
  /** One requirement of an access clause. */
  accessItem: 50,
  /** One word of the arguments. */
  argumentWord: 5,
  /** First touch of a storage leaf that reads it from the host; its key is hashed and looked up. */
  coldLoad: 200,
  /** First write of a storage leaf: at commit it changes a path of the state tree. */
  firstWrite: 2_000,
  /** 32 bytes, begun, of content that is copied, hashed into a key, stored or put into an event. */
  chunk: 3,
  /** 64 bytes, begun, that `Hash` reads. */
  hashBlock: 20,
  /** 4 words, begun, of a list that grows: it is copied. */
  listWords: 3,
} as const;

/** Gas for `bytes` bytes of content. */
export function chunkGas(bytes: number): number {
  return GAS.chunk * Math.ceil(bytes / 32);
}

/** Gas for a list of `words` words that is made. */
export function listGas(words: number): number {
  return GAS.listWords * Math.ceil(words / 4);
}

/** Gas for hashing `bytes` bytes. */
export function hashGas(bytes: number): number {
  return GAS.hashBlock * Math.ceil((bytes + 9) / 64);
}
