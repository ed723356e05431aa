/** The child process of `inspect.ts`: a state's folder and perhaps one for its copy as arguments, an `Answer` as message. */
import { type Answer, inspectHere } from './inspect.ts';

// Ctrl-C goes to the whole group of processes; the node decides what it means.
process.on('SIGINT', () => {});
const [path = '', fresh] = process.argv.slice(2);
const answer = await inspectHere(path, fresh).catch(
  (error: unknown): Answer => ({ kind: 'Damaged', reason: String(error) }),
);
process.send!(answer, () => process.disconnect());
