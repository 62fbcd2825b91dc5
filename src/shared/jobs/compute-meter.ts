import type { StepBudget } from '../models/forecaster.ts';

/** How much an isolate may compute, in milliseconds. */
export interface ComputeLimits {
  /** One step of a job, or one request, at most. */
  readonly step: number;
  /** All its steps together. */
  readonly isolate: number;
  /** What the platform has counted at most when it still hands in a request. */
  readonly retirement: number;
  /** With less than this nothing is begun. */
  readonly least: number;
  /** What a request costs that comes in or goes to the database: sending, reading, parsing. */
  readonly call: number;
}

/**
 * The platform counts CPU time by isolate: after 1,000 ms it gets no more requests, at 2,000 it is ended. A unit of work may run over its
 * budget, which is what the last 400 are for.
 */
const ISOLATE_LIMITS: ComputeLimits = {
  step: 700,
  isolate: 1600,
  retirement: 1000,
  least: 150,
  call: 3,
};

/** Limits where no platform is at work: of a step only. @param step milliseconds */
export function stepsOf(step: number): ComputeLimits {
  return { step, isolate: Number.POSITIVE_INFINITY, retirement: Number.POSITIVE_INFINITY, least: 0, call: 0 };
}

/**
 * Counts what an isolate computes, over all its requests. No API tells an isolate its CPU time (`process.cpuUsage` is that of the whole
 * process, where it is there at all), so sections that compute without waiting are timed by the clock: only one of them runs at a time, and
 * the clock is never behind the CPU.
 */
export class ComputeMeter {
  readonly #clock: () => number;
  readonly #limits: ComputeLimits;
  #spent = 0;

  /** @param clock milliseconds that never go back */
  constructor(clock: () => number, limits: ComputeLimits = ISOLATE_LIMITS) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Milliseconds so far. */
  get spent(): number {
    return this.#spent;
  }

  /**
   * Notes a request that came in. That it came says that the platform has counted less than its first limit: on a busy machine the clock runs
   * far ahead of the CPU, and an isolate that refused what it goes on to be given would do nothing for minutes.
   */
  beginRequest(): void {
    this.#spent = Math.min(this.#spent, this.#limits.retirement);
    this.countCall();
  }

  /** Counts a request to the database. */
  countCall(): void {
    this.#spent += this.#limits.call;
  }

  /** Milliseconds that a step may take that begins now; null: too little is left, so nothing is to be begun. */
  allowance(): number | null {
    const { step, isolate, least } = this.#limits;
    const left = isolate - this.#spent;
    return left < least ? null : Math.min(step, left);
  }

  /** A budget for a section that begins now. */
  budget(milliseconds: number): StepBudget {
    const end = this.#clock() + milliseconds;
    return { expired: () => this.#clock() >= end };
  }

  /** Runs a section that computes without waiting, and counts its time. */
  count<T>(section: () => T): T {
    const began = this.#clock();
    try {
      return section();
    } finally {
      this.#spent += this.#clock() - began;
    }
  }
}
