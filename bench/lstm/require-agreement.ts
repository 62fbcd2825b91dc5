import type { BenchResult } from '../harness/bench-result.ts';

/** Sums in single precision, in another order, over an epoch of steps. */
const TOLERANCE = 1e-3;

/** Who trains another network is not compared with. @throws Error when a quantity of ours and the peer's differ */
export function requireAgreement({ case: name, peer, agreement = [] }: BenchResult): void {
  if (peer !== null && agreement.length === 0) throw new Error(`${name}: nothing shows what ${peer} trained`);
  for (const { quantity, ours, peer: theirs } of agreement) {
    if (Math.abs(ours - theirs) <= TOLERANCE) continue;
    throw new Error(`${name}: the ${quantity} is ${ours} with ours and ${theirs} with ${peer}`);
  }
}
