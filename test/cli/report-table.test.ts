import { expect, it } from 'vitest';
import { forecastTable } from '../../src/cli/report-table.ts';
import type { StoredForecast } from '../../src/shared/store/stored-forecast.ts';

it.each([
  ['1D', '2026-11-30T21:00:00+00:00', '2026-11-30'],
  ['1D', '2026-11-29T00:00:00+00:00', '2026-11-28'], // the midnight that ends a Saturday
  ['4h', '2026-11-30T18:30:00+00:00', '2026-11-30 18:30 UTC'],
])('a forecast over %s that ends at %s is shown for %s', (horizon, target_time, shown) => {
  const forecast = { symbol: 'X', horizon, target_time, data_cutoff: '2026-11-27' };
  const prices = ['last_close', 'forecast_price', 'lower_50', 'upper_50', 'lower_90', 'upper_90'];
  const row = {
    ...forecast,
    ...Object.fromEntries(prices.map((name) => [name, 100])),
    probability_up: 0.5,
  } as unknown as StoredForecast;
  expect(forecastTable([row])).toContain(`100.00      ${shown}  100.00`);
});
