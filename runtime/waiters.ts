/** Who waits for what: promises by a key such as `tx:<hash>`, kept until the key is told of, or everybody is. */

export type Waiters = {
  /** Resolves at the next `tell` of this key, or when `gone` aborts. Null when too many wait already. */
  join(key: string, gone?: AbortSignal): Promise<void> | null;
  tell(key: string): void;
  tellAll(): void;
};

export function createWaiters(countMax: number): Waiters {
  const waiting = new Map<string, Set<() => void>>();
  let count = 0;
  const tell = (key: string): void => {
    for (const wake of [...(waiting.get(key) ?? [])]) wake();
  };
  return {
    join(key, gone) {
      if (count >= countMax) return null;
      if (gone?.aborted === true) return Promise.resolve();
      const wakers = waiting.get(key) ?? new Set();
      waiting.set(key, wakers);
      count += 1;
      return new Promise((resolve) => {
        const wake = (): void => {
          gone?.removeEventListener('abort', wake);
          wakers.delete(wake);
          if (wakers.size === 0) waiting.delete(key);
          count -= 1;
          resolve();
        };
        wakers.add(wake);
        gone?.addEventListener('abort', wake);
      });
    },
    tell,
    tellAll: () => [...waiting.keys()].forEach(tell),
  };
}
