import fc from 'fast-check';
import type { Series } from '../../../src/shared/series/series.ts';
import { copySeries } from '../models/simulated-series.ts';

const PRICES = ['open', 'high', 'low', 'close'] as const;

/**
 * A change of what came to pass at bar `bar` (an ordinal) or from it on. The changed bars are still possible bars, so that
 * nothing is refused.
 */
export type Perturbation =
  /** All prices of the bar times `factor`. */
  | { readonly kind: 'move'; readonly bar: number; readonly factor: number }
  /** All prices from the bar on times `factor`. */
  | { readonly kind: 'level'; readonly bar: number; readonly factor: number }
  /** One price goes elsewhere between low and high, 0 to 1. */
  | { readonly kind: 'open' | 'close'; readonly bar: number; readonly place: number }
  /** High times, or low divided by, `factor` above 1. */
  | { readonly kind: 'high' | 'low'; readonly bar: number; readonly factor: number }
  /** NaN: the source has none. */
  | { readonly kind: 'volume'; readonly bar: number; readonly volume: number }
  /** The bar is missing. */
  | { readonly kind: 'removed'; readonly bar: number }
  /** Nothing came after the bar before. */
  | { readonly kind: 'cut'; readonly bar: number };

/** Any perturbation of the bars `from` to `to` - 1; `cut` only if asked for, since it leaves fewer bars to score. */
export function anyPerturbation(from: number, to: number, { cut = false } = {}): fc.Arbitrary<Perturbation> {
  const bar = fc.integer({ min: from, max: to - 1 });
  const factor = fc.constantFrom(0.5, 0.97, 1.03, 3);
  const widening = fc.constantFrom(1.01, 1.5);
  const place = fc.constantFrom(0, 0.3, 1);
  const volume = fc.constantFrom(Number.NaN, 0, 1, 1e9);
  return fc.oneof(
    fc.record({ kind: fc.constant('move' as const), bar, factor }),
    fc.record({ kind: fc.constant('level' as const), bar, factor }),
    fc.record({ kind: fc.constantFrom('open' as const, 'close' as const), bar, place }),
    fc.record({ kind: fc.constantFrom('high' as const, 'low' as const), bar, factor: widening }),
    fc.record({ kind: fc.constant('volume' as const), bar, volume }),
    fc.record({ kind: fc.constant('removed' as const), bar }),
    ...(cut ? [fc.record({ kind: fc.constant('cut' as const), bar })] : []),
  );
}

/** A copy of a series with the perturbation done to it. */
export function perturb(series: Series, perturbation: Perturbation): Series {
  const changed = copySeries(series);
  const { bar, kind } = perturbation;
  switch (kind) {
    case 'move':
      for (const column of PRICES) changed[column][bar] *= perturbation.factor;
      return changed;
    case 'level':
      for (const column of PRICES)
        for (let i = bar; i < changed.times.length; i++) changed[column][i] *= perturbation.factor;
      return changed;
    case 'open':
    case 'close':
      changed[kind][bar] = changed.low[bar] + perturbation.place * (changed.high[bar] - changed.low[bar]);
      return changed;
    case 'high':
      changed.high[bar] *= perturbation.factor;
      return changed;
    case 'low':
      changed.low[bar] /= perturbation.factor;
      return changed;
    case 'volume':
      changed.volume[bar] = perturbation.volume;
      return changed;
    case 'removed':
      return keepBars(changed, (i) => i !== bar);
    case 'cut':
      return keepBars(changed, (i) => i < bar);
  }
}

function keepBars(series: Series, keep: (bar: number) => boolean): Series {
  const kept = <Column extends Float64Array | readonly string[]>(column: Column) =>
    column.filter((_: unknown, i: number) => keep(i)) as unknown as Column;
  return {
    ...series,
    times: kept(series.times),
    ...{ open: kept(series.open), high: kept(series.high), low: kept(series.low) },
    ...{ close: kept(series.close), volume: kept(series.volume) },
  };
}
