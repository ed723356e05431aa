/** Who waits for what: promises by a key such as `tx:<hash>`, kept until the key is told of, or everybody is. */

export type Waiters = {
  /** Resolves at the next `tell` of this key. Null when too many wait already. */
  join(key: string): Promise<void> | null;
  tell(key: string): void;
  tellAll(): void;
};

export function createWaiters(countMax: number): Waiters {
  const waiting = new Map<string, (() => void)[]>();
  let count = 0;
  const tell = (key: string): void => {
    const resolvers = waiting.get(key) ?? [];
    waiting.delete(key);
    count -= resolvers.length;
    for (const resolve of resolvers) resolve();
  };
  return {
    join(key) {
      if (count >= countMax) return null;
      count += 1;
      const resolvers = waiting.get(key) ?? [];
      waiting.set(key, resolvers);
      return new Promise((resolve) => void resolvers.push(resolve));
    },
    tell,
    tellAll: () => [...waiting.keys()].forEach(tell),
  };
}
