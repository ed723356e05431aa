/** The child process of `inspect.ts`: a state's folder and perhaps one for its copy as arguments, an `Inspection` as message. */
import { type Inspection, inspectHere } from './inspect.ts';

const [path = '', fresh] = process.argv.slice(2);
const answer = await inspectHere(path, fresh).catch(
  (error: unknown): Inspection => ({ kind: 'Damaged', reason: String(error) }),
);
process.send!(answer, () => process.disconnect());
