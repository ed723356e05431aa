/** The child process of `inspect.ts`: the folder of a state as argument, an `Inspection` as message. */
import { type Inspection, inspectHere } from './inspect.ts';

const path = process.argv[2]!;
const answer = await inspectHere(path).catch(
  (error: unknown): Inspection => ({ kind: 'Damaged', reason: String(error) }),
);
process.send!(answer, () => process.disconnect());
