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
  /** Ordinal of the first bar of train that is scored. */
  readonly firstScoredBar: number;
}

/** The bars of train. */
export function trainSeries({ series, train }: EnsembleFitTask): Series {
  return sliceSeries(series, 0, train);
}
