import { describe, expect, it } from 'vitest';
import { partMetrics } from '../../../src/shared/evaluation/part-metrics.ts';
import { crpsFromQuantiles } from '../../../src/shared/scores/crps.ts';
import {
  concatenateForecasts,
  decodeScoredForecasts,
  encodeScoredForecasts,
  scoreForecasts,
  sliceForecasts,
} from '../../../src/shared/scores/scored-forecasts.ts';
import { normalForecast } from '../ensemble/stand-in-members.ts';

const forecasts = [normalForecast(0.01, 0.02), normalForecast(-0.01, 0.01), normalForecast(0.002, 0.03)];
const realised = Float64Array.of(0.02, 0.005, -0.1);
const scored = scoreForecasts(forecasts, realised);

describe('scored forecasts', () => {
  it('hold the scores of each bar', () => {
    forecasts.forEach((forecast, i) => {
      expect(scored.mean[i]).toBe(forecast.mean);
      expect(scored.scale[i]).toBe(forecast.scale);
      expect(scored.crps[i]).toBe(crpsFromQuantiles(forecast.quantiles, realised[i]));
    });
  });

  it('say which central intervals covered what came true', () => {
    // 0.5, 1.5 and -3.4 standard deviations from the mean; the intervals end at 0.67, 1.28, 1.64 and 1.96.
    expect(scored.covered.map((column) => Array.from(column))).toEqual([
      [1, 0, 0],
      [1, 0, 0],
      [1, 1, 0],
      [1, 1, 0],
    ]);
  });

  it('go to JSON and back to the bit, and can be cut and joined', () => {
    expect(decodeScoredForecasts(JSON.parse(JSON.stringify(encodeScoredForecasts(scored))))).toEqual(scored);
    expect(concatenateForecasts([sliceForecasts(scored, 0, 1), sliceForecasts(scored, 1, 3)])).toEqual(
      scored,
    );
  });

  it('need as many forecasts as outcomes', () => {
    expect(() => scoreForecasts(forecasts, realised.subarray(1))).toThrow(/3 forecasts.*2 outcomes/);
  });
});

describe('the metrics of a part', () => {
  it('are those of its bars', () => {
    const metrics = partMetrics(scored);
    expect(metrics.bars).toBe(3);
    expect(metrics.rmse).toBeCloseTo(Math.sqrt((0.01 ** 2 + 0.015 ** 2 + 0.102 ** 2) / 3), 15);
    expect(metrics.meanAbsoluteError).toBeCloseTo((0.01 + 0.015 + 0.102) / 3, 15);
    expect(metrics.crps).toBeCloseTo((scored.crps[0] + scored.crps[1] + scored.crps[2]) / 3, 15);
    expect(metrics.directionalAccuracy).toBeCloseTo(1 / 3, 15);
    expect(metrics.baseRate).toBeCloseTo(2 / 3, 15);
    expect(metrics.coverage).toEqual([
      { level: 0.5, share: 1 / 3 },
      { level: 0.8, share: 1 / 3 },
      { level: 0.9, share: 2 / 3 },
      { level: 0.95, share: 2 / 3 },
    ]);
  });
});
