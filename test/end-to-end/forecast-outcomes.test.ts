import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { crpsFromQuantiles } from '../../src/shared/scores/crps.ts';
import { logScoreFromQuantiles } from '../../src/shared/scores/log-score-quantiles.ts';
import { nextHalfSession } from '../../src/shared/series/half-sessions.ts';
import { unwrap } from '../../src/shared/store/unwrap.ts';
import { normalForecast } from '../shared/ensemble/stand-in-members.ts';
import { csvOf, simulatedHalfSessions } from '../shared/models/half-session/simulated-half-sessions.ts';
import { probabilityIntegralTransform } from '../support/probability-integral-transform.ts';
import {
  callAs,
  ownerSql,
  sampleCsv,
  serviceClient,
  signedInClient,
  upload,
} from './support/stack-clients.ts';

const SYMBOL = 'OUTCOME';
const HALVES = 'OUTCOME4H';
const HASH = '00000000000007c0';
const service = serviceClient();
const lines = sampleCsv(60).split('\n');
/** The header and bars `from` to `to`; bar 1 is the first. */
const csv = (from: number, to: number) => [lines[0], ...lines.slice(from, to + 1)].join('\n');
const dateOf = (bar: number) => lines[bar].split(',')[0];
const closeOf = (bar: number) => Number(lines[bar].split(',')[4]);
let sql: postgres.Sql;

beforeAll(async () => {
  sql = ownerSql();
  await upload(SYMBOL, csv(1, 40));
  // Nothing shall be planned for it.
  await sql`update public.symbols set active = false where symbol = ${SYMBOL}`;
});
afterAll(() => sql.end());

/** Stores a normal forecast from a bar. @param target the session it is for */
const storeForecast = (bar: number, target: string, mean: number, scale: number) =>
  storeNormal(
    { symbol: SYMBOL, horizon: '1D', data_cutoff: dateOf(bar), target_time: `${target}T21:00:00Z` },
    { close: closeOf(bar), mean, scale },
  );

/** Stores a normal forecast. @returns its id */
async function storeNormal(
  subject: { symbol: string; horizon: string; data_cutoff: string; target_time: string },
  { close, mean, scale }: { close: number; mean: number; scale: number },
): Promise<number> {
  const quantiles = [...normalForecast(mean, scale).quantiles];
  const price = (level: number) => close * Math.exp(quantiles[Math.round(level * 200) - 1]);
  const up = 1 - quantiles.filter((quantile) => quantile < 0).length / 200;
  const row = {
    ...subject,
    ...{ ensemble: 'candidate', config_hash: HASH, code_version: '0', last_close: close },
    ...{ forecast_return: mean, forecast_price: price(0.5), scale, probability_up: up },
    ...{ lower_50: price(0.25), upper_50: price(0.75), lower_80: price(0.1), upper_80: price(0.9) },
    ...{ lower_90: price(0.05), upper_90: price(0.95), lower_95: price(0.025), upper_95: price(0.975) },
    ...{ quantile_levels: QUANTILE_LEVELS, return_quantiles: quantiles, members: [] },
    ...{
      direction: up >= 0.55 ? 'bullish' : up <= 0.45 ? 'bearish' : 'neutral',
      confidence: Math.max(up, 1 - up),
    },
    ...{
      direction_thresholds: { bullish: 0.55, bearish: 0.45 },
      agreement: 1,
      mean_spread: 0,
      scale_ratio: 1,
    },
  };
  const [{ id }] = await sql`select internal.store_forecast(null, null, ${sql.json(row as never)}) as id`;
  return Number(id);
}

const uploadHalves = (rows: readonly string[]) =>
  callAs('secret', `ingest-bars?symbol=${HALVES}&timeframe=4h`, {
    body: rows.join('\n'),
    contentType: 'text/csv',
  });

const score = async () => unwrap(await service.rpc('score_outcomes'));
const outcomes = () => sql`
  select o.*, f.data_cutoff from public.forecast_outcomes o join public.forecasts f on f.id = o.forecast_id
  where f.symbol = ${SYMBOL} order by f.data_cutoff`;

describe('outcomes', () => {
  it('wait for their bar', async () => {
    await storeForecast(40, dateOf(41), 0.001, 0.01);
    await score();
    expect(await outcomes()).toHaveLength(0);
  });

  it('are scored when the bar is there, once', async () => {
    await storeForecast(38, dateOf(39), -0.002, 0.012);
    await upload(SYMBOL, csv(41, 43));
    expect(await score()).toBe(2);
    const [earlier, later] = await outcomes();
    const realised = Math.log(closeOf(41) / closeOf(40));
    const { quantiles } = normalForecast(0.001, 0.01);
    expect(later).toMatchObject({
      outcome_time: new Date(`${dateOf(41)}T00:00:00Z`),
      outcome_close: closeOf(41),
      is_target_session: true,
    });
    expect(later.realised_return).toBeCloseTo(realised, 14);
    expect(later.error).toBeCloseTo(0.001 - realised, 14);
    expect(later.absolute_error).toBe(Math.abs(later.error));
    expect(later.crps).toBeCloseTo(crpsFromQuantiles(quantiles, realised), 12);
    expect(later.log_score).toBeCloseTo(logScoreFromQuantiles(quantiles, realised), 12);
    expect(later.pit).toBeCloseTo(probabilityIntegralTransform(quantiles, realised), 12);
    expect(later.covered_95).toBe(quantiles[4] <= realised && realised <= quantiles[194]);
    // The one says neutral, the other bearish.
    expect(later.direction_correct).toBeNull();
    expect(earlier.direction_correct).toBe(closeOf(39) < closeOf(38));

    expect(await score()).toBe(0);
    expect(await outcomes()).toEqual([earlier, later]);
  });

  it('are of the next bar where the target’s is missing, and say so; the bar that comes late scores them anew', async () => {
    await storeForecast(43, dateOf(44), 0, 0.01);
    await upload(SYMBOL, csv(45, 45));
    expect(await score()).toBe(1);
    const before = (await outcomes())[2];
    expect(before).toMatchObject({ outcome_close: closeOf(45), is_target_session: false });
    await upload(SYMBOL, csv(44, 44));
    expect(await score()).toBe(1);
    const all = await outcomes();
    expect(all).toHaveLength(3);
    expect(all[2]).toMatchObject({ outcome_close: closeOf(44), is_target_session: true });
  });

  it('of restated bars are scored anew, with returns of the new series', async () => {
    const [before] = await outcomes();
    const changed = [...lines];
    // Everything at half the price, and the close of bar 39 higher by a tenth of a per cent.
    for (let bar = 1; bar <= 45; bar++) {
      const [date, ...cells] = changed[bar].split(',');
      const [open, high, low, close] = cells.map((cell) => Number(cell) / 2);
      const moved = bar === 39 ? close * 1.001 : close;
      changed[bar] = [date, open, Math.max(high, moved), low, moved, '', ''].join(',');
    }
    const answer = await upload(SYMBOL, changed.slice(0, 46).join('\n'));
    expect(answer).toMatchObject({ status: 200, body: { changed: 45 } });
    expect(await score()).toBe(3);
    const after = await outcomes();
    expect(after).toHaveLength(3);
    expect(after[0].realised_return).toBeCloseTo(Math.log((closeOf(39) * 1.001) / closeOf(38)), 12);
    expect(after[0].realised_return).not.toBeCloseTo(before.realised_return, 6);
    expect(await score()).toBe(0);
  });

  it('whose bar is gone are gone too', async () => {
    await sql`delete from public.bars b using public.symbols s
      where s.id = b.symbol_id and s.symbol = ${SYMBOL} and b.bar_time > ${dateOf(43)}`;
    expect(await score()).toBe(0);
    expect(await outcomes()).toHaveLength(2);
  });

  it('are read by users as they are and summed up, and written by nobody', async () => {
    const { client } = await signedInClient();
    const rows = await outcomes();
    const quality = unwrap(
      await client.from('vw_forecast_quality').select('*').eq('symbol', SYMBOL).order('latest'),
    );
    expect(quality.map(({ latest, n }) => [latest, n])).toEqual([
      [30, 2],
      [250, 2],
      [null, 2],
    ]);
    const mean = (of: (row: postgres.Row) => number) => (of(rows[0]) + of(rows[1])) / 2;
    expect(quality[0].mean_crps).toBeCloseTo(
      mean(({ crps }) => crps),
      14,
    );
    expect(quality[0].coverage_90).toBe(mean(({ covered_90 }) => Number(covered_90)));
    expect(quality[0].n_directions).toBe(1);
    expect(quality[0].directional_accuracy).toBe(Number(rows[0].direction_correct));
    expect(quality[0].base_rate).toBe(Number(rows[0].realised_return > 0));
    const written = await client.from('forecast_outcomes').delete().eq('forecast_id', rows[0].forecast_id);
    expect(written.error).not.toBeNull();
    expect((await client.rpc('score_outcomes')).error).not.toBeNull();
  });
});

describe('outcomes over 4h', () => {
  it('are of the half that was meant only when that half is there', async () => {
    const halves = simulatedHalfSessions(7, 8);
    const [, afternoon, missing, next] = halves.times;
    const rows = csvOf(halves).split('\n');
    expect(await uploadHalves(rows.slice(0, 3))).toMatchObject({ status: 200 });
    await sql`update public.symbols set active = false where symbol = ${HALVES}`;
    await storeNormal(
      {
        symbol: HALVES,
        horizon: '4h',
        data_cutoff: afternoon,
        target_time: nextHalfSession(afternoon, NEW_YORK).end,
      },
      { close: halves.close[1], mean: 0, scale: 0.01 },
    );
    const found = () => sql`
      select o.* from public.forecast_outcomes o join public.forecasts f on f.id = o.forecast_id
      where f.symbol = ${HALVES}`;

    // The same session's second half is the next bar while the first is missing.
    await uploadHalves([...rows.slice(0, 3), rows[4]]);
    await score();
    expect(await found()).toMatchObject([{ outcome_time: new Date(next), is_target_session: false }]);

    await uploadHalves(rows.slice(0, 5));
    await score();
    expect(await found()).toMatchObject([{ outcome_time: new Date(missing), is_target_session: true }]);
  });
});

describe('what is known when a forecast is made', () => {
  it('are thresholds, outcomes, and the latest window on bars that still stand', async () => {
    const context = unwrap(
      await service.rpc('forecast_context', { p_symbol: SYMBOL, p_horizon: '1D', p_config_hash: HASH }),
    );
    expect(context).toEqual({
      thresholds: { bullish: 0.55, bearish: 0.45 },
      latest_window: null,
      outcomes: 2,
    });
  });
});
