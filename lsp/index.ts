/** The language server. Whoever starts it gives it two streams; everything else is inside. */
export type { LibrariesOf } from './disk.ts';
export { type Streams, startServer } from './server.ts';
