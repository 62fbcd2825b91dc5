// What SQL and the core both compute, side by side; the comment of either names its twin.

import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { isHalfDay, isSession, sessionClose } from '../../src/shared/calendars/sessions.ts';
import { VERDICTS, type Verdict } from '../../src/shared/contracts/rollout-evaluation.ts';
import { judgeStoredWindow, type StoredWindow } from '../../src/shared/divergence/judge-fit.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import { rollingWindows } from '../../src/shared/evaluation/rolling-windows.ts';
import { COMPARED_RATIOS } from '../../src/shared/rollout/comparison/compared-ratios.ts';
import { sumPairs } from '../../src/shared/rollout/comparison/sum-pairs.ts';
import { worstVerdict } from '../../src/shared/rollout/worst-verdict.ts';
import { halfSessions } from '../../src/shared/series/half-sessions.ts';
import { requireForecastHistory } from '../../src/shared/series/require-forecast-history.ts';
import { columnsFromBars, type Series } from '../../src/shared/series/series.ts';
import { targetTime } from '../../src/shared/synthesis/target-time.ts';
import { oneLine } from '../../src/shared/wording/one-line.ts';
import { pairsOf } from '../shared/rollout/simulated-evidence.ts';
import { uncheckedSeries } from '../shared/series/unchecked-series.ts';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';
import { addBar, addForecastOf, evaluate, evaluationOf, startRollout } from './support/rollout-rows.ts';
import { addBars, addEnsemble, addWindow, HASH } from './support/rows.ts';

const SIZES = { train: 80, validation: 20, test: 20, step: 20 };
const LAST = '2026-07-10';

/** The code that something is refused with; null when it is not. */
function codeOf(act: () => unknown): string | null {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** The series that `addBars` stores. */
function seriesOf(dates: readonly string[]): Series {
  const bars = dates.map((time) => ({ time, open: 1, high: 1, low: 1, close: 1, volume: 1 }));
  return uncheckedSeries(columnsFromBars('SPY', '1D', bars));
}

const useSizes = (sql: Transaction) =>
  sql`select public.change_setting('window_sizes', ${sql.json({ '1D': SIZES })})`;

/** Does something to the database and takes it back. */
async function undone<T>(sql: Transaction, body: (inner: Transaction) => Promise<T>): Promise<T> {
  let result: T;
  await sql
    .savepoint(async (inner) => {
      result = await body(inner);
      throw new Error('undone');
    })
    .catch((error: Error) => {
      if (error.message !== 'undone') throw error;
    });
  return result!;
}

describe('what a rollout compares', () => {
  it(
    'is computed for the same ratios',
    rolledBack(async (sql) => {
      const [{ ratios }] = await sql`select internal.compared_ratios() as ratios`;
      expect(ratios).toEqual(COMPARED_RATIOS);
    }),
  );

  it(
    'comes to the same sums over pairs, to within rounding',
    rolledBack(async (sql) => {
      const symbols = ['AAPL', 'MSFT', 'SPY'];
      const wild = { scale: 1.3, scaleNoise: 0.5, meanError: 0.6 };
      const pairs = pairsOf(wild, { sessions: 4, symbols: 3, seed: 8 }).map((pair) => ({
        ...pair,
        symbol: symbols[Number(pair.symbol.slice(1))],
      }));
      // One far beyond the bounds.
      pairs[4] = { ...pairs[4], realised_return: -0.2 };
      await startRollout(sql, { symbols, since: '2026-01-01T00:00:00Z' });
      const days = [...new Set(pairs.map(({ data_cutoff }) => data_cutoff))];
      for (const symbol of symbols) {
        const own = pairs.filter((pair) => pair.symbol === symbol);
        let close = 100;
        const times = [...days, new Date(Date.parse(days.at(-1)!) + 86_400_000).toISOString()];
        for (const [i, time] of times.entries()) {
          if (i > 0) close *= Math.exp(own[i - 1].realised_return);
          await addBar(sql, { symbol, time, came: time, close });
        }
        for (const pair of own)
          for (const ensemble of ['candidate', 'baseline'] as const) {
            const id = await addForecastOf(sql, {
              ...{ symbol, ensemble, cutoff: pair.data_cutoff, issued: pair.data_cutoff },
              mean: pair[ensemble].mean,
            });
            await sql`update public.forecasts set return_quantiles = ${[...pair[ensemble].quantiles]} where id = ${id}`;
          }
      }
      await sql`select internal.score_outcomes()`;
      const [{ compared }] = await sql`select internal.compare_pairs(5) as compared`;
      expect(compared).toBe(5);
      await sql`select internal.compare_pairs(100)`;
      const [{ found }] = await sql`
        select internal.compared_evidence(r) as found from public.rollouts r`;
      const expected = sumPairs(pairs);
      expect(found).toMatchObject({ waiting: 0, unusable: { count: 0 }, ratios: expected.ratios });
      expect(found.origins).toHaveLength(4);
      expected.origins.forEach(({ data_cutoff, pairs: n, covered, crps, squares }, i) => {
        const same = found.origins[i];
        expect(Date.parse(same.data_cutoff)).toBe(Date.parse(data_cutoff));
        expect([same.pairs, same.covered]).toEqual([n, covered]);
        for (const [ours, theirs] of [
          [crps, same.crps],
          [squares, same.squares],
        ] as const)
          for (const [name, value] of Object.entries(ours))
            [value].flat().forEach((one, place) => {
              const other = [theirs[name]].flat()[place];
              expect(Math.abs(one - other), name).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(one)));
            });
      });
    }),
  );
});

describe('where forecasts begin', () => {
  it(
    'by horizon, on every day of three years, is at the ends of the same bars',
    rolledBack(async (sql) => {
      const rows = await sql`
        select concat_ws(' ', session_date, horizon, to_char(data_cutoff at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
          to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) as origin
        from internal.forecast_origins('2024-01-01', '2026-12-31')`;
      const expected: string[] = [];
      for (let day = Date.parse('2024-01-01'); day <= Date.parse('2026-12-31'); day += 86_400_000) {
        const date = new Date(day).toISOString().slice(0, 10);
        if (!isSession(date, NEW_YORK)) continue;
        const halves = halfSessions(date);
        expected.push(`${date} 1D ${date}T00:00:00Z ${sessionClose(date, NEW_YORK)}`);
        for (const { start, end } of halves) expected.push(`${date} 4h ${start} ${end}`);
        if (!isHalfDay(date, NEW_YORK)) expected.push(`${date} 8h ${halves[0].start} ${halves[0].end}`);
      }
      expect(rows.map(({ origin }) => origin).sort()).toEqual(expected.sort());
      expect(expected.length).toBeGreaterThan(2_000);
    }),
  );

  it(
    'is for 8h not the close of a half day',
    rolledBack(async (sql) => {
      const found = new Set<boolean>();
      for (const date of ['2026-11-25', '2026-11-27', '2026-12-23', '2026-12-24', '2027-01-04']) {
        for (const { start } of halfSessions(date)) {
          for (const timeframe of ['4h', '8h'] as const) {
            const [{ refused }] =
              await sql`select internal.not_issued_from(${timeframe}, ${start}) as refused`;
            const code = codeOf(() => targetTime({ ...seriesOf([date]), timeframe, times: [start] }));
            expect(refused).toBe(code === 'no_eight_hours_ahead');
            found.add(refused);
          }
        }
      }
      expect(found.size).toBe(2);
    }),
  );
});

describe('how many bars a forecast needs', () => {
  it(
    'is the same number, with the same code where there are fewer',
    rolledBack(async (sql) => {
      await useSizes(sql);
      const codes: (string | null)[] = [];
      for (const count of [1, 99, 100, 101]) {
        await undone(sql, async (inner) => {
          const dates = await addBars(inner, 'SPY', LAST, count);
          const [shortage] = await inner`
            select f.code
            from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = 'SPY'), '1D') f`;
          expect(shortage?.code ?? null).toBe(codeOf(() => requireForecastHistory(seriesOf(dates))));
          codes.push(shortage?.code ?? null);
        });
      }
      expect(codes).toEqual(['too_few_bars', 'too_few_bars', null, null]);
    }),
  );

  it(
    'spans as many days',
    rolledBack(async (sql) => {
      await sql`select public.change_setting('window_sizes', ${sql.json({ '4h': SIZES })})`;
      // Bars as dense as this are of no timeframe: what is compared is the days.
      await sql`alter table public.bars drop constraint bars_half_sessions_start_with_one`;
      const codes: (string | null)[] = [];
      for (const days of [29, 30]) {
        await undone(sql, async (inner) => {
          const first = Date.parse('2026-06-01T00:00:00Z');
          const times = Array.from({ length: 100 }, (_, i) =>
            new Date(first + Math.round((i * days * 1440) / 99) * 60_000).toISOString(),
          );
          await inner`
            insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
            select s.id, '4h', t.at::timestamptz, 1, 1, 1, 1, 1, 'csv', 'file', 'raw'
            from public.symbols s cross join unnest(${times}::text[]) t(at) where s.symbol = 'SPY'`;
          const [shortage] = await inner`
            select f.code
            from internal.forecast_shortages(array(select s.id from public.symbols s where s.symbol = 'SPY'), '4h') f`;
          const series = { ...seriesOf([LAST]), times };
          expect(shortage?.code ?? null).toBe(codeOf(() => requireForecastHistory(series)));
          codes.push(shortage?.code ?? null);
        });
      }
      expect(codes).toEqual(['too_short_span', null]);
    }),
  );
});

describe('the windows of a validation', () => {
  it(
    'are the latest of the rolling windows, or refused with the same code',
    rolledBack(async (sql) => {
      await useSizes(sql);
      await addEnsemble(sql);
      for (const count of [119, 120, 139, 140, 187, 240]) {
        const planned = await undone(sql, async (inner) => {
          await addBars(inner, 'SPY', LAST, count);
          await inner`
            select internal.plan_validations(array(select s.id from public.symbols s where s.symbol = 'SPY'), null)`;
          const jobs =
            await inner`select (payload ->> 'window_id')::integer as id from public.jobs order by 1`;
          const [run] = await inner`select error_code from public.runs`;
          return { ids: jobs.map(({ id }) => id), code: run.error_code };
        });
        let expected: { ids: number[]; code: string | null };
        try {
          const ids = rollingWindows(count, SIZES).map(({ windowId }) => windowId);
          expected = { ids: ids.slice(-4), code: null };
        } catch (error) {
          if (!(error instanceof InvalidInputError)) throw error;
          expected = { ids: [], code: error.code };
        }
        expect(planned, `${count} bars`).toEqual(expected);
      }
    }),
  );
});

describe('whether a window speaks against learned weights', () => {
  it(
    'is decided by verdict and divergence alike, at the level of the setting',
    rolledBack(async (sql) => {
      await addEnsemble(sql);
      const dates = await addBars(sql, 'SPY', LAST);
      const found = new Set<boolean>();
      for (const levels of [
        { warning: 0.15, overfitting: 0.2, critical: 0.3 },
        { warning: 0.05, overfitting: 0.2, critical: 0.3 },
      ]) {
        await sql`select public.change_setting('divergence_levels', ${sql.json(levels)})`;
        for (const divergence of [0, 0.05, 0.0501, 0.15, 0.1501, 0.4]) {
          for (const verdict of ['ok', 'overfitting', 'implausible'] as const) {
            await undone(sql, async (inner) => {
              await addWindow(inner, 'SPY', dates, divergence);
              await inner`
                update public.overfitting_tests set verdict = ${verdict}, implausible_skill = ${verdict === 'implausible'},
                  reasons = ${verdict === 'ok' ? [] : ['x']}`;
              const [{ refuted, stored }] = await inner<{ refuted: boolean; stored: StoredWindow }[]>`
                select internal.are_weights_refuted(s.id, '1D', ${HASH}, '2000-01-01') as refuted,
                  public.latest_window('SPY', '1D', ${HASH}) as stored
                from public.symbols s where s.symbol = 'SPY'`;
              expect(stored).toMatchObject({ divergence, verdict });
              expect(refuted).toBe(judgeStoredWindow(stored, levels) !== null);
              found.add(refuted);
            });
          }
        }
      }
      expect(found.size).toBe(2);
    }),
  );
});

describe('the verdict of an evaluation', () => {
  it(
    'is stored only when it is the worst of the criteria’s, as the judge has it',
    rolledBack(async (sql) => {
      await startRollout(sql);
      for (const rmse of VERDICTS) {
        for (const crps of VERDICTS) {
          const worst = worstVerdict([rmse, crps]);
          const store = (inner: Transaction, verdict: Verdict) =>
            evaluate(inner, evaluationOf({ rmse, crps }, { verdict }));
          for (const verdict of VERDICTS) {
            if (verdict === worst) expect(await store(sql, verdict)).toMatchObject({ verdict });
            else {
              const { message } = await refusalOf(sql, (inner) => store(inner, verdict));
              expect(message).toContain('rollout_evaluations_verdict_is_the_worst');
            }
          }
        }
      }
    }),
  );
});

describe('a message on one line', () => {
  it(
    'is the same from internal.refuse as from oneLine, whatever it holds',
    rolledBack(async (sql) => {
      const unicode = Array.from({ length: 0x2100 }, (_, i) => String.fromCodePoint(i + 1)).join('x');
      const texts = [
        'No change',
        'moved\r\nX-Injected: 1',
        'a\u0001\u0002\u009fb',
        '日本\u2028語'.repeat(400),
        ...(unicode.match(/.{1,900}/gsu) ?? []),
        'a'.repeat(1_000),
        'a'.repeat(1_001),
        `${'😀'.repeat(999)}ab`,
      ];
      const refused: string[] = [];
      for (const text of texts) {
        const refuse = (inner: Transaction) => inner`select internal.refuse(409, 'no_reason', ${text})`;
        refused.push((await refusalOf(sql, refuse)).message);
      }
      expect(refused).toEqual(texts.map((text) => oneLine(text)));
    }),
  );
});
