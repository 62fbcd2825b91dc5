/** Lets some of each caller's requests go on at a time; the others wait for their turn, in the order in which they came. */
export class Turns {
  readonly #atATime: number;
  /** By caller: how many go on, and what calls those that wait. A caller without any is not kept. */
  readonly #callers = new Map<string, { underWay: number; readonly waiting: (() => void)[] }>();

  constructor(atATime: number) {
    this.#atATime = atATime;
  }

  async take<T>(caller: string, work: () => Promise<T>): Promise<T> {
    const turns = this.#callers.get(caller) ?? { underWay: 0, waiting: [] };
    this.#callers.set(caller, turns);
    if (turns.underWay < this.#atATime) turns.underWay += 1;
    else await new Promise<void>((resolve) => turns.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = turns.waiting.shift();
      if (next !== undefined) next();
      else {
        turns.underWay -= 1;
        if (turns.underWay === 0) this.#callers.delete(caller);
      }
    }
  }
}
