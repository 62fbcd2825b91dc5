import type { Call } from '../harness/serve-timings.ts';

/** Steps of one call: long against the call, short against a round. */
const STEPS = 100_000;
const LANES = 4;
/** Sums tend to 2: neither too large nor too small to compute with at full speed. */
const FACTOR = 0.5;
const ADDEND = 1;

/**
 * What a core does at most in strict SIMD: `operations` is how many floating point operations a call takes.
 *
 * @param bytes of `compilePeak`
 */
export function multiplyAddCase(bytes: Uint8Array<ArrayBuffer>): () => Call {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const multiplyAdd = exports.multiplyAdd as (steps: number, factor: number, addend: number) => number;
  const sums = (exports.SUMS as WebAssembly.Global<'i32'>).value;
  return () => {
    const begin = performance.now();
    const sum = multiplyAdd(STEPS, FACTOR, ADDEND);
    const seconds = (performance.now() - begin) / 1000;
    const limit = (sums * LANES * ADDEND) / (1 - FACTOR);
    if (sum !== limit)
      throw new Error(`The sums are ${sum}, not ${limit}: what was timed is not what it says`);
    // A multiplication and an addition.
    return { seconds, found: { operations: STEPS * sums * LANES * 2 } };
  };
}
