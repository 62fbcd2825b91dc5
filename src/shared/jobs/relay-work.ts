/** A worker's answer to one call. */
export interface WorkerAnswer {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Of a step: `idle` where no job waits, `spent` where the isolate may compute no more and another is to be asked. */
  readonly outcome?: string;
  /** In words, where the call failed. */
  readonly reason?: string;
}

/** What a relay needs of its host. */
export interface RelayHost {
  /** Has the worker do what one isolate may; never rejects. */
  call(): Promise<WorkerAnswer>;
  /** Says that the worker is no longer at work, and why where it ended in the middle of a step. */
  end(reason: string | null): Promise<void>;
  /** Milliseconds that never go back. */
  monotonicClock(): number;
  /** Whether the platform is about to end the relay itself. */
  isEnding(): boolean;
}

/**
 * Milliseconds after which no further call is made: the database then asks for a successor. An isolate takes requests for half of its
 * 150 s (on the free plan), and one more call must end before the other half has passed.
 */
export const RELAY_TIME = 50_000;

/**
 * Calls a worker again and again until no job waits, the time is over, or a call failed. In between nothing waits for pg_net, which sends
 * one batch at a time and then pauses; and what the platform ended (546) is known at once, so that its lease is given back.
 *
 * @returns the calls that were made
 */
export async function relayWork(host: RelayHost): Promise<number> {
  const began = host.monotonicClock();
  let calls = 0;
  let wasSpent = false;
  for (;;) {
    const { status, outcome, reason } = await host.call();
    calls += 1;
    const isOver = host.isEnding() || host.monotonicClock() - began >= RELAY_TIME;
    const isSpent = outcome === 'spent';
    // Two spent isolates in a row: what comes by pg_net comes later.
    const goesOn = isSpent ? !wasSpent : status === 200 && outcome !== 'idle';
    wasSpent = isSpent;
    if (goesOn && !isOver) continue;
    const failed = !isSpent && (status === null || status >= 300);
    await host.end(failed ? (reason ?? `status ${status}`) : null);
    return calls;
  }
}
