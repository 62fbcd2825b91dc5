import { type Series, sliceSeries } from '../series/series.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';
import type { ConfiguredMember } from './require-configuration.ts';

/** What every phase of an ensemble's fit is about. */
export interface EnsembleFitTask {
  /** The bars of train and validation. */
  readonly series: Series;
  /** Bars of train. */
  readonly train: number;
  readonly configuration: EnsembleConfiguration;
  /** Series of the configuration's companions. */
  readonly companions: readonly Series[];
  /** Those that were not dropped. */
  readonly members: readonly ConfiguredMember[];
  /** Ordinal of the first bar of train that a scored forecast begins with. */
  readonly firstScoredBar: number;
  /** Bars that a forecast looks ahead. */
  readonly steps: number;
}

/** One past the last bar that a forecast may begin with for its outcome to end in train. */
export function trainEnd({ train, steps }: EnsembleFitTask): number {
  return train - steps + 1;
}

/** The same of validation. */
export function validationEnd({ series, steps }: EnsembleFitTask): number {
  return series.times.length - steps + 1;
}

/** The bars of train. */
export function trainSeries({ series, train }: EnsembleFitTask): Series {
  return sliceSeries(series, 0, train);
}
