/** Contracts to the core, as golden files: the source beside the text form of its core. */
import { print } from '../../compiler/core/print.ts';
import { analyse, lowerProgram } from '../../compiler/pipeline.ts';
import { goldenTests } from '../harness.ts';

goldenTests('core', '.ccl', ({ name, text }) => print(lowerProgram(analyse(new Map([[name, text]]), name))));
