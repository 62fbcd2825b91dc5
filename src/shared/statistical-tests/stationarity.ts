import { type AugmentedDickeyFullerTest, augmentedDickeyFuller } from './augmented-dickey-fuller.ts';
import { type KpssTest, kpss } from './kpss.ts';

/**
 * Whether values keep to a level or a trend, asked from both sides: the test of Dickey and Fuller takes a random walk for granted
 * until the data speak against it, that of Kwiatkowski and others a stationary series. Where both say no, or neither, the data do
 * not tell. Null: the test does not apply, as to values that are all the same.
 */
export interface StationarityTests {
  readonly augmentedDickeyFuller: AugmentedDickeyFullerTest | null;
  readonly kpss: KpssTest | null;
}

/**
 * @param values in the order of time, at least 12
 * @param around what they would come back to
 * @throws RangeError for values that do not fit
 */
export function stationarityTests(values: Float64Array, around: 'level' | 'trend'): StationarityTests {
  return {
    augmentedDickeyFuller: augmentedDickeyFuller(values, {
      regression: around === 'level' ? 'constant' : 'trend',
    }),
    kpss: kpss(values, { null: around }),
  };
}
