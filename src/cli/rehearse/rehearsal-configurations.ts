import { configurationHash } from '../../shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../shared/ensemble/ensemble-configuration.ts';
import { PRESET_WEIGHTS, presetConfiguration } from '../../shared/ensemble/presets.ts';
import { MEMORISING } from './memorising-member.ts';

/** A configuration and its hash, as `start_rollout` takes them. */
export interface HashedConfiguration {
  readonly configuration: EnsembleConfiguration;
  readonly hash: string;
}

/** Small networks and one trial a member, so that a rehearsal takes minutes: the members are the real ones. */
const LSTM = { hiddenUnits: 8, lookback: 10, learningRate: 0.01, dropout: 0, epochs: 4, batchSize: 64 };
const ARIMA_GARCH = { variance: 'realized_har', innovations: 't', distribution: 'empirical' };
const GB = { trees: 40, depth: 2, learningRate: 0.05 };
const TRANSFORMER = {
  width: 8,
  heads: 2,
  lookback: 10,
  learningRate: 0.01,
  dropout: 0,
  epochs: 3,
  batchSize: 64,
};

/** The candidate: the 2-model core with small grids. */
export function goodCandidate(): HashedConfiguration {
  return hashed({
    ...presetConfiguration(2),
    grids: { LSTM: [LSTM], ARIMA_GARCH: [ARIMA_GARCH] },
  });
}

/** A candidate that learns its training part by heart: see `plantedMembers`. Its mean is taken as it is. */
export function overfitCandidate(): HashedConfiguration {
  return hashed({
    ...presetConfiguration(2),
    weights: { GB: 1 },
    meanFactors: [1],
    grids: { GB: [MEMORISING] },
  });
}

/** A candidate one of whose members ends every fit with an error. */
export function crashingCandidate(): HashedConfiguration {
  return hashed({
    ...presetConfiguration(2),
    grids: { LSTM: [LSTM], ARIMA_GARCH: [{ variance: 'no_such_variance', innovations: 't' }] },
  });
}

/** The legacy ensemble of four. */
export function legacyBaseline(): HashedConfiguration {
  const preset = presetConfiguration(4);
  return hashed({
    ...preset,
    weights: PRESET_WEIGHTS[4],
    grids: { LSTM: [LSTM], ARIMA_GARCH: [ARIMA_GARCH], GB: [GB], TRANSFORMER: [TRANSFORMER] },
  });
}

function hashed(configuration: EnsembleConfiguration): HashedConfiguration {
  return { configuration, hash: configurationHash(configuration) };
}
