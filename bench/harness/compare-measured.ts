import {
  type Agreement,
  type BenchResult,
  compareRounds,
  type Throughput,
  withoutPeer,
} from './bench-result.ts';
import type { Measured } from './interleaved-rounds.ts';

/** A case as one of our runtimes ran it. */
export interface OurMeasured extends Measured {
  readonly runtime: string;
  readonly throughput?: Throughput;
}

/** The same as a peer ran it. */
export interface PeerMeasured extends Measured {
  readonly peer: string;
  /** How many times faster ours must be in Deno; null where nothing is promised. */
  readonly target: number | null;
}

/** Each of our runtimes beside each peer; ours alone where there is no peer. */
export function compareMeasured(
  { name, note }: { readonly name: string; readonly note?: string },
  ours: readonly OurMeasured[],
  peers: readonly PeerMeasured[],
): BenchResult[] {
  return ours.flatMap(({ runtime, throughput, found, milliseconds }, i) => {
    const description = {
      case: `${name} (${runtime})`,
      ...(note !== undefined && i === 0 && { note }),
      ...(throughput !== undefined && { throughput }),
    };
    if (peers.length === 0) return [withoutPeer(description, milliseconds)];
    return peers.map(({ peer, target, found: theirs, milliseconds: rounds }) =>
      compareRounds(
        {
          ...description,
          peer,
          // What is promised is promised of Deno, where functions run.
          target: runtime === 'Deno' ? target : null,
          agreement: agreementOf(found, theirs),
        },
        milliseconds,
        rounds,
      ),
    );
  });
}

/** Every quantity that both found. */
function agreementOf(ours: Measured['found'], theirs: Measured['found']): Agreement[] {
  return Object.keys(ours)
    .filter((quantity) => Object.hasOwn(theirs, quantity))
    .map((quantity) => ({ quantity, ours: ours[quantity], peer: theirs[quantity] }));
}
