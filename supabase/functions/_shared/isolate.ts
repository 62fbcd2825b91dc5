import { ComputeMeter } from '../../../src/shared/jobs/compute-meter.ts';

/** What the platform offers an isolate. */
interface EdgeRuntime {
  /** Keeps the isolate alive until the promise settles or the wall clock's limit is reached. */
  waitUntil(promise: Promise<unknown>): void;
}

/** This request's isolate. */
export interface Isolate {
  /** Counts what its requests compute, over all of them. */
  readonly meter: ComputeMeter;
  waitUntil(promise: Promise<unknown>): void;
}

/** By the runtime's object, which is an isolate's own, on the platform as in the local stack. */
const isolates = new WeakMap<EdgeRuntime, Isolate>();

/** Where there is none the process lives on by itself. */
const PROCESS: EdgeRuntime = { waitUntil() {} };

/** The isolate that a request came to; to be asked when the request begins. */
export function currentIsolate(): Isolate {
  const runtime = (globalThis as { EdgeRuntime?: EdgeRuntime }).EdgeRuntime ?? PROCESS;
  let isolate = isolates.get(runtime);
  if (isolate === undefined) {
    isolate = {
      meter: new ComputeMeter(() => performance.now()),
      waitUntil: (promise) => runtime.waitUntil(promise),
    };
    isolates.set(runtime, isolate);
  }
  return isolate;
}
