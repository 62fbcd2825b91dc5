import type { StoredForecast } from '../shared/store/stored-forecast.ts';
import { fixed } from './fixed.ts';
import type { MainJobReport } from './main-job.ts';
import { textTable } from './text-table.ts';

/** The report as tables that a person can read. */
export function reportTable(report: MainJobReport): string {
  return [forecastTable(report.forecasts), windowTable(report)].join('\n\n');
}

/** Forecasts, a line each. */
export function forecastTable(forecasts: readonly StoredForecast[]): string {
  const rows = forecasts.map((forecast) => [
    forecast.symbol,
    forecast.horizon,
    when(forecast, forecast.data_cutoff),
    price(forecast.last_close),
    forecast.horizon === '1D' ? sessionClosingAt(forecast.target_time) : when(forecast, forecast.target_time),
    `${price(forecast.forecast_price)} (${signedPercent(forecast.forecast_price / forecast.last_close - 1)})`,
    `${price(forecast.lower_50)} .. ${price(forecast.upper_50)}`,
    `${price(forecast.lower_90)} .. ${price(forecast.upper_90)}`,
    percent(forecast.probability_up),
  ]);
  return textTable(
    [
      'symbol',
      'horizon',
      'last bar',
      'last close',
      'for',
      'median',
      '50 % interval',
      '90 % interval',
      'P(up)',
    ],
    rows,
  );
}

/** The date of the session that closes at an instant: midnight ends the day before it. */
function sessionClosingAt(close: string): string {
  return new Date(Date.parse(close) - 1).toISOString().slice(0, 10);
}

/** A day is enough to name a session; what is shorter needs the time. */
function when({ horizon }: StoredForecast, time: string): string {
  return horizon === '1D' ? time.slice(0, 10) : `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

function windowTable({ windows, overfitting_tests }: MainJobReport): string {
  const mixed = new Set(windows.map(({ horizon }) => horizon)).size > 1;
  const tests = new Map(overfitting_tests.map((row) => [row.metrics_id, row]));
  const rows = windows.map((row) => {
    const found = tests.get(row.id)!;
    return [
      row.symbol,
      ...(mixed ? [row.horizon] : []),
      String(row.window_id),
      found.last_bar_time.slice(0, 10),
      [row.train_rmse, row.val_rmse, row.test_rmse].map(fraction).join(' / '),
      [found.benchmark_train_rmse, found.benchmark_val_rmse, found.benchmark_test_rmse]
        .map(fraction)
        .join(' / '),
      (row.test_rmse / found.benchmark_test_rmse).toFixed(4),
      (found.test_crps / found.benchmark_test_crps).toFixed(4),
      percent(row.divergence),
      found.verdict === 'ok' ? 'ok' : `${found.verdict.toUpperCase()}: ${found.reasons.join(' ')}`,
    ];
  });
  return textTable(
    [
      'symbol',
      ...(mixed ? ['horizon'] : []),
      'window',
      'test ends',
      'RMSE train / val / test',
      'no change: train / val / test',
      'RMSE ratio',
      'CRPS / FHS',
      'divergence',
      'verdict',
    ],
    rows,
  );
}

/** Four digits before a price below 1 becomes unreadable. */
function price(value: number): string {
  return value >= 1 ? value.toFixed(2) : value.toPrecision(4);
}

function fraction(value: number): string {
  return value.toFixed(5);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function signedPercent(share: number): string {
  const text = fixed(100 * share, 2);
  return `${text.startsWith('-') ? '' : '+'}${text} %`;
}
