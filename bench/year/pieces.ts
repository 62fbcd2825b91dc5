import type { Timings } from './timings.ts';

/** What a tick goes on with that another one began. */
const GOES_ON_WITH: Readonly<Record<string, (result: unknown) => readonly string[]>> = {
  // {"forecast 2026-01-05 17:00": "done"} or {"plan": {...}}
  continue: (result) => Object.keys(result ?? {}).map((key) => key.split(' ')[0].replaceAll('_', '-')),
  outcomes: () => ['score'],
};

/** Adds up what the ticks took that a piece of work of the schedule was cut into. */
export class Pieces {
  readonly #taken = new Map<string, { ms: number; pieces: number }>();

  /**
   * @param job of the schedule, with what its tick returned
   * @param ms that the tick took; of one that went on with several, each has all of it
   */
  add(job: string, result: unknown, ms: number): void {
    for (const name of GOES_ON_WITH[job]?.(result) ?? [job]) {
      const taken = this.#taken.get(name) ?? { ms: 0, pieces: 0 };
      this.#taken.set(name, { ms: taken.ms + ms, pieces: taken.pieces + 1 });
    }
  }

  /** Records what has ended, where it took more than one piece; what is unfinished is added to. */
  end(unfinished: readonly string[], timings: Timings): void {
    for (const [name, { ms, pieces }] of this.#taken) {
      if (unfinished.includes(name)) continue;
      if (pieces > 1) timings.record('pieces', name, ms);
      this.#taken.delete(name);
    }
  }
}
