import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that take minutes: the larger families of the verifier's own check, and its cases. */
const LONG = 'test/**/*.long.test.ts';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig(({ mode }) => ({
  test: {
    include: [mode === 'long' ? LONG : 'test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(mode === 'long' ? [] : [LONG])],
    setupFiles: ['test/setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
}));
