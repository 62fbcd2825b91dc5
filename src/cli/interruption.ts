import { constants } from 'node:os';

/** Whether the person, or whoever supervises this process, has asked for its end. */
export interface Interruption {
  /** Null until SIGINT or SIGTERM comes. */
  readonly signal: 'SIGINT' | 'SIGTERM' | null;
  /** Resolves with the first signal. */
  readonly asked: Promise<'SIGINT' | 'SIGTERM'>;
}

/** npm passes on the Ctrl-C that the terminal has sent to this process already: within this time it counts once. */
const SAME_SIGNAL = 1_000;

/** Watches for SIGINT and SIGTERM. A second one ends the process at once; the watchdog then ends the stack's children. */
export function watchForInterruption(): Interruption {
  let signal: Interruption['signal'] = null;
  let first = 0;
  let resolve: (signal: 'SIGINT' | 'SIGTERM') => void;
  const asked = new Promise<'SIGINT' | 'SIGTERM'>((settle) => {
    resolve = settle;
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (signal === null) {
        signal = name;
        first = performance.now();
        resolve(name);
      } else if (performance.now() - first > SAME_SIGNAL) {
        process.exit(interruptedStatus(name));
      }
    });
  }
  return {
    get signal() {
      return signal;
    },
    asked,
  };
}

/** What a shell reports for a process ended by the signal: 130 for SIGINT, 143 for SIGTERM. */
export function interruptedStatus(signal: 'SIGINT' | 'SIGTERM'): number {
  return 128 + constants.signals[signal];
}
