import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ownerConnection } from './support/own-database.ts';
import { refusalOf, rolledBack } from './support/rolled-back.ts';

let sql: postgres.Sql;
let symbolId: number;
let levelsId: number;
const HASH = '00000000deadbeef';
beforeAll(async () => {
  sql = ownerConnection();
  const [{ id }] = await sql`select id from public.symbols where symbol = 'SPY'`;
  symbolId = id;
  [{ id: levelsId }] = await sql`select internal.quantile_levels_id('{0.25, 0.75}') as id`;
  await sql`select internal.store_configuration(${HASH}, '{}')`;
});
afterAll(() => sql.end());

const forecast = () => ({
  ...{ symbol_id: symbolId, symbol: 'SPY', horizon: '1D', ensemble: 'candidate', config_hash: HASH },
  ...{ code_version: '0', data_cutoff: '2020-01-02', target_time: '2020-01-03T21:00:00Z', last_close: 100 },
  ...{
    forecast_return: 0,
    forecast_price: 100,
    scale: 0.01,
    probability_up: 0.5,
    lower_50: 99,
    upper_50: 101,
  },
  ...{ lower_80: 98, upper_80: 102, lower_90: 97, upper_90: 103, lower_95: 96, upper_95: 104 },
  ...{ quantile_levels_id: levelsId, return_quantiles: [-0.01, 0.01], members: sql.json([]) },
});
const synthesised = () => ({
  ...forecast(),
  ...{
    direction: 'neutral',
    confidence: 0.5,
    direction_thresholds: sql.json({ bullish: 0.55, bearish: 0.45 }),
  },
  ...{ agreement: 1, mean_spread: 0, scale_ratio: 1, drivers: sql.json([]), quality_notes: sql.json([]) },
});
const metrics = () => ({
  ...{ symbol_id: symbolId, symbol: 'SPY', horizon: '1D', validation_date: '2020-01-02', window_id: 1499 },
  ...{ train_rmse: 0.01, val_rmse: 0.01, test_rmse: 0.01, divergence: 0.1, divergence_threshold: 0.2 },
  ...{
    is_overfitting: false,
    model_count: 1,
    models_used: ['LSTM'],
    n_train_samples: 1000,
    n_val_samples: 250,
  },
  ...{ n_test_samples: 250, data_span_days: 2000, directional_accuracy: 0.5, mean_absolute_error: 0.008 },
  ...{ trained_at: '2020-01-02', hyperparameters: sql.json({ ensemble: 'candidate', config_hash: 'abc' }) },
});
const run = () => ({
  ...{ kind: 'forecast', ensemble: 'candidate', idempotency_key: 'impossible', requested_via: 'schedule' },
  config_hash: HASH,
});
const bar = () => ({
  ...{
    symbol_id: symbolId,
    timeframe: '1D',
    bar_time: '1999-01-04',
    open: 2,
    high: 3,
    low: 1,
    close: 2,
    volume: 1,
  },
  ...{ provider: 'csv', feed: 'file', adjustment: 'all' },
});

/** Inserts a row and takes it back; resolves to the constraint that refused it, or 'accepted'. */
async function attempt(table: string, row: Record<string, unknown>): Promise<string> {
  const rolledBack = new Error('accepted');
  const insert = sql.begin(async (transaction) => {
    await transaction`insert into ${transaction(`public.${table}`)} ${transaction(row as never)}`;
    throw rolledBack;
  });
  return insert.then(
    () => 'committed',
    (error) => (error === rolledBack ? 'accepted' : (error.constraint_name ?? error.message)),
  );
}

describe('a row as it should be', () => {
  it.each([
    ['forecasts', forecast],
    ['forecasts', synthesised],
    ['ensemble_validation_metrics', metrics],
    ['runs', run],
    ['bars', bar],
  ])('is taken by %s', async (table, row) => {
    expect(await attempt(table, row())).toBe('accepted');
  });
});

describe('a row that cannot be is refused', () => {
  it.each([
    ['forecasts', 'prices_are_finite', () => ({ ...forecast(), upper_95: Number.NaN })],
    ['forecasts', 'intervals_are_nested', () => ({ ...forecast(), forecast_price: Number.NaN })],
    ['forecasts', 'return_is_finite', () => ({ ...forecast(), forecast_return: Number.NaN })],
    ['forecasts', 'intervals_are_nested', () => ({ ...forecast(), forecast_price: 101.5 })],
    ['forecasts', 'intervals_are_nested', () => ({ ...forecast(), lower_80: 99.5 })],
    ['forecasts', 'quantiles_ascend', () => ({ ...forecast(), return_quantiles: [0.01, -0.01] })],
    ['forecasts', 'quantiles_ascend', () => ({ ...forecast(), return_quantiles: [0, Number.NaN] })],
    ['forecasts', 'quantiles_match', () => ({ ...forecast(), return_quantiles: [0] })],
    ['forecasts', 'quantiles_match', () => ({ ...forecast(), return_quantiles: [] })],
    ['forecasts', 'quantiles_match', () => ({ ...forecast(), quantile_levels_id: -1 })],
    ['quantile_levels', 'ascend', () => ({ levels: [0.75, 0.25] })],
    ['quantile_levels', 'ascend', () => ({ levels: [Number.NaN, 0.5] })],
    ['quantile_levels', 'are_probabilities', () => ({ levels: [] })],
    ['quantile_levels', 'are_probabilities', () => ({ levels: [0, 0.5] })],
    ['quantile_levels', 'are_probabilities', () => ({ levels: [0.5, 1] })],
    ['quantile_levels', 'once', () => ({ levels: [0.25, 0.75] })],
    ['configurations', 'config_hash_is_hex', () => ({ config_hash: 'abc', configuration: sql.json({}) })],
    ['forecasts', 'look_ahead', () => ({ ...forecast(), target_time: '2020-01-01' })],
    ['forecasts', 'symbol_is_the_ids', () => ({ ...forecast(), symbol: 'AAPL' })],
    ['forecasts', 'direction_follows', () => ({ ...synthesised(), direction: 'sideways' })],
    ['forecasts', 'direction_follows', () => ({ ...synthesised(), direction: 'bullish' })],
    ['forecasts', 'synthesis_is_whole', () => ({ ...synthesised(), agreement: null })],
    ['forecasts', 'synthesis_is_whole', () => ({ ...forecast(), confidence: 0.5 })],
    ['forecasts', 'likelier_sides', () => ({ ...synthesised(), confidence: 0.9 })],
    ['forecasts', 'agreement_is_a_share', () => ({ ...synthesised(), agreement: 1.1 })],
    ['forecasts', 'spreads_are_finite', () => ({ ...synthesised(), scale_ratio: 0.9 })],
    ['forecasts', 'remarks_are_lists', () => ({ ...synthesised(), drivers: sql.json({}) })],
    ['ensemble_validation_metrics', 'symbol_is_the_ids', () => ({ ...metrics(), symbol: 'AAPL' })],
    ['ensemble_validation_metrics', 'above_threshold', () => ({ ...metrics(), divergence: 0.21 })],
    ['ensemble_validation_metrics', 'models_are_counted', () => ({ ...metrics(), model_count: 2 })],
    [
      'ensemble_validation_metrics',
      'models_are_counted',
      () => ({ ...metrics(), model_count: 2, models_used: ['LSTM', 'LSTM'] }),
    ],
    [
      'ensemble_validation_metrics',
      'configuration_is_named',
      () => ({ ...metrics(), hyperparameters: sql.json({ config_hash: 'abc' }) }),
    ],
    ['ensemble_validation_metrics', 'mae_fits_rmse', () => ({ ...metrics(), mean_absolute_error: 0.02 })],
    ['ensemble_validation_metrics', 'window_fits', () => ({ ...metrics(), window_id: 1498 })],
    ['ensemble_validation_metrics', 'errors_are_finite', () => ({ ...metrics(), test_rmse: Number.NaN })],
    ['runs', 'configuration_known', () => ({ ...run(), config_hash: 'abc' })],
    ['runs', 'of_an_ensemble', () => ({ ...run(), config_hash: null })],
    ['runs', 'started_exactly', () => ({ ...run(), status: 'running' })],
    ['runs', 'ended_exactly', () => ({ ...run(), status: 'succeeded' })],
    ['bars', 'source_is_named', () => ({ ...bar(), provider: '' })],
    ['bars', 'days_start', () => ({ ...bar(), bar_time: '1999-01-04T05:00:00Z' })],
    ['bars', 'open_and_close', () => ({ ...bar(), close: 4 })],
  ])('by %s: %s', async (table, constraint, row) => {
    expect(await attempt(table, row())).toContain(constraint);
  });
});

describe('a setting that its readers could not use is refused', () => {
  it.each([
    ['max_workers', 'abc'],
    ['max_workers', -1],
    ['max_workers', 1.5],
    ['publishing_enabled', 'yes'],
    ['publishing_enabled', null],
    ['validation_interval_days', 0],
    ['lease_seconds', 0],
    ['direction_thresholds', { bullish: 0.55 }],
    ['direction_thresholds', { bullish: 0.55, bearish: 0.45, sideways: 0.1 }],
    ['direction_thresholds', { bullish: 0.45, bearish: 0.4 }],
    ['direction_thresholds', { bullish: 0.5, bearish: 0.5 }],
    ['direction_thresholds', { bullish: 1, bearish: 0.4 }],
    ['direction_thresholds', { bullish: '0.6', bearish: 0.4 }],
    ['direction_thresholds', [0.55, 0.45]],
    ['on_member_failure', 'hope'],
    ['on_member_failure', true],
    ['window_sizes', {}.toString()],
    ['window_sizes', { '1D': { train: 1000, validation: 250, test: 250, step: 0 } }],
    ['window_sizes', { '1D': { train: 1000, validation: 250, test: 250 } }],
    ['window_sizes', { '2W': { train: 1000, validation: 250, test: 250, step: 250 } }],
  ])('%s = %j', (name, value) =>
    rolledBack(async (sql) => {
      const refusal = await refusalOf(
        sql,
        (inner) => inner`select public.change_setting(${name}, ${inner.json(value)})`,
      );
      expect(refusal).toEqual({ code: 'invalid_setting', message: expect.stringContaining(name) });
    })(),
  );

  it(
    'while one that they can is taken',
    rolledBack(async (sql) => {
      await sql`
        select public.change_setting('window_sizes', value) from public.settings where name = 'window_sizes'`;
    }),
  );

  it(
    'and one that does not exist is unknown',
    rolledBack(async (sql) => {
      const refusal = await refusalOf(sql, (inner) => inner`select public.change_setting('wishes', '3')`);
      expect(refusal.code).toBe('unknown_setting');
    }),
  );
});
