import type { Call } from './calls.ts';

/** What is timed: a call, or all the pieces together that a piece of work of the schedule was cut into. */
export type Kind = Call['kind'] | 'pieces';

/** How long the calls of one name took in one month; ms. */
export interface MonthOfCalls {
  readonly kind: Kind;
  readonly name: string;
  /** 0 for the first 30 days. */
  readonly month: number;
  readonly count: number;
  readonly p95: number;
  /** All of them together. */
  readonly total: number;
  readonly largest: number;
}

/** Keeps what calls took, by name and month. */
export class Timings {
  readonly #taken = new Map<string, { kind: Kind; name: string; month: number; ms: number[] }>();
  /** The month that is recorded to. */
  month = 0;

  record(kind: Kind, name: string, ms: number): void {
    const key = `${kind} ${name} ${this.month}`;
    const taken = this.#taken.get(key) ?? { kind, name, month: this.month, ms: [] };
    this.#taken.set(key, taken);
    taken.ms.push(ms);
  }

  /** Awaits a call and records what it took. */
  async time<Result>(kind: Kind, name: string, call: () => PromiseLike<Result>): Promise<Result> {
    const began = performance.now();
    const result = await call();
    this.record(kind, name, performance.now() - began);
    return result;
  }

  months(): MonthOfCalls[] {
    return [...this.#taken.values()].map(({ ms, ...call }) => {
      const sorted = [...ms].sort((a, b) => a - b);
      // The smallest that at least 95 % do not exceed.
      const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
      const total = sorted.reduce((sum, taken) => sum + taken, 0);
      return { ...call, count: sorted.length, p95, total, largest: sorted[sorted.length - 1] };
    });
  }
}
