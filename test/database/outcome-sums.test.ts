// The reports over history read sums that triggers keep: they say what a query over all outcomes says, whatever came, was restated or went, in whatever order.
import type { Row } from 'postgres';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { historyByQuery } from './support/history-by-query.ts';
import { ownerConnection } from './support/own-database.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addEnsemble, addForecast, HASH } from './support/rows.ts';

const BASELINE = 'feed00000000beef';
/** More than the 250 latest that are summed apart. */
const CUTOFFS = 270;

/**
 * Forecasts of two symbols, of one over two horizons, of the candidate in two configurations and the baseline, from up to 270 bars: some lack a member, some have no
 * confidence. Nothing of them has come true.
 */
async function addForecasts(sql: Transaction): Promise<void> {
  await addEnsemble(sql);
  await sql`select public.seed_ensemble('baseline', '{}', ${BASELINE})`;
  const id = await addForecast(sql, 'SPY', '2020-01-01');
  await sql`
    insert into public.forecasts (
      symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close, forecast_return,
      forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
      quantile_levels_id, return_quantiles, members, direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio)
    select s.id, s.symbol, h.horizon, e.ensemble, e.config_hash, '0', f.data_cutoff + k * interval '1 day', f.target_time + k * interval '1 day', 1,
      0.0001 * v.up, 1, 0.01, 0.5 + 0.001 * v.up, 1, 1, 1, 1, 1, 1, 1, 1, f.quantile_levels_id, f.return_quantiles,
      case when k % 5 = 0 then '[]' else jsonb_build_array(jsonb_build_object('name', 'GB', 'weight', 0.001 * v.up, 'mean', 0.0003 * v.up,
        'probability_up', 0.5 + 0.002 * v.up)) end
        || jsonb_build_array(jsonb_build_object('name', 'LSTM', 'weight', 0.7, 'mean', -0.0002 * v.up, 'probability_up', 0.5 - 0.001 * v.up),
        jsonb_build_object('name', 'TRANSFORMER', 'mean', null)),
      v.direction, case when v.direction is not null then 0.5 + 0.001 * abs(v.up) end,
      case when v.direction is not null then '{"bullish": 0.52, "bearish": 0.48}'::jsonb end,
      case when v.direction is not null then 1 end, case when v.direction is not null then 0 end, case when v.direction is not null then 1 end
    from public.forecasts f
    cross join (values ('SPY', '1D'), ('SPY', '4h'), ('MSFT', '1D')) h(symbol, horizon)
    join public.symbols s on s.symbol = h.symbol
    cross join (values ('candidate', ${HASH}), ('candidate', '0123456789abcdef'), ('baseline', ${BASELINE})) e(ensemble, config_hash)
    -- Elsewhere fewer.
    cross join generate_series(1, case when h.symbol = 'SPY' and h.horizon = '1D' then ${CUTOFFS} else 40 end) k
    cross join lateral (
      select hashint8(s.id * 7919 + k * 31 + length(h.horizon || e.config_hash || e.ensemble)) % 41 as up) u
    cross join lateral (
      select u.up, case when k % 7 = 0 then null when u.up >= 20 then 'bullish' when u.up <= -20 then 'bearish' else 'neutral' end as direction) v
    where f.id = ${id}`;
  await sql`delete from public.forecasts where id = ${id}`;
}

/** Of the forecasts a share that a salt chooses, among those of the chosen symbols' bars. */
interface Choice {
  readonly salt: number;
  readonly share: number;
}

const chosen = (sql: Transaction, { salt, share }: Choice) =>
  sql`(hashint8(f.id + ${salt}) & 65535) < ${Math.round(65536 * share)}`;

/** Figures of an outcome that another salt would draw otherwise. */
const figures = (sql: Transaction, salt: number) => sql`(
  select x.realised, f.forecast_return - x.realised as error, abs(f.forecast_return - x.realised) as absolute_error, 0.001 + abs(x.realised) / 3 as crps,
    case when x.h % 11 > 0 then x.realised * 50 end as log_score, x.h % 4 = 0 as covered_50, x.h % 4 <= 1 as covered_80, x.h % 4 <= 2 as covered_90,
    case when x.realised <> 0 and f.direction <> 'neutral' then (x.realised > 0) = (f.direction = 'bullish') end as direction_correct
  from (
    select h.h, case when h.h % 13 = 0 then 0 else 0.0137 * ln(1 + h.h / 300.0::double precision) * (h.h % 3 - 1) end as realised
    from (select hashint8(f.id * 13 + ${salt}) & 1023 as h) h
  ) x
)`;

const CHANGES: Readonly<Record<string, (sql: Transaction, choice: Choice) => Promise<unknown>>> = {
  come: (sql, choice) => sql`
    insert into public.forecast_outcomes (
      forecast_id, outcome_time, outcome_close, is_target_session, realised_return, error, absolute_error, crps, log_score, pit,
      covered_50, covered_80, covered_90, covered_95, direction_correct, bars_stored_at)
    select f.id, f.data_cutoff + interval '1 day', 1, true, x.realised, x.error, x.absolute_error, x.crps, x.log_score, 0.5, x.covered_50, x.covered_80,
      x.covered_90, true, x.direction_correct, now()
    from public.forecasts f cross join lateral ${figures(sql, choice.salt)} x
    where ${chosen(sql, choice)} and not exists (select from public.forecast_outcomes o where o.forecast_id = f.id)`,
  areRestated: (sql, choice) => sql`
    update public.forecast_outcomes o set
      outcome_time = f.data_cutoff + interval '20 hours', realised_return = x.realised, error = x.error, absolute_error = x.absolute_error,
      crps = x.crps, log_score = x.log_score, covered_50 = x.covered_50, covered_80 = x.covered_80, covered_90 = x.covered_90,
      direction_correct = x.direction_correct
    from public.forecasts f cross join lateral ${figures(sql, choice.salt)} x
    where o.forecast_id = f.id and ${chosen(sql, choice)}`,
  go: (sql, choice) =>
    sql`delete from public.forecast_outcomes o using public.forecasts f where f.id = o.forecast_id and ${chosen(sql, choice)}`,
  goWithTheirForecasts: (sql, choice) =>
    sql`delete from public.forecasts f where ${chosen(sql, { ...choice, share: choice.share / 10 })}`,
  // The extremes of a series, which sums know of.
  lastGo: (sql, { share }) => sql`
    delete from public.forecast_outcomes o using public.forecasts f
    where f.id = o.forecast_id and f.data_cutoff >= (
      select max(x.data_cutoff) from public.forecasts x join public.forecast_outcomes y on y.forecast_id = x.id
      where x.symbol = f.symbol) - ${Math.round(20 * share)} * interval '1 day'`,
  firstAreRestated: (sql, { salt }) => sql`
    update public.forecast_outcomes o set crps = 0.002 + ${salt % 100} * 0.00001, outcome_time = f.data_cutoff + interval '21 hours'
    from public.forecasts f
    where f.id = o.forecast_id and f.data_cutoff <= (
      select min(x.data_cutoff) from public.forecasts x join public.forecast_outcomes y on y.forecast_id = x.id where x.symbol = f.symbol)`,
};

/** Rows by key, times as text. */
function byKey(rows: readonly Row[]): Map<string, Row> {
  const key = ({
    symbol,
    horizon,
    ensemble,
    config_hash,
    candidate_hash,
    baseline_hash,
    model,
    latest,
  }: Row) =>
    JSON.stringify([symbol, horizon, ensemble, config_hash, candidate_hash, baseline_hash, model, latest]);
  return new Map(rows.map((row) => [key(row), row]));
}

/** Where rows differ by more than the last bits of a number. */
function differences(before: readonly Row[], after: readonly Row[]): string[] {
  const [expected, actual] = [byKey(before), byKey(after)];
  const keys = [...new Set([...expected.keys(), ...actual.keys()])];
  return keys.flatMap((key) => {
    const [a, b] = [expected.get(key) ?? {}, actual.get(key) ?? {}];
    return Object.keys({ ...a, ...b })
      .filter((column) => !isSame(a[column], b[column]))
      .map((column) => `${key} ${column}: ${a[column]} and not ${b[column]}`);
  });
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), 1e-2);
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What the views say otherwise than a query over all outcomes. */
async function deviations(sql: Transaction): Promise<string[]> {
  const found: string[] = [];
  for (const [view, expected] of Object.entries(await historyByQuery(sql))) {
    const rows = await sql`select * from public.${sql(view)}`;
    found.push(...differences(expected, rows).map((difference) => `${view} ${difference}`));
  }
  return found;
}

describe('the reports over history', () => {
  it(
    'say what a query over all outcomes says, after a random course of changes',
    rolledBack(async (sql) => {
      await addForecasts(sql);
      const random = new SeededRandom(20261201);
      const names = ['come', ...Object.keys(CHANGES), 'come', 'come'];
      for (let step = 0; step < 24; step++) {
        // At first nearly all come, so that rows of 250 are full from the beginning.
        const name = step === 0 ? 'come' : names[Math.floor(random.uniform() * names.length)];
        const choice = {
          salt: Math.floor(random.uniform() * 1e9),
          share: step === 0 ? 0.97 : random.uniform() ** 4,
        };
        await CHANGES[name](sql, choice);
        expect(await deviations(sql), `step ${step}: ${name} ${JSON.stringify(choice)}`).toEqual([]);
      }
    }),
  );

  it(
    'divide sums that are to the bit what counting anew gives, also when all is gone and came again',
    rolledBack(async (sql) => {
      await addForecasts(sql);
      const all = { salt: 1, share: 1 };
      const sums = () => sql<{ sums: string }[]>`
        select (select jsonb_agg(to_jsonb(s) order by s) from public.outcome_sums s where s.n > 0) as series,
          (select jsonb_agg(to_jsonb(p) order by p) from public.outcome_pair_sums p where p.n > 0) as pairs`;
      await CHANGES.come(sql, { salt: 2, share: 0.5 });
      await CHANGES.areRestated(sql, { salt: 3, share: 0.3 });
      await CHANGES.go(sql, all);
      expect([...(await sums())]).toEqual([{ series: null, pairs: null }]);
      const [{ left }] = await sql`
        select count(*)::int as left from public.outcome_sums
        where num_nonnulls(nullif(crps, 0), nullif(squared_error, 0), nullif(log_score, 0), nullif(weight, 0), nullif(moves, 0)) > 0`;
      expect(left).toBe(0);
      await CHANGES.come(sql, { salt: 4, share: 0.2 });
      await CHANGES.come(sql, { salt: 1, share: 1 });
      await CHANGES.areRestated(sql, { salt: 5, share: 0.1 });
      const kept = await sums();
      await sql`select internal.recount_outcomes(s.id) from public.symbols s`;
      expect([...(await sums())]).toEqual([...kept]);
      expect(await deviations(sql)).toEqual([]);
    }),
  );

  it(
    'keep a scored forecast as it was scored',
    rolledBack(async (sql) => {
      await addForecasts(sql);
      await CHANGES.come(sql, { salt: 1, share: 1 });
      const refusal = await refusalOf(
        sql,
        (inner) => inner`update public.forecasts set probability_up = 0.4 where horizon = '1D'`,
      );
      expect(refusal).toMatchObject({
        code: 'forecast_scored',
        message: expect.stringContaining('has come true'),
      });
      await sql`update public.forecasts set issued_at = now()`;
    }),
  );

  it('count a pair out once when both of its outcomes go at the same moment', async () => {
    const [one, other] = [ownerConnection(), ownerConnection()];
    try {
      await one.begin(async (sql) => {
        await addForecasts(sql);
        await CHANGES.come(sql, { salt: 1, share: 1 });
      });
      const remove = (sql: Transaction, ensemble: string) => sql`
        delete from public.forecast_outcomes o using public.forecasts f
        where f.id = o.forecast_id and f.ensemble = ${ensemble} and f.symbol = 'MSFT' and f.data_cutoff < '2020-01-20'`;
      let otherRemoves: Promise<unknown> = Promise.resolve();
      await one.begin(async (sql) => {
        await remove(sql, 'candidate');
        // It waits for this one, and does not see what this one has removed.
        otherRemoves = other.begin((inner) => remove(inner, 'baseline'));
        await sql`select pg_sleep(0.2)`;
      });
      await otherRemoves;
      expect(await one.begin(deviations)).toEqual([]);
    } finally {
      await one`delete from public.forecast_outcomes`;
      await one`delete from public.forecasts`;
      await Promise.all([one.end(), other.end()]);
    }
  });
});
