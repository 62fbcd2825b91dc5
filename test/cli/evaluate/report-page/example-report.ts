import type { z } from 'zod';
import { evaluationReportSchema } from '../../../../src/shared/contracts/evaluation-report.ts';
import { defaultConfiguration } from '../../../../src/shared/ensemble/presets.ts';
import { SeededRandom } from '../../../../src/shared/numerics/random.ts';

type Part = z.infer<typeof evaluationReportSchema>['ensembles'][number];
type Figures = Part['pooled']['models'][string];
type Window = Part['windows'][number];

/** Figures that look like real ones, each different. */
function someFigures(random: SeededRandom, n: number): Figures {
  const near = (value: number, spread: number) => value + spread * random.normal();
  return {
    ...{ n, rmse: near(0.012, 0.001), rmse_ratio: near(1, 0.002), mae: near(0.008, 0.001) },
    ...{ mae_ratio: near(1, 0.002), directional_accuracy: near(0.52, 0.01), base_rate: near(0.53, 0.01) },
    ...{ crps: near(0.006, 0.0005), crps_ratio: near(0.99, 0.005), crps_t: near(-2, 1) },
    ...{ log_score: near(3, 0.1), log_score_gain: near(0.03, 0.01), pinball_05: near(0.001, 0.0001) },
    ...{ pinball_05_ratio: near(0.97, 0.01), pinball_95: near(0.001, 0.0001) },
    pinball_95_ratio: near(0.97, 0.01),
    coverage: [0.5, 0.8, 0.9, 0.95].map((level) => {
      const share = () => Math.min(1, near(level, 0.01));
      return { level, share: share(), by_tercile: [share(), share(), share()] };
    }),
  };
}

function someWindow(random: SeededRandom, symbol: string, year: number): Window {
  const gap = () => ({ gap: 0.01 * random.normal(), p_value: random.uniform(), floor: 0.02 });
  return {
    ...{ symbol, window_id: 250 * (year - 1994) - 1, weights: { LSTM: 0.5, ARIMA_GARCH: 0.5 } },
    ...{
      first_bar_time: `${year - 6}-01-04`,
      data_cutoff: `${year - 1}-03-31`,
      last_bar_time: `${year}-03-30`,
    },
    ...{ train_rmse: 0.011, val_rmse: 0.012, test_rmse: 0.013, mean_factor: 0.5 },
    calibration: {
      ...{ method: 'calibrated', samples: 250, span_days: 363, reason_code: null, reason: null },
      weights_at_start: { LSTM: 0.6, ARIMA_GARCH: 0.4 },
      weights_at_end: { LSTM: 0.5, ARIMA_GARCH: 0.5 },
    },
    hyperparameters: { LSTM: { hiddenUnits: 8 } },
    models: { ensemble: someFigures(random, 250), LSTM: someFigures(random, 250) },
    overfitting: {
      ...{ divergence: 0.02 * random.uniform(), crps_divergence: 0.02 * random.uniform() },
      selection_gap: { squared_error: gap(), crps: gap() },
      fit_optimism: { squared_error: gap(), crps: gap() },
      ...{ backtest_overfitting_probability: null, trials: 4, volatility_shift: 1.1 },
      ...{ selection_bias: null, foresight: { mean: 0.01, scale: 0.1 } },
      ...{
        raw_divergence: 1.3 * random.uniform(),
        is_overfitting: false,
        is_implausible: false,
        reasons: [],
      },
    },
  };
}

/** Test results that look like real ones; `found` has one finding that stands after the adjustment. */
function someTests(random: SeededRandom, found: boolean): Part['symbols'][number]['tests'] {
  const likelihoodRatio = (p_value = random.uniform()) => ({
    ...{ statistic: 3 * random.uniform(), p_value, p_value_holm: Math.min(1, 12 * p_value) },
  });
  const coverage = [0.5, 0.8, 0.9, 0.95].map((level) => ({
    ...{ level, outside: Math.round(1000 * (1 - level)), kupiec: likelihoodRatio(0.5) },
    christoffersen_independence: likelihoodRatio(found && level === 0.9 ? 0.001 : 0.4),
    christoffersen_conditional: likelihoodRatio(0.3),
  }));
  const accuracy = {
    mean_difference: -1e-5,
    statistic: -3,
    p_value: 0.004,
    p_value_holm: found ? 0.012 : 0.2,
  };
  const models = ['ensemble', 'LSTM'];
  return {
    confidence_set: someSet(found),
    models: Object.fromEntries(models.map((name) => [name, { diebold_mariano: accuracy, coverage }])),
  };
}

const someSet = (found: boolean): Part['pooled']['confidence_set'] => ({
  level: 0.9,
  models: {
    ensemble: { p_value: 1, included: true },
    LSTM: found ? { p_value: 0.021, included: false } : { p_value: 0.4, included: true },
  },
});

/** A report on three symbols with four windows each, one window flagged, as `npm run evaluate` would write it. */
export function exampleReport(): z.infer<typeof evaluationReportSchema> {
  const random = new SeededRandom(11);
  const symbols = ['AAPL', 'BRK.B', 'SPY'];
  const windows = symbols.flatMap((symbol) =>
    [2017, 2018, 2019, 2020].map((year) => someWindow(random, symbol, year)),
  );
  Object.assign(windows[5].overfitting, {
    ...{ divergence: 0.234, is_overfitting: true },
    reasons: ['Divergence of RMSE 23.4 % is above its threshold of 20.0 %.'],
  });
  const verdicts = (count: number, flagged: number) => ({
    ...{ windows: count, overfitting: flagged, implausible: 0 },
    divergence_above: { '0.15': flagged, '0.20': flagged, '0.30': 0 },
    raw_divergence_above: { '0.15': count - 1, '0.20': count - 1, '0.30': 2 },
  });
  const gap = { gap: 0.001, p_value: 0.4, floor: 0.02 };
  const nothingFound = {
    ...{ divergence: 0.01, crps_divergence: 0.01, selection_bias: null, reasons: [] },
    ...{ foresight: { mean: 0.01, scale: 0.1 }, is_overfitting: false, is_implausible: false },
    selection_gap: { squared_error: gap, crps: gap },
    fit_optimism: { squared_error: gap, crps: gap },
  };
  return evaluationReportSchema.parse({
    ...{ code_version: '0.2.0', created_at: '2026-01-02T03:04:05.678Z', horizon: '1D', from: null },
    ...{ sizes: { train: 1000, validation: 250, test: 250, step: 250 }, to: '2020-03-30' },
    ensembles: [
      {
        ...{
          ensemble: 'candidate',
          config_hash: '0123456789abcdef',
          configuration: defaultConfiguration,
          windows,
        },
        symbols: symbols.map((symbol, s) => ({
          symbol,
          models: { ensemble: someFigures(random, 1000), LSTM: someFigures(random, 1000) },
          verdicts: verdicts(4, s === 1 ? 1 : 0),
          overfitting: nothingFound,
          tests: someTests(random, s === 1),
        })),
        pooled: {
          models: { ensemble: someFigures(random, 3000), LSTM: someFigures(random, 3000) },
          verdicts: verdicts(12, 1),
          confidence_set: someSet(true),
        },
      },
    ],
  });
}
