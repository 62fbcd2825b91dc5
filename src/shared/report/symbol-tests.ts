import type { SymbolTests } from '../contracts/forecast-tests.ts';
import { overlapLags } from '../numerics/hac-mean.ts';
import { COVERAGE_LEVELS } from '../scores/coverage.ts';
import { dieboldMariano } from '../scores/diebold-mariano.ts';
import {
  christoffersenConditionalCoverageTest,
  christoffersenIndependenceTest,
} from '../statistical-tests/conditional-coverage.ts';
import { exactCoveragePValues } from '../statistical-tests/exact-coverage-p-values.ts';
import { holmAdjusted } from '../statistical-tests/holm.ts';
import { kupiecTest } from '../statistical-tests/unconditional-coverage.ts';
import { confidenceSet } from './confidence-set.ts';
import type { ScoredStretch } from './scored-stretch.ts';

/** A symbol's forecasts by model, on the same bars. */
export type ForecastsByModel = Readonly<Record<string, ScoredStretch>>;

/** A p value whose adjustment waits for the rest of its family. */
interface Waiting {
  p_value: number;
  p_value_holm: number;
}

/**
 * Tests of the forecasts of each symbol.
 *
 * - The model confidence set of CRPS.
 * - Diebold and Mariano's test of CRPS against filtered historical simulation. The variance has the lags of
 *   `overlapLags`, because losses cluster as volatility does and outcomes overlap.
 * - Kupiec's and Christoffersen's tests of every interval, with p values that are exact for this number of bars. They
 *   take bars to be independent: over several steps every so many forecasts only are tested, so that outcomes do not
 *   overlap.
 *
 * `p_value_holm` adjusts for how many tests were made: of Diebold and Mariano's over all symbols; of each test of coverage over all
 * symbols and levels; for each model by itself. Nothing is pooled over symbols, because their bars of one day are not independent.
 *
 * @param steps that a forecast looks ahead; default 1
 */
export function symbolTests(symbols: readonly ForecastsByModel[], steps = 1): SymbolTests[] {
  const tests = symbols.map((models) => ({
    confidence_set: confidenceSet(
      mapValues(models, ({ model }) => model.crps),
      steps,
    ),
    models: mapValues(models, (stretch) => testsOf(stretch, steps)),
  }));
  for (const name of Object.keys(symbols[0])) {
    const ofModel = tests.map(({ models }) => models[name]);
    const coverage = ofModel.flatMap((model) => model.coverage);
    adjust(ofModel.flatMap(({ diebold_mariano }) => diebold_mariano ?? []));
    adjust(coverage.map(({ kupiec }) => kupiec));
    adjust(coverage.map(({ christoffersen_independence }) => christoffersen_independence));
    adjust(coverage.map(({ christoffersen_conditional }) => christoffersen_conditional));
  }
  return tests;
}

function testsOf({ model, fhs }: ScoredStretch, steps: number) {
  return {
    diebold_mariano: againstFhs(
      model.crps.map((value, i) => value - fhs.crps[i]),
      steps,
    ),
    coverage: COVERAGE_LEVELS.map((level, l) => {
      const outside = model.covered[l].filter((_, i) => i % steps === 0).map((covered) => 1 - covered);
      const exact = exactCoveragePValues(outside, 1 - level);
      const waiting = (statistic: number, p_value: number) => ({ statistic, p_value, p_value_holm: p_value });
      return {
        level,
        outside: outside.reduce((sum, hit) => sum + hit, 0),
        kupiec: waiting(kupiecTest(outside, 1 - level).statistic, exact.unconditional),
        christoffersen_independence: waiting(
          christoffersenIndependenceTest(outside).statistic,
          exact.independence,
        ),
        christoffersen_conditional: waiting(
          christoffersenConditionalCoverageTest(outside, 1 - level).statistic,
          exact.conditional,
        ),
      };
    }),
  };
}

function againstFhs(differences: Float64Array, steps: number) {
  const test = dieboldMariano(differences, {
    horizon: steps,
    weights: 'bartlett',
    lags: overlapLags(differences.length, steps),
  });
  if (test === null) return null;
  const { meanDifference, statistic, pValue } = test;
  return { mean_difference: meanDifference, statistic, p_value: pValue, p_value_holm: pValue };
}

function adjust(family: readonly Waiting[]): void {
  holmAdjusted(family.map(({ p_value }) => p_value)).forEach((adjusted, test) => {
    family[test].p_value_holm = adjusted;
  });
}

function mapValues<Value, Result>(
  values: Readonly<Record<string, Value>>,
  map: (value: Value) => Result,
): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}
