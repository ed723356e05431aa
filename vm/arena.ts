/**
 * The memory in which an execution keeps storage entries: words and 32-bit numbers over the same buffer, allotted from
 * its beginning to its end and given back all at once. It is an array of its own for the interpreter, and the memory of the
 * compiled program in the second tier, whose code works on the same entries.
 */

export type Arena = {
  /** Views of the whole buffer; both are new ones after it has grown. */
  words: BigInt64Array;
  ints: Int32Array;
  /** The first free word. */
  top: number;
  /** Makes the buffer at least so many words long, keeping what is in it. */
  readonly grow: (arena: Arena, words: number) => void;
};

/** An arena of its own. */
export function createArena(words: number): Arena {
  return { ...viewsOf(new ArrayBuffer(8 * words)), top: 0, grow: growBuffer };
}

export function viewsOf(buffer: ArrayBufferLike): Pick<Arena, 'words' | 'ints'> {
  return { words: new BigInt64Array(buffer), ints: new Int32Array(buffer) };
}

/** The same words as 32-bit numbers. */
export function halvesOf(words: BigInt64Array): Int32Array {
  return new Int32Array(words.buffer, words.byteOffset, 2 * words.length);
}

/** The place of that many new words, all zero. */
export function allot(arena: Arena, count: number): number {
  const at = arena.top;
  arena.top += count;
  if (arena.top > arena.words.length) arena.grow(arena, arena.top);
  arena.words.fill(0n, at, arena.top);
  return at;
}

function growBuffer(arena: Arena, words: number): void {
  const old = arena.words;
  Object.assign(arena, viewsOf(new ArrayBuffer(8 * Math.max(words, 2 * old.length))));
  arena.words.set(old);
}
