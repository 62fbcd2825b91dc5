/**
 * Stacks of this process, counted for the process and not for the module: whoever loads it a second time (each project of vitest does) must
 * not set the callback again.
 */
const KEY = Symbol.for('plumbline.driver-fault-survivors');
const shared = globalThis as { [KEY]?: { count: number } };
shared[KEY] ??= { count: 0 };
const survivors = shared[KEY];

/**
 * Keeps a fault of postgres.js 3.4.9 from ending the process: what it has buffered for a connection that has closed meanwhile is
 * written from a timer to a socket that is null, where nobody can catch the TypeError (porsager/postgres issues 1066 and 1154, open).
 * Every other uncaught exception does what it would have done.
 *
 * @returns ends it
 */
export function surviveDriverFault(): () => void {
  survivors.count += 1;
  if (survivors.count === 1) process.setUncaughtExceptionCaptureCallback(onUncaught);
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    survivors.count -= 1;
    if (survivors.count === 0) process.setUncaughtExceptionCaptureCallback(null);
  };
}

function onUncaught(error: Error): void {
  if (isDriverFault(error)) return;
  if ((process as NodeJS.EventEmitter).emit('uncaughtException', error, 'uncaughtException')) return;
  console.error(error);
  process.exit(1);
}

/** Whether it is that fault. */
function isDriverFault(error: unknown): boolean {
  return (
    error instanceof TypeError &&
    /\bnextWrite\b[^\n]*[\\/]postgres[\\/]src[\\/]connection\.js/.test(error.stack ?? '')
  );
}
