// What callers, stored rows and earlier versions rely on. A test here may be added to, but what it pins may change only together
// with those who rely on it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkLandedMigrations } from '../../scripts/database/landed-migrations.ts';
import { sampleBarFile } from '../../src/cli/bar-files.ts';
import { parseEvaluateOptions } from '../../src/cli/evaluate/evaluate-options.ts';
import type { MainJobReport } from '../../src/cli/main-job.ts';
import { reportTable } from '../../src/cli/report-table.ts';
import { parseStartOptions } from '../../src/cli/start-options.ts';
import { EVERY_DAY } from '../../src/shared/calendars/built-in-calendars.ts';
import { ensembleConfigurationSchema } from '../../src/shared/contracts/ensemble-configuration.ts';
import { parseEnvironment } from '../../src/shared/contracts/environment.ts';
import { errorAnswer } from '../../src/shared/contracts/error-answer.ts';
import { forecastRequestSchema } from '../../src/shared/contracts/forecast-request.ts';
import { uploadSchema } from '../../src/shared/contracts/ingest-request.ts';
import type { JobOf } from '../../src/shared/contracts/job.ts';
import { horizonSchema, memberNameSchema, symbolSchema } from '../../src/shared/contracts/names.ts';
import { alertLevel, DIVERGENCE_THRESHOLDS } from '../../src/shared/divergence/alert-level.ts';
import { assessOverfitting } from '../../src/shared/divergence/assess-overfitting.ts';
import { IMPLAUSIBLE_RELATIVE_RMSE } from '../../src/shared/divergence/implausible-skill.ts';
import { judgeFit } from '../../src/shared/divergence/judge-fit.ts';
import { configurationHash } from '../../src/shared/ensemble/configuration-hash.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../../src/shared/ensemble/ensemble-fit.ts';
import { restoreEnsemble } from '../../src/shared/ensemble/fitted-ensemble.ts';
import {
  defaultConfiguration,
  type ModelCount,
  PRESET_WEIGHTS,
  presetConfiguration,
} from '../../src/shared/ensemble/presets.ts';
import { requireConfiguration } from '../../src/shared/ensemble/require-configuration.ts';
import { FitError } from '../../src/shared/errors/fit-error.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import { StoreError } from '../../src/shared/errors/store-error.ts';
import { DEFAULT_WINDOW_SIZES, rollingWindows } from '../../src/shared/evaluation/rolling-windows.ts';
import { windowValidation } from '../../src/shared/evaluation/window-validation.ts';
import { ComputeMeter } from '../../src/shared/jobs/compute-meter.ts';
import type { JobQueue } from '../../src/shared/jobs/job-queue.ts';
import { runNextJob } from '../../src/shared/jobs/run-next-job.ts';
import { validationRows } from '../../src/shared/jobs/validation-rows.ts';
import type { Json } from '../../src/shared/json.ts';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { encodeFloat64 } from '../../src/shared/numerics/float64-codec.ts';
import { COVERAGE_LEVELS } from '../../src/shared/scores/coverage.ts';
import { timeframeOf } from '../../src/shared/series/horizon.ts';
import { sliceSeries } from '../../src/shared/series/series.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../src/shared/synthesis/direction.ts';
import { forecastRow } from '../../src/shared/synthesis/forecast-row.ts';
import { CODE_VERSION } from '../../src/shared/version.ts';
import { exampleReport } from '../cli/evaluate/report-page/example-report.ts';
import { smallConfiguration, smallSeries, smallWindow } from '../shared/evaluation/small-window.ts';
import { simulatedSeries } from '../shared/models/simulated-series.ts';

const root = new URL('../../', import.meta.url);
const fileText = (path: string) => readFileSync(new URL(path, root), 'utf8');
const configure = (variables: Record<string, string>) =>
  parseEnvironment((name) => variables[name]).configuration;

/** The columns that the specification's queries name, in their order. */
const METRICS_COLUMNS = [
  ...['id', 'symbol_id', 'symbol', 'horizon', 'validation_date', 'window_id', 'train_rmse', 'val_rmse'],
  ...['test_rmse', 'divergence', 'divergence_threshold', 'is_overfitting', 'model_count', 'models_used'],
  ...['n_train_samples', 'n_val_samples', 'n_test_samples', 'data_span_days', 'hyperparameters'],
  ...['directional_accuracy', 'mean_absolute_error', 'trained_at', 'created_at', 'updated_at'],
];

/** A window of the small series, validated once. */
const validated = (() => {
  const validation = windowValidation({
    judgeFit,
    ...{ series: smallSeries, window: smallWindow, configuration: smallConfiguration },
  });
  validation.step(unlimitedBudget);
  const result = validation.result();
  const identity = { horizon: '1D', codeVersion: CODE_VERSION, validatedAt: '2026-01-02T03:04:05Z' };
  return { result, rows: validationRows(result, assessOverfitting(result.scored), identity) };
})();

describe('ensemble_validation_metrics', () => {
  it('is created with its 24 columns in the order of the specification', () => {
    const sql = fileText('supabase/schemas/validation/tables/ensemble_validation_metrics.sql');
    const body = /create table public\.ensemble_validation_metrics \(\n([\s\S]*?)\n\);/.exec(sql)![1];
    const columns = body
      .split('\n')
      .flatMap((line) => /^ {2}(?!constraint|references)([a-z_]+) /.exec(line)?.[1] ?? []);
    expect(columns).toEqual(METRICS_COLUMNS);
  });

  it('loses and renames no column in a later migration, nor do forecasts but one that a view shows', () => {
    const statements = readdirSync(new URL('supabase/migrations/', root)).flatMap((name) =>
      fileText(`supabase/migrations/${name}`).toLowerCase().split(';'),
    );
    const changes = statements.flatMap((statement) => {
      const table =
        /alter table (?:only )?public\.(ensemble_validation_metrics|overfitting_tests|forecasts)\b/.exec(
          statement,
        );
      return table
        ? [...statement.matchAll(/\b(?:drop|rename) column (?:if exists )?(\w+)/g)].map(
            ([, column]) => `${table[1]}.${column}`,
          )
        : [];
    });
    expect(changes).toEqual(['forecasts.quantile_levels']);
    expect(fileText('supabase/schemas/forecasts/views/vw_forecasts.sql')).toContain('as quantile_levels');
  });

  it('is filled column by column: what a worker sends has their names', () => {
    const { id: _id, ...own } = Object.fromEntries(METRICS_COLUMNS.map((name) => [name, true]));
    const { symbol_id: _symbol, created_at: _created, updated_at: _updated, ...sent } = own;
    expect(Object.keys(validated.rows.metrics)).toEqual(expect.arrayContaining(Object.keys(sent)));
    for (const name of Object.keys(validated.rows.metrics)) expect(METRICS_COLUMNS).toContain(name);
  });

  it('keeps errors as fractions of log returns and divergence as a fraction, not as a percentage', () => {
    const { metrics } = validated.rows;
    for (const name of ['train_rmse', 'val_rmse', 'test_rmse', 'mean_absolute_error']) {
      expect(metrics[name]).toBeGreaterThan(0.001);
      expect(metrics[name]).toBeLessThan(0.1);
    }
    expect(metrics.divergence_threshold).toBe(0.2);
  });

  it('names the ensemble, its hash and what tuning chose in hyperparameters', () => {
    expect(Object.keys(validated.rows.metrics.hyperparameters as object)).toEqual(
      expect.arrayContaining(['ensemble', 'config_hash', 'mean_factor', 'members']),
    );
  });
});

describe('migrations', () => {
  it('that have landed are as they were when databases ran them; changes are new files, which come after', () => {
    expect(checkLandedMigrations(fileURLToPath(root))).toEqual([]);
  });
});

describe('the environment', () => {
  it.each<[string, Record<string, number>]>([
    ['2', { LSTM: 0.5, ARIMA_GARCH: 0.5 }],
    ['3', { LSTM: 0.4, ARIMA_GARCH: 0.3, GB: 0.3 }],
  ])(
    'ENSEMBLE_MODEL_COUNT=%s gives the candidate with the weights of the specification',
    (count, weights) => {
      expect(configure({ ENSEMBLE_MODEL_COUNT: count })).toMatchObject({ ensemble: 'candidate', weights });
    },
  );

  it('without any variable is that of 2 models', () => {
    expect(configure({})).toEqual(configure({ ENSEMBLE_MODEL_COUNT: '2' }));
  });

  it('ENSEMBLE_MODEL_COUNT=4 is the legacy baseline, a quarter each', () => {
    expect(presetConfiguration(4)).toMatchObject({
      ensemble: 'baseline',
      weights: { LSTM: 0.25, ARIMA_GARCH: 0.25, GB: 0.25, TRANSFORMER: 0.25 },
    });
  });

  it('ENSEMBLE_MODEL_COUNT=4 is that ensemble, and alone may have TRANSFORMER', () => {
    const legacy = configure({ ENSEMBLE_MODEL_COUNT: '4' });
    expect(legacy).toMatchObject(presetConfiguration(4));
    expect(requireConfiguration(legacy).map(({ name }) => name)).toEqual([
      ...['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER'],
    ]);
    expect(() => requireConfiguration({ ...legacy, ensemble: 'candidate' })).toThrow(
      expect.objectContaining({
        code: 'member_not_allowed',
        message: expect.stringContaining('TRANSFORMER'),
      }),
    );
  });

  it('knows the whole legacy ensemble whatever is configured: that is what a rollback goes to', () => {
    const legacy = configure({ ENSEMBLE_MODEL_COUNT: '4' });
    const variables: Record<string, string> = { ENSEMBLE_MODEL_COUNT: '3', CONFORMAL_STEP: '0.001' };
    expect(parseEnvironment((name) => variables[name]).baseline).toEqual(legacy);
    expect(parseEnvironment(() => undefined).baseline).toEqual(legacy);
  });

  it.each(['1', '5', 'two', '2.0'])('refuses ENSEMBLE_MODEL_COUNT=%s', (count) => {
    expect(() => configure({ ENSEMBLE_MODEL_COUNT: count })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining('ENSEMBLE_MODEL_COUNT'),
      }),
    );
  });

  it.each([
    [
      { ENABLE_LSTM: 'true', ENABLE_ARIMA_GARCH: 'true', ENABLE_GB: 'false', ENABLE_TRANSFORMER: 'false' },
      '2',
    ],
    [
      { ENABLE_LSTM: 'true', ENABLE_ARIMA_GARCH: 'true', ENABLE_GB: 'true', ENABLE_TRANSFORMER: 'false' },
      '3',
    ],
    [{ ENABLE_LSTM: 'true', ENABLE_ARIMA_GARCH: 'true', ENABLE_GB: 'true', ENABLE_TRANSFORMER: 'true' }, '4'],
  ])('takes the flags %j, which say what %s models say', (flags, count) => {
    expect(configure({ ...flags, ENSEMBLE_MODEL_COUNT: count })).toEqual(
      configure({ ENSEMBLE_MODEL_COUNT: count }),
    );
  });

  it.each([
    ['ENABLE_LSTM', 'false', '2'],
    ['ENABLE_ARIMA_GARCH', 'false', '3'],
    ['ENABLE_GB', 'true', '2'],
    ['ENABLE_GB', 'false', '3'],
    ['ENABLE_TRANSFORMER', 'true', '2'],
    ['ENABLE_TRANSFORMER', 'true', '3'],
    ['ENABLE_TRANSFORMER', 'false', '4'],
    ['ENABLE_GB', 'false', '4'],
  ])('refuses %s=%s beside ENSEMBLE_MODEL_COUNT=%s, naming both', (flag, value, count) => {
    expect(() => configure({ [flag]: value, ENSEMBLE_MODEL_COUNT: count })).toThrow(
      expect.objectContaining({
        code: 'contradictory_environment',
        message: expect.stringMatching(`${flag}=${value}.*ENSEMBLE_MODEL_COUNT=${count}`),
      }),
    );
  });

  it('combines by simple_avg unless told otherwise, which is the preset weights', () => {
    const named = configure({ ENSEMBLE_OPTIMIZATION_METHOD: 'simple_avg' });
    expect(named).toEqual(configure({}));
    expect(named.weights).toEqual(PRESET_WEIGHTS[2]);
    expect(() => configure({ ENSEMBLE_OPTIMIZATION_METHOD: 'best_guess' })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        message: expect.stringContaining('ENSEMBLE_OPTIMIZATION_METHOD'),
      }),
    );
  });
});

describe('configuration hashes, which stored rows refer to', () => {
  it.each([
    ['2', '6ab05e516a261465'],
    ['3', '4da30a957fe63171'],
  ])('of %s models are those of 0.3.0', (count, hash) => {
    expect(configurationHash(configure({ ENSEMBLE_MODEL_COUNT: count }))).toBe(hash);
  });

  it('of the legacy ensemble of 4 stays: a rollback writes the very one that was compared with', () => {
    const legacy = configure({ ENSEMBLE_MODEL_COUNT: '4' });
    expect(configurationHash(legacy)).toBe('7adbd7c35d211425');
    expect(configurationHash(ensembleConfigurationSchema.parse(JSON.parse(JSON.stringify(legacy))))).toBe(
      '7adbd7c35d211425',
    );
  });

  it('of 2 models with companions are those of 0.3.0', () => {
    expect(configurationHash(configure({ LSTM_COMPANIONS: 'SPY,QQQ' }))).toBe('f3bcafa6afbf5c87');
  });

  it('differ by the covariates, what is read of them and their order', () => {
    const written = ['VIX', 'VIX:range', 'VIX,SPY', 'SPY,VIX', ''];
    const hashes = written.map((text) => configurationHash(configure({ ENSEMBLE_COVARIATES: text })));
    expect(new Set(hashes).size).toBe(5);
    const stored = JSON.parse(JSON.stringify(configure({ ENSEMBLE_COVARIATES: 'VIX,SPY' })));
    expect(configurationHash(ensembleConfigurationSchema.parse(stored))).toBe(hashes[2]);
  });

  it.each<[ModelCount, string]>([
    [2, '756eb392f8c251ee'],
    [3, 'e1377cbf23065c3f'],
    [4, 'd9a4accf1202f4a6'],
  ])('of the preset of %d without its grids stay what they were', (count, hash) => {
    expect(configurationHash(presetConfiguration(count))).toBe(hash);
  });

  it('are found again from a configuration as version 0.2.0 stored it, its keys in the order of jsonb', () => {
    const stored = `{"seed": 1, "grids": {"LSTM": [
      {"epochs": 12, "dropout": 0, "lookback": 20, "networks": 3, "batchSize": 32, "hiddenUnits": 8, "learningRate": 0.005},
      {"epochs": 12, "dropout": 0.2, "lookback": 20, "networks": 3, "batchSize": 32, "hiddenUnits": 16, "learningRate": 0.005},
      {"epochs": 12, "dropout": 0.2, "lookback": 20, "networks": 3, "batchSize": 32, "hiddenUnits": 32, "learningRate": 0.003}],
      "ARIMA_GARCH": [
      {"variance": "realized", "innovations": "t", "distribution": "empirical"},
      {"variance": "realized", "innovations": "t", "distribution": "t"},
      {"variance": "realized", "innovations": "normal", "distribution": "empirical"},
      {"variance": "gjr", "innovations": "t", "distribution": "empirical"}]},
      "weights": {"LSTM": 0.5, "ARIMA_GARCH": 0.5}, "ensemble": "candidate", "refitEvery": 21, "meanFactors": [0, 0.5]}`;
    const read = ensembleConfigurationSchema.parse(JSON.parse(stored));
    expect(configurationHash(read)).toBe('9d989741a7c05aa7');
  });
});

interface StoredArtifact {
  readonly code_version: string;
  readonly state: { readonly [key: string]: Json } & {
    readonly members: readonly { artifact: Record<string, Json> }[];
  };
  readonly forecasts: Record<string, string>;
}

describe('what earlier code stored', () => {
  const stored = JSON.parse(fileText('test/fixtures/ensemble-artifact-0.2.0.json')) as StoredArtifact;
  const series = simulatedSeries(77, 330);
  /** Mean, scale and quantiles; or the code of the refusal. */
  const forecastOf = (state: Json, steps: number) => {
    try {
      const { mean, scale, quantiles } = restoreEnsemble(state).predict(series, steps).distribution;
      return encodeFloat64(Float64Array.of(mean, scale, ...quantiles));
    } catch (error) {
      if (error instanceof FitError) return error.code;
      throw error;
    }
  };

  it.each([1, 5])(
    'an artifact forecasts %d steps to the bit as it did then; a later version may refuse it, but never misreads it',
    (steps) => {
      const bits = stored.forecasts[steps];
      const allowed = CODE_VERSION === stored.code_version ? [bits] : [bits, 'invalid_artifact'];
      expect(allowed).toContain(forecastOf(stored.state, steps));
    },
  );

  it.each([0, 99, '1', null])('an artifact of the unknown version %j is refused', (version) => {
    expect(forecastOf({ ...stored.state, version }, 1)).toBe('invalid_artifact');
  });

  it.each([0, 1, 2])('so is one whose member %d is of a version that is unknown', (member) => {
    const changed = structuredClone(stored.state);
    changed.members[member].artifact.version = 99;
    expect(forecastOf(changed, 1)).toBe('invalid_artifact');
  });

  it('so is one whose members were exchanged: weights are not given to another', () => {
    const changed = structuredClone(stored.state) as unknown as {
      members: { name: string; artifact: Json }[];
    };
    const [first, second] = changed.members;
    [first.artifact, second.artifact] = [second.artifact, first.artifact];
    expect(forecastOf(changed as unknown as Json, 1)).toBe('invalid_artifact');
  });

  it('a checkpoint of another code version is not resumed: the work starts over', async () => {
    const payload = {
      ...{ symbol: smallSeries.symbol, horizon: '1D', ensemble: 'candidate', window_id: 389 },
      sizes: { train: 280, validation: 50, test: 40, step: 40 },
    };
    const id = '00000000-0000-4000-8000-000000000000';
    const run = async (checkpoint: Json) => {
      let completed: Json = null;
      const job = {
        ...{ id: 1, run_id: id, lease_token: id, attempt: 1, config_hash: 'abc', checkpoint },
        ...{ kind: 'validate_window', configuration: smallConfiguration, payload },
      } as JobOf<'validate_window'>;
      const queue: JobQueue = {
        claim: async () => job as never,
        saveStep: async () => {},
        complete: async (_, result) => {
          completed = result;
        },
        fail: async () => 'dead',
      };
      const outcome = await runNextJob({
        ...{ queue, now: () => '2026-01-02T03:04:05Z', meter: new ComputeMeter(() => 0) },
        readSeries: async (_symbol, _timeframe, from, count) => sliceSeries(smallSeries, from, from + count),
        readCompanions: async () => [],
        readEvents: async () => new Map(),
        readCovariates: async () => [],
        barRules: async () => ({ calendar: EVERY_DAY }),
        latestWindow: async () => null,
        readForecastContext: async () => ({
          thresholds: DEFAULT_DIRECTION_THRESHOLDS,
          latestWindow: null,
          outcomes: 0,
        }),
      });
      return { outcome: outcome.outcome, completed };
    };
    const fresh = await run(null);
    expect(fresh.outcome).toBe('succeeded');
    for (const code of ['0.1.0', '99.0.0', null]) {
      expect(await run({ code, bars: 'other', state: { phase: 'of another shape' } })).toEqual(fresh);
    }
  });
});

describe('the legacy ensemble of 4 models', () => {
  const legacy: EnsembleConfiguration = {
    ...presetConfiguration(4),
    grids: {
      ...smallConfiguration.grids,
      GB: [{ trees: 8, depth: 2, learningRate: 0.1, meanTrees: 4 }],
      TRANSFORMER: [
        {
          width: 4,
          heads: 2,
          lookback: 4,
          learningRate: 0.02,
          dropout: 0,
          epochs: 12,
          batchSize: 64,
          networks: 8,
        },
      ],
    },
  };
  const validation = windowValidation({
    judgeFit,
    ...{ series: smallSeries, window: smallWindow, configuration: legacy },
  });
  validation.step(unlimitedBudget);
  const result = validation.result();
  const fit = new EnsembleFit({
    ...{ series: sliceSeries(smallSeries, 20, 350), train: 280, validation: 50, configuration: legacy },
  });
  fit.step(unlimitedBudget);
  const { fitted } = fit.result();
  const names = ['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER'];

  it('is fitted and validated with all members, in their order, a quarter each', () => {
    expect(fitted.members.map(({ name, weight }) => [name, weight])).toEqual(
      names.map((name) => [name, 0.25]),
    );
    const identity = { horizon: '1D', codeVersion: CODE_VERSION, validatedAt: '2026-01-02T03:04:05Z' };
    const { metrics } = validationRows(result, assessOverfitting(result.scored), identity);
    expect(metrics).toMatchObject({ model_count: 4, models_used: names });
    expect(metrics.hyperparameters).toMatchObject({ ensemble: 'baseline' });
    for (const name of ['train_rmse', 'val_rmse', 'test_rmse']) expect(metrics[name]).toBeGreaterThan(0);
  });

  it('forecasts the mean of its members: each interval is as wide as theirs on average', () => {
    const { distribution, members } = fitted.predict(sliceSeries(smallSeries, 20, 350));
    expect(Object.keys(members)).toEqual(names);
    for (const [below, above] of [
      [9, 189],
      [49, 149],
    ]) {
      const width = ({ quantiles }: { quantiles: Float64Array }) => quantiles[above] - quantiles[below];
      const widths = Object.values(members).map(width);
      expect(width(distribution)).toBeCloseTo(widths.reduce((sum, one) => sum + one) / 4, 14);
      expect(new Set(widths).size).toBe(4);
    }
  });

  it('is restored from what is stored of it, and forecasts the same bits', () => {
    const stored = JSON.parse(JSON.stringify(fitted.toJSON())) as Json;
    const restored = restoreEnsemble(stored);
    expect(restored.toJSON()).toEqual(fitted.toJSON());
    expect(restored.predict(smallSeries, 5)).toEqual(fitted.predict(smallSeries, 5));
  });

  it.each([
    ['of another version', { version: 99 }],
    ['of another member', { name: 'LSTM' }],
    ['without networks', { networks: [] }],
    ['with a network of another size', { networks: ['AAAA'] }],
    ['without its scaling', { scaling: null }],
    ['with hyperparameters that it does not have', { hyperparameters: { hiddenUnits: 4 } }],
    ['without residuals', { pool: {} }],
    ['with figures that are none', { horizon: 'AAAAAAAA8H8AAAAAAADwfwAAAAAAAPB/' }],
  ])('is not restored with a TRANSFORMER %s', (_what, change) => {
    const stored = JSON.parse(JSON.stringify(fitted.toJSON())) as {
      members: { artifact: Record<string, Json> }[];
    };
    Object.assign(stored.members[3].artifact, change);
    expect(() => restoreEnsemble(stored as unknown as Json)).toThrow(
      expect.objectContaining({ code: 'invalid_artifact' }),
    );
  });
});

describe('what apps and scripts read', () => {
  it('a row of forecasts has its columns, with intervals by their coverage in per cent', () => {
    const bars = sliceSeries(smallSeries, 0, 330);
    const fit = new EnsembleFit({
      series: bars,
      train: 280,
      validation: 50,
      configuration: smallConfiguration,
    });
    fit.step(unlimitedBudget);
    const ensemble = fit.result().fitted;
    const row = forecastRow(
      ensemble.predict(bars),
      ensemble,
      bars,
      { horizon: '1D', ensemble: 'candidate', configHash: 'abc', codeVersion: CODE_VERSION },
      {
        ...{ now: '2000-01-01T00:00:00Z', thresholds: DEFAULT_DIRECTION_THRESHOLDS },
        ...{ latestWindow: null, outcomes: 0, failedCandidates: [] },
      },
    );
    for (const column of [
      ...[
        'symbol',
        'horizon',
        'ensemble',
        'config_hash',
        'code_version',
        'data_cutoff',
        'target_time',
        'last_close',
      ],
      ...[
        'forecast_return',
        'forecast_price',
        'scale',
        'probability_up',
        'lower_50',
        'upper_50',
        'lower_80',
        'upper_80',
      ],
      ...['lower_90', 'upper_90', 'lower_95', 'upper_95', 'quantile_levels', 'return_quantiles', 'members'],
    ])
      expect(row).toHaveProperty(column);
    for (const member of row.members as Json[])
      expect(Object.keys(member as object)).toEqual(
        expect.arrayContaining(['name', 'weight', 'mean', 'scale', 'hyperparameters']),
      );
    expect(row.quantile_levels).toHaveLength(199);
  });

  it('quantiles stand at 0.005 to 0.995, intervals at 50, 80, 90 and 95 %', () => {
    expect([QUANTILE_LEVELS.length, QUANTILE_LEVELS[0], QUANTILE_LEVELS[99], QUANTILE_LEVELS[198]]).toEqual([
      199, 0.005, 0.5, 0.995,
    ]);
    expect(COVERAGE_LEVELS).toEqual([0.5, 0.8, 0.9, 0.95]);
    expect(Object.keys(validated.rows.tests.coverage as object)).toEqual(['50', '80', '90', '95']);
  });

  it('a row of overfitting_tests has what dashboards show beside the metrics', () => {
    for (const column of [
      ...['verdict', 'reasons', 'level', 'raw_divergence', 'volatility_shift', 'implausible_skill', 'trials'],
      ...[
        'selection_gap',
        'selection_gap_p',
        'fit_optimism',
        'fit_optimism_p',
        'rmse_divergence',
        'crps_divergence',
      ],
      ...['benchmark_test_rmse', 'benchmark_test_crps', 'test_crps', 'base_rate', 'coverage', 'data_cutoff'],
    ])
      expect(validated.rows.tests).toHaveProperty(column);
  });

  it('npm start reports forecasts, windows and overfitting_tests, and prints rows as 0.2.0 stored them', () => {
    const names: (keyof MainJobReport)[] = ['forecasts', 'windows', 'overfitting_tests'];
    const forecast = {
      ...{ symbol: 'SPX', horizon: '1D', data_cutoff: '2020-04-17T00:00:00+00:00', last_close: 2874.56 },
      ...{ target_time: '2020-04-20T20:00:00+00:00', forecast_price: 2876.66, probability_up: 0.521 },
      ...{ lower_50: 2846.94, upper_50: 2908.77, lower_90: 2785.77, upper_90: 2959.78 },
    };
    const window = { id: 7, ...validated.rows.metrics };
    const tests = { metrics_id: 7, ...validated.rows.tests };
    const report = Object.fromEntries(names.map((name, i) => [name, [[forecast, window, tests][i]]]));
    const text = reportTable(report as unknown as MainJobReport);
    expect(text).toContain('2846.94 .. 2908.77');
    expect(text).toContain((validated.rows.metrics.test_rmse as number).toFixed(5));
  });

  it('the report of npm run evaluate has the keys that 0.2.0 wrote', () => {
    const report = exampleReport();
    const [part] = report.ensembles;
    const has = (value: object, keys: readonly string[]) => {
      for (const key of keys) expect(Object.keys(value)).toContain(key);
    };
    has(report, ['code_version', 'created_at', 'horizon', 'sizes', 'from', 'to', 'ensembles']);
    has(part, ['ensemble', 'config_hash', 'configuration', 'windows', 'symbols', 'pooled']);
    has(part.windows[0], [
      'symbol',
      'window_id',
      'first_bar_time',
      'data_cutoff',
      'last_bar_time',
      'test_rmse',
      'models',
    ]);
    has(part.windows[0], [
      'weights',
      'hyperparameters',
      'mean_factor',
      'overfitting',
      'train_rmse',
      'val_rmse',
    ]);
    has(part.pooled.models.ensemble, [
      'n',
      'rmse',
      'rmse_ratio',
      'mae',
      'mae_ratio',
      'directional_accuracy',
      'base_rate',
    ]);
    has(part.pooled.models.ensemble, [
      'crps',
      'crps_ratio',
      'crps_t',
      'log_score',
      'log_score_gain',
      'coverage',
    ]);
    has(part.pooled.models.ensemble, ['pinball_05', 'pinball_05_ratio', 'pinball_95', 'pinball_95_ratio']);
    has(part.windows[0].overfitting, [
      'divergence',
      'crps_divergence',
      'raw_divergence',
      'is_overfitting',
      'reasons',
    ]);
    has(part.pooled.verdicts, [
      'windows',
      'overfitting',
      'implausible',
      'divergence_above',
      'raw_divergence_above',
    ]);
  });
});

describe('HTTP', () => {
  it.each(['forecast', 'forecast-worker', 'check-divergence', 'ingest-bars', 'rollout'])(
    'the function %s is there',
    (name) => {
      expect(existsSync(new URL(`supabase/functions/${name}/index.ts`, root))).toBe(true);
      expect(fileText('supabase/config.toml')).toContain(`[functions.${name}]`);
    },
  );

  it('a forecast is asked for by symbols alone, for 1D then; a symbol twice counts once', () => {
    expect(forecastRequestSchema.parse({ symbols: ['SPX', 'AAPL', 'SPX'] })).toMatchObject({
      ...{ symbols: ['SPX', 'AAPL'], horizon: '1D' },
    });
    expect(
      forecastRequestSchema.safeParse({ symbols: Array.from({ length: 50 }, (_, i) => `S${i}`) }).success,
    ).toBe(true);
  });

  it('an upload needs its symbol and nothing else', () => {
    expect(uploadSchema.parse({ symbol: 'AAPL' })).toMatchObject({
      ...{ symbol: 'AAPL', timeframe: '1D', provider: 'csv', feed: 'file' },
    });
  });

  it.each([
    [new InvalidInputError('invalid_input', 'm'), 400],
    [new InvalidInputError('unsupported_horizon', 'm'), 400],
    [new InvalidInputError('malformed_json', 'm'), 400],
    [new StoreError('unknown_symbol', 'm', 404), 404],
    [new InvalidInputError('unknown_run', 'm'), 404],
    [new InvalidInputError('method_not_allowed', 'm'), 405],
    [new StoreError('mixed_sources', 'm', 409), 409],
    [new StoreError('publishing_disabled', 'm', 409), 409],
    [new InvalidInputError('body_too_large', 'm'), 413],
    [new InvalidInputError('unsupported_media_type', 'm'), 415],
    [new FitError('too_few_bars', 'm'), 422],
  ])('an error is {code, message}: %s with its status', (error, status) => {
    expect(errorAnswer(error)).toEqual({ status, body: { code: error.code, message: 'm' } });
    expect(fileText('docs/http-api.md')).toMatch(new RegExp(`\\| ${status} \\|.*\`${error.code}\``));
  });

  it('an error with figures has them as details; one of ours says nothing of the inside', () => {
    const { body } = errorAnswer(new FitError('too_few_bars', 'm', { have: 3, need: 100 }));
    expect(body).toEqual({ code: 'too_few_bars', message: 'm', details: { have: 3, need: 100 } });
    expect(errorAnswer(new Error('secret'))).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(errorAnswer(new StoreError('XX000', 'secret', 500))).toMatchObject({
      ...{ status: 503, body: { code: 'store_unavailable' } },
    });
  });
});

describe('names, thresholds and sizes', () => {
  it('horizons and members are called as ever', () => {
    expect(horizonSchema.options).toEqual(['1D', '4h', '8h']);
    expect(horizonSchema.options.map(timeframeOf)).toEqual(['1D', '4h', '8h']);
    expect(memberNameSchema.options).toEqual(['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER']);
  });

  it.each(['AAPL', 'BRK.B', 'BTC-USD', '7203.T', 'A', 'X'.repeat(16)])('%s is a symbol', (symbol) => {
    expect(symbolSchema.parse(symbol)).toBe(symbol);
  });

  it.each(['aapl', '^GSPC', '', 'A B', '.A', 'X'.repeat(17)])('"%s" is none', (symbol) => {
    expect(symbolSchema.safeParse(symbol).success).toBe(false);
  });

  it.each([
    [0.15, 'normal'],
    [0.1501, 'warning'],
    [0.2, 'warning'],
    [0.2001, 'overfitting'],
    [0.3, 'overfitting'],
    [0.3001, 'critical'],
  ])('a divergence of %d is %s', (divergence, level) => {
    expect(alertLevel(divergence)).toBe(level);
  });

  it('alerts begin above 15, 20 and 30 %, and skill below 0.98 of no change is implausible', () => {
    expect(DIVERGENCE_THRESHOLDS).toEqual({ warning: 0.15, overfitting: 0.2, critical: 0.3 });
    expect(IMPLAUSIBLE_RELATIVE_RMSE).toBe(0.98);
  });

  it('windows are of 1000, 250 and 250 bars for 1D, in SQL as in the core, and half for half sessions', () => {
    const daily = { train: 1000, validation: 250, test: 250, step: 250 };
    expect(DEFAULT_WINDOW_SIZES).toMatchObject({
      '1D': daily,
      '4h': { train: 500, validation: 125, test: 125, step: 125 },
    });
    const settings = fileText('supabase/schemas/configuration/rows/settings.sql');
    expect(JSON.parse(/'(\{"1D": [^']*\})'/.exec(settings)![1])).toEqual(DEFAULT_WINDOW_SIZES);
  });

  it('a window is named by the ordinal of its last test bar, whatever is added before the series ends', () => {
    expect(rollingWindows(1500, DEFAULT_WINDOW_SIZES['1D']).map(({ windowId }) => windowId)).toEqual([1499]);
    expect(rollingWindows(1750, DEFAULT_WINDOW_SIZES['1D']).map(({ windowId }) => windowId)).toEqual([
      1499, 1749,
    ]);
  });

  it('the statistical members are fitted anew every 21 bars, and means shrunk by 0 or one half', () => {
    expect(defaultConfiguration).toMatchObject({ refitEvery: 21, meanFactors: [0, 0.5], seed: 1 });
  });
});

describe('files and options', () => {
  it('the sample is SPX from vega-datasets, unadjusted: stored bars of it can be added to', () => {
    expect(sampleBarFile()).toMatchObject({ symbol: 'SPX', feed: 'vega-datasets', adjustment: 'raw' });
  });

  it('a CSV file may have its columns in any order and case, and more of them', () => {
    const text =
      'Close,Open,High,Low,Volume,Date,Adj Close\n2,1,3,0.5,7,2020-01-02,2\n2.5,2,3,1,,2020-01-03,2.5\n';
    expect(parseCsvBars(text, { timeframe: '1D', now: '2021-01-01T00:00:00Z' }).bars).toEqual([
      { time: '2020-01-02', open: 1, high: 3, low: 0.5, close: 2, volume: 7 },
      { time: '2020-01-03', open: 2, high: 3, low: 1, close: 2.5, volume: null },
    ]);
  });

  it('npm start takes the options of 0.2.0', () => {
    const args =
      '--once --json --fresh --port 54321 --csv d --symbols aapl,MSFT --horizon 1D --windows all --data e';
    expect(parseStartOptions(args.split(' '))).toMatchObject({
      ...{
        once: true,
        json: true,
        fresh: true,
        port: 54_321,
        csv: 'd',
        symbols: ['AAPL', 'MSFT'],
        horizon: ['1D'],
      },
      ...{ windows: 'all', data: 'e' },
    });
  });

  it('npm run evaluate takes the options of 0.2.0', () => {
    const args =
      '--csv d --symbols aapl,MSFT --horizon 1D --from 2000-01-01 --to 2020-12-31 --ensemble candidate,baseline --out r.json --json --threads 2';
    expect(parseEvaluateOptions(args.split(' '))).toMatchObject({
      ...{
        csv: 'd',
        symbols: ['AAPL', 'MSFT'],
        from: '2000-01-01',
        to: '2020-12-31',
        out: 'r.json',
        json: true,
      },
      ...{ ensemble: ['candidate', 'baseline'], threads: 2 },
    });
  });
});
