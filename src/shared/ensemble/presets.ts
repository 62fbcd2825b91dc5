import type { MemberName } from '../models/forecaster.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';

/** Number of members of a preset. */
export type ModelCount = 2 | 3 | 4;

/** The members' weights of each preset; `simple_avg` means these, and a reversion goes back to them. */
export const PRESET_WEIGHTS: Readonly<Record<ModelCount, Readonly<Partial<Record<MemberName, number>>>>> = {
  2: { LSTM: 0.5, ARIMA_GARCH: 0.5 },
  3: { LSTM: 0.4, ARIMA_GARCH: 0.3, GB: 0.3 },
  4: { LSTM: 0.25, ARIMA_GARCH: 0.25, GB: 0.25, TRANSFORMER: 0.25 },
};

/** The candidate ensemble of a project that configured nothing: the 2-model core. */
export const defaultConfiguration: EnsembleConfiguration = {
  ensemble: 'candidate',
  weights: PRESET_WEIGHTS[2],
  meanFactors: [0, 0.5],
  refitEvery: 21,
  seed: 1,
};

/** The configuration of a preset: the legacy 4-model preset is the baseline, the others are candidates. */
export function presetConfiguration(modelCount: ModelCount): EnsembleConfiguration {
  return {
    ...defaultConfiguration,
    ensemble: modelCount === 4 ? 'baseline' : 'candidate',
    weights: PRESET_WEIGHTS[modelCount],
  };
}
