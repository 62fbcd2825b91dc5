import { describe, expect, it } from 'vitest';
import { alertLevel } from '../../../src/shared/divergence/alert-level.ts';
import { implausibleSkill } from '../../../src/shared/divergence/implausible-skill.ts';
import { rawDivergence } from '../../../src/shared/divergence/raw-divergence.ts';
import { relativeDivergence } from '../../../src/shared/divergence/relative-divergence.ts';
import { DIFFERENCE_CAP, scoreDifferences } from '../../../src/shared/divergence/score-differences.ts';
import { volatilityShift } from '../../../src/shared/divergence/volatility-shift.ts';

describe('relative divergence', () => {
  it('is 0 for a model that is as good as its benchmark, however volatility changes', () => {
    const scores = { train: 0.01, validation: 0.04, test: 0.02 };
    expect(relativeDivergence(scores, scores).divergence).toBe(0);
  });

  it('is the larger worsening of the two', () => {
    const benchmark = { train: 1, validation: 2, test: 4 };
    const found = relativeDivergence({ train: 0.8, validation: 1.8, test: 4.5 }, benchmark);
    expect(found.relative).toEqual({ train: 0.8, validation: 0.9, test: 1.125 });
    expect(found.trainToValidation).toBeCloseTo(0.125, 12);
    expect(found.validationToTest).toBeCloseTo(0.25, 12);
    expect(found.divergence).toBe(found.validationToTest);
  });

  it('is 0 where nothing worsens, and says by how much it improves', () => {
    const found = relativeDivergence(
      { train: 1, validation: 0.9, test: 0.8 },
      { train: 1, validation: 1, test: 1 },
    );
    expect(found.divergence).toBe(0);
    expect(found.trainToValidation).toBeCloseTo(-0.1, 12);
  });

  it('is a number for a model without any error on train', () => {
    const found = relativeDivergence(
      { train: 0, validation: 1, test: 1 },
      { train: 1, validation: 1, test: 1 },
    );
    expect(found.divergence).toBeCloseTo(99, 9);
  });

  it.each([
    [Number.NaN, 1],
    [1, 0],
    [-1, 1],
    [Number.POSITIVE_INFINITY, 1],
  ])('refuses a score of %s against %s', (model, benchmark) => {
    const fine = { train: 1, validation: 1, test: 1 };
    expect(() => relativeDivergence({ ...fine, test: model }, { ...fine, test: benchmark })).toThrow(
      RangeError,
    );
  });
});

describe('the alert level', () => {
  it.each([
    [0, 'normal'],
    [0.15, 'normal'],
    [0.1501, 'warning'],
    [0.2, 'warning'],
    [0.2001, 'overfitting'],
    [0.3, 'overfitting'],
    [0.3001, 'critical'],
    [Number.POSITIVE_INFINITY, 'critical'],
  ])('of %s is %s', (divergence, level) => {
    expect(alertLevel(divergence)).toBe(level);
  });

  it('goes by the levels that it is given', () => {
    expect(alertLevel(0.35, { warning: 0.3, overfitting: 0.4, critical: 0.5 })).toBe('warning');
  });

  it('of NaN is refused: no data is not "normal"', () => {
    expect(() => alertLevel(Number.NaN)).toThrow(RangeError);
  });
});

describe('score differences', () => {
  it('are in units of the volatility expected before the bar, and capped', () => {
    const differences = scoreDifferences(
      Float64Array.of(3, 1, 1000, 0),
      Float64Array.of(1, 2, 0, 1000),
      Float64Array.of(2, 0.5, 1, 1),
    );
    expect(Array.from(differences)).toEqual([1, -2, DIFFERENCE_CAP, -DIFFERENCE_CAP]);
  });

  it('need the same bars, and positive units', () => {
    const one = Float64Array.of(1);
    expect(() => scoreDifferences(one, Float64Array.of(1, 2), one)).toThrow(/1, 2 and 1 bars/);
    expect(() => scoreDifferences(one, one, Float64Array.of(0))).toThrow(/unit of bar 0 is 0/);
  });
});

describe('further measures', () => {
  const skill = (plain: number, validation: number, test: number, mean = 0, scale = 0) =>
    implausibleSkill({
      relativeRmse: { plain, standardised: plain },
      relativeCrps: { validation, test },
      foresight: { mean, scale },
    });

  it('call skill implausible that nobody has, and say which', () => {
    expect(skill(0.98, 0.96, 0.96)).toEqual([]);
    expect(skill(0.9799, 1, 1)).toEqual([expect.stringContaining('RMSE on test is 0.9799')]);
    expect(skill(1, 0.9599, 0.9599)).toEqual([expect.stringContaining('0.9599 and 0.9599')]);
    expect(skill(1, 1, 1, 0.301, 0)).toEqual([expect.stringContaining('The mean goes with the return')]);
    expect(skill(1, 1, 1, 0, 0.381)).toEqual([expect.stringContaining('The scale goes with the size')]);
    expect(skill(1, 1, 1, 0.3, 0.38)).toEqual([]);
    expect(skill(1, 1, 1, -1, -1)).toEqual([]);
    expect(skill(0.5, 0.5, 0.5, 1, 1)).toHaveLength(4);
  });

  it('want a skill in RMSE that a few days of a crash do not make, and one in CRPS on both parts', () => {
    const found = implausibleSkill({
      relativeRmse: { plain: 0.9, standardised: 0.99 },
      relativeCrps: { validation: 0.99, test: 0.7 },
      foresight: { mean: 0, scale: 0 },
    });
    expect(found).toEqual([]);
  });

  it('give the change of volatility and the raw measure, which confuses the two', () => {
    expect(volatilityShift(0.01, 0.02)).toBe(2);
    expect(rawDivergence(0.01, 0.02)).toBe(1);
    expect(rawDivergence(0.02, 0.01)).toBe(0.5);
    expect(() => volatilityShift(0, 1)).toThrow(RangeError);
    expect(() => rawDivergence(0, 1)).toThrow(RangeError);
  });
});
