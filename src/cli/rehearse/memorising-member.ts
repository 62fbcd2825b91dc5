import { availableMembers, type MemberRegistry } from '../../shared/ensemble/member-registry.ts';
import { FitError } from '../../shared/errors/fit-error.ts';
import type { Json } from '../../shared/json.ts';
import { distributionFromResiduals, ResidualPool } from '../../shared/models/empirical-residuals.ts';
import type { FittedForecaster, Forecaster } from '../../shared/models/forecaster.ts';
import { resumableUnits } from '../../shared/models/resumable/resumable-units.ts';
import type { PredictiveDistribution } from '../../shared/numerics/distributions/predictive-distribution.ts';
import { decodeFloat64, encodeFloat64 } from '../../shared/numerics/float64-codec.ts';
import { logReturns } from '../../shared/series/log-returns.ts';
import type { Series } from '../../shared/series/series.ts';
import { nearestPattern } from './nearest-pattern.ts';

/** The hyperparameter by which a candidate asks for what is planted. */
export const MEMORISING = { memorising: true } as const;

/** Returns that describe a bar. */
const PATTERN = 5;
const MINIMUM_BARS = 250;
const NAME = 'GB';

/**
 * The members of this version, but that GB learns its bars by heart when its hyperparameters are {@link MEMORISING}: a planted fault. It
 * forecasts the return that followed the known five returns that are most like the last five; a known bar finds itself.
 */
export const plantedMembers: MemberRegistry = {
  ...availableMembers,
  GB: {
    forecaster: memorising(availableMembers.GB!.forecaster),
    refittedInsideTest: availableMembers.GB!.refittedInsideTest,
  },
};

function memorising(real: Forecaster): Forecaster {
  return {
    ...real,
    minimumBars: (hyperparameters) =>
      hyperparameters.memorising === true ? MINIMUM_BARS : real.minimumBars(hyperparameters),
    fit(series, hyperparameters, options) {
      if (hyperparameters.memorising !== true) return real.fit(series, hyperparameters, options);
      const known = encodeFloat64(logReturns(series.close));
      return resumableUnits<Json, FittedForecaster>(
        [(state) => state],
        null,
        () => fitted(known),
        options.checkpoint,
      );
    },
    restore(artifact) {
      const { memorised } = artifact as { memorised?: unknown };
      if (memorised === undefined) return real.restore(artifact);
      if (typeof memorised !== 'string')
        throw new FitError('invalid_artifact', 'Not what was learned by heart');
      return fitted(memorised);
    },
  };
}

function fitted(memorised: string): FittedForecaster {
  const known = decodeFloat64(memorised);
  return {
    name: NAME,
    predict: (history: Series, steps = 1) =>
      forecasts(known, logReturns(history.close), history.close.length, history.close.length + 1, steps)[0],
    predictRange: (series: Series, from: number, to: number, steps = 1) =>
      from === to ? [] : forecasts(known, logReturns(series.close.subarray(0, to - 1)), from, to, steps),
    toJSON: () => ({ memorised }),
  };
}

/** That begin with the bars `from` to `to` - 1: the memorised return, give or take what returns have been. */
function forecasts(
  known: Float64Array,
  returns: Float64Array,
  from: number,
  to: number,
  steps: number,
): PredictiveDistribution[] {
  const pool = new ResidualPool(undefined, returns.subarray(0, from - 1));
  return Array.from({ length: to - from }, (_, i) => {
    if (i > 0) pool.push(returns[from + i - 2]);
    const sorted = pool.sorted();
    const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    const scale = Math.sqrt(
      sorted.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / sorted.length,
    );
    const remembered = known[nearestPattern(known, returns, from + i - 1, PATTERN)];
    return distributionFromResiduals(
      steps * remembered,
      Math.sqrt(steps) * scale,
      sorted.map((value) => (value - mean) / scale),
    );
  });
}
