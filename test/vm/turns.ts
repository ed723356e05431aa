/** How often the loops of an execution turn, as an observer sees it. */
import type { LoopPlace, Observer, Sight } from '../../vm/index.ts';

/** The turns of the loops of one execution: of each loop those of its longest entry. */
export type Turns = Map<string, { now: number; most: number }>;

/** `onExecution` gets the turns of each execution when it begins; they grow while it runs. */
export function turnsObserver(onExecution: (turns: Turns, first: Sight) => void): Observer {
  let execution: object | null = null;
  let turns: Turns = new Map();
  return (sight) => {
    if (sight.execution !== execution) {
      execution = sight.execution;
      turns = new Map();
      onExecution(turns, sight);
    }
    const { code } = sight.program.artifact.functions[sight.function]!;
    const { op, operands } = code[sight.instruction]!;
    if (op === 'LoopEnter') {
      const loop = loopAt(turns, sight.function, sight.instruction);
      loop.now = 0;
    } else if (op === 'LoopBack') {
      const loop = loopAt(turns, sight.function, Number(operands[2]) - 1);
      loop.now += 1;
      loop.most = Math.max(loop.most, loop.now);
    }
  };
}

function loopAt(turns: Turns, fn: number, enter: number): { now: number; most: number } {
  const key = `${fn}:${enter}`;
  const loop = turns.get(key) ?? { now: 0, most: 0 };
  turns.set(key, loop);
  return loop;
}

/** Of a loop, its turns in the entry that has most of them. */
export function turnsIn(turns: Turns, { function: fn, enter }: LoopPlace): number {
  return turns.get(`${fn}:${enter}`)?.most ?? 0;
}
