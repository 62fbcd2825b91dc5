import { describe, expect, it } from 'vitest';
import { calibratedWeights, calibrationRefusal } from '../../../src/shared/calibration/calibrated-weights.ts';

const PRESET = [0.5, 0.5];
const LEARNED = [0.7, 0.3];

describe('calibrated weights', () => {
  it('are the learned ones, with how many scores and days they come from', () => {
    expect(calibratedWeights(PRESET, LEARNED, { samples: 250, spanDays: 363 }, null)).toEqual({
      method: 'calibrated',
      weights: LEARNED,
      samples: 250,
      spanDays: 363,
      reason: null,
    });
  });

  it.each([
    [99, 363, 'too_few_samples', '99'],
    [0, 0, 'too_few_samples', '0'],
    [100, 29, 'too_short_span', '29'],
    [Number.NaN, 363, 'too_few_samples', 'NaN'],
  ])('are refused for %d scores in %d days, and say so', (samples, spanDays, code, says) => {
    const refused = calibratedWeights(PRESET, LEARNED, { samples, spanDays }, null);
    expect(refused).toMatchObject({ method: 'preset', weights: PRESET, reason: { code } });
    expect(refused.reason!.message).toContain(says);
    expect(calibrationRefusal(samples, spanDays)).toEqual(refused.reason);
  });

  it('are taken from 100 scores in 30 days on', () => {
    expect(calibrationRefusal(100, 30)).toBeNull();
  });

  it('go back to the preset for a reason, which is kept', () => {
    const reason = { code: 'overfitting', message: 'it is' } as const;
    const reverted = calibratedWeights(PRESET, LEARNED, { samples: 250, spanDays: 363 }, reason);
    expect(reverted).toMatchObject({ method: 'preset', weights: PRESET, reason });
  });

  it('name too few scores before anything else', () => {
    const reason = { code: 'overfitting', message: 'it is' } as const;
    const { reason: given } = calibratedWeights(PRESET, LEARNED, { samples: 5, spanDays: 7 }, reason);
    expect(given!.code).toBe('too_few_samples');
  });
});
