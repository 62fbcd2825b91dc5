import type { TimingWorker } from './timing-worker.ts';

/** Seconds that a case is called for before it is measured, so that it is compiled. */
const WARM_UP = 1;
/** Seconds at least that a case is called for in one round. */
const ROUND = 0.3;

/** A worker and the case that it is to time. */
export interface Turn {
  readonly worker: TimingWorker;
  readonly case: string;
}

/** What the rounds of a turn gave. */
export interface Measured {
  /** Mean milliseconds of a call, by round. */
  readonly milliseconds: readonly number[];
  /** See `Timing`. */
  readonly found: Readonly<Record<string, number>>;
}

/**
 * Rounds in which all take turns, so that a slow moment of the machine is everybody's; each is first called for a second.
 *
 * @returns by turn, in their order
 * @throws Error when a worker ends
 */
export async function interleavedRounds(turns: readonly Turn[], rounds: number): Promise<Measured[]> {
  for (const turn of turns) await turn.worker.time(turn.case, WARM_UP);
  const milliseconds = turns.map(() => [] as number[]);
  const found: Record<string, number>[] = turns.map(() => ({}));
  for (let round = 0; round < rounds; round++) {
    for (const [i, turn] of turns.entries()) {
      const timing = await turn.worker.time(turn.case, ROUND);
      milliseconds[i].push(1000 * timing.seconds);
      found[i] = timing.found;
    }
  }
  return turns.map((_, i) => ({ milliseconds: milliseconds[i], found: found[i] }));
}
