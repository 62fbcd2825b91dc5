import { describe, expect, it } from 'vitest';
import { symbolTestsSchema } from '../../../src/shared/contracts/forecast-tests.ts';
import { neweyWestLags } from '../../../src/shared/numerics/hac-mean.ts';
import { symbolTests } from '../../../src/shared/report/symbol-tests.ts';
import { dieboldMariano } from '../../../src/shared/scores/diebold-mariano.ts';
import { exactCoveragePValues } from '../../../src/shared/statistical-tests/exact-coverage-p-values.ts';
import { kupiecTest } from '../../../src/shared/statistical-tests/unconditional-coverage.ts';
import { simulatedForecasts } from './simulated-forecasts.ts';

const symbols = [1, 2, 3].map((seed) => simulatedForecasts(`S${seed}`, seed));
const tests = symbolTests(symbols);
const [first] = tests;

describe('the tests of a symbol', () => {
  it('keep their schema', () => {
    expect(symbolTestsSchema.array().parse(tests)).toEqual(tests);
  });

  it("are Diebold and Mariano's of CRPS against FHS, with Newey and West's lags", () => {
    const { model, fhs } = symbols[0].knowing;
    const differences = model.crps.map((value, i) => value - fhs.crps[i]);
    const lags = neweyWestLags(500);
    expect(lags).toBeGreaterThan(4);
    const test = dieboldMariano(differences, { weights: 'bartlett', lags })!;
    expect(first.models.knowing.diebold_mariano).toMatchObject({
      ...{ mean_difference: test.meanDifference, statistic: test.statistic, p_value: test.pValue },
    });
    expect(test.meanDifference).toBeLessThan(0);
    expect(test.pValue).toBeLessThan(1e-4);
  });

  it('of forecasts over several steps test coverage on outcomes that do not overlap, and allow for overlap else', () => {
    const [{ models }] = symbolTests(symbols, 5);
    const { model, fhs } = symbols[0].narrow;
    const fifth = model.covered[2].filter((_, i) => i % 5 === 0).map((covered) => 1 - covered);
    expect(models.narrow.coverage[2]).toMatchObject({
      outside: fifth.reduce((sum, hit) => sum + hit, 0),
      kupiec: { p_value: exactCoveragePValues(fifth, 1 - 0.9).unconditional },
    });
    const differences = model.crps.map((value, i) => value - fhs.crps[i]);
    const test = dieboldMariano(differences, { horizon: 5, weights: 'bartlett', lags: 8 })!;
    expect(models.narrow.diebold_mariano).toMatchObject({ statistic: test.statistic });
  });

  it('say nothing of FHS against itself', () => {
    expect(tests.map(({ models }) => models.fhs.diebold_mariano)).toEqual([null, null, null]);
  });

  it("are Kupiec's and Christoffersen's of what came outside of each interval, with exact p values", () => {
    const { model } = symbols[0].narrow;
    const [half, , ninety] = first.models.narrow.coverage;
    const outside = model.covered[2].map((covered) => 1 - covered);
    const exact = exactCoveragePValues(outside, 1 - 0.9);
    expect(ninety).toMatchObject({
      level: 0.9,
      outside: outside.reduce((sum, hit) => sum + hit, 0),
      kupiec: { statistic: kupiecTest(outside, 1 - 0.9).statistic, p_value: exact.unconditional },
      christoffersen_independence: { p_value: exact.independence },
      christoffersen_conditional: { p_value: exact.conditional },
    });
    expect(ninety.kupiec.p_value).toBeLessThan(1e-6);
    expect(half.level).toBe(0.5);
    // Too narrow in turns of 50 bars or not: the forecast that knows the turns is not even nearly refused.
    expect(first.models.knowing.coverage.every(({ kupiec }) => kupiec.p_value_holm > 0.05)).toBe(true);
    // A scale for all misses in storms only, one miss after the other.
    expect(first.models.blind.coverage[2].christoffersen_independence.p_value).toBeLessThan(0.05);
  });

  it('are adjusted for all symbols, and those of coverage for all levels too', () => {
    const accuracies = tests.map(({ models }) => models.knowing.diebold_mariano!);
    const [smallest] = accuracies.map(({ p_value }) => p_value).sort((a, b) => a - b);
    const ofSmallest = accuracies.find(({ p_value }) => p_value === smallest)!;
    expect(ofSmallest.p_value_holm).toBeCloseTo(3 * smallest, 15);
    const coverage = tests.flatMap(({ models }) => models.narrow.coverage.map(({ kupiec }) => kupiec));
    const [least] = coverage.map(({ p_value }) => p_value).sort((a, b) => a - b);
    expect(coverage.find(({ p_value }) => p_value === least)!.p_value_holm).toBeCloseTo(12 * least, 15);
    for (const { p_value, p_value_holm } of [...accuracies, ...coverage]) {
      expect(p_value_holm).toBeGreaterThanOrEqual(p_value);
    }
  });

  it('of one symbol alone are adjusted for its levels only', () => {
    const [alone] = symbolTests([symbols[0]]);
    const { diebold_mariano } = alone.models.knowing;
    expect(diebold_mariano!.p_value_holm).toBe(diebold_mariano!.p_value);
    expect(alone.models.narrow.coverage[2].kupiec.p_value_holm).toBeLessThan(
      first.models.narrow.coverage[2].kupiec.p_value_holm,
    );
  });
});
