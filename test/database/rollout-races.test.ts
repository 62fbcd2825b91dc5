// Two at once: these transactions commit.
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ownerConnection } from './support/own-database.ts';
import { differingSums } from './support/pair-sums.ts';
import { addBar, addForecastOf, addSeries, events, startRollout } from './support/rollout-rows.ts';

const CUTOFF = '2026-07-14T00:00:00Z';
const CANARY = ['AAPL', 'MSFT', 'SPY'];
const ROUNDS = 20;

const connections: postgres.Sql[] = [];
function connection(): postgres.Sql {
  const sql = ownerConnection();
  connections.push(sql);
  return sql;
}
let sql: postgres.Sql;
let ada: postgres.Sql;
let bob: postgres.Sql;
let reader: postgres.Sql;

beforeAll(async () => {
  [sql, ada, bob, reader] = [connection(), connection(), connection(), connection()];
  for (const symbol of CANARY)
    for (const ensemble of ['candidate', 'baseline'] as const)
      await addForecastOf(sql, { symbol, ensemble, cutoff: CUTOFF });
  await addSeries(sql);
});
afterAll(async () => {
  await Promise.all(connections.map((each) => each.end()));
});
beforeEach(async () => {
  await sql`select internal.roll_back(id, 'Zoe', 'the next test') from public.rollouts where status = 'running'`;
});

interface Refusal {
  readonly code: string;
  readonly message: string;
}
type Outcome = Record<string, unknown> & { refused?: Refusal };

async function outcomeOf(decision: PromiseLike<readonly postgres.Row[]>): Promise<Outcome> {
  try {
    return (await decision)[0].answer;
  } catch (error) {
    const { detail, message } = error as { detail: string; message: string };
    return { refused: { code: detail, message } };
  }
}
const promote = (as: postgres.Sql) =>
  outcomeOf(as`select public.promote_rollout('Ada', 'it looks well', true, 'canary') as answer`);
const rollBack = (as: postgres.Sql) =>
  outcomeOf(as`select public.rollback_rollout('Bob', 'it drifts') as answer`);

/** What both ensembles show to whoever reads in between. */
async function shown(): Promise<string[]> {
  const rows = await reader`select ensemble from public.current_forecasts`;
  expect(rows).toHaveLength(CANARY.length);
  return [...new Set(rows.map(({ ensemble }) => ensemble))];
}

/** Lets decisions queue up behind each other, in this order, and then go at once. */
async function inThisOrder(...decisions: (() => Promise<Outcome>)[]): Promise<Outcome[]> {
  const gate = connection();
  const outcomes: Promise<Outcome>[] = [];
  await gate.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(hashtext('plumbline.rollout'))`;
    for (const decision of decisions) {
      outcomes.push(decision());
      for (let waiting = 0; waiting < outcomes.length; ) {
        await sleep(2);
        [{ waiting }] = await sql`
          select count(*)::integer as waiting from pg_locks where locktype = 'advisory' and not granted`;
      }
    }
  });
  return await Promise.all(outcomes);
}

describe('a promotion and a rollback at once', () => {
  it(`end in one state in each of ${ROUNDS} rounds, and whoever lost is told by whom`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { rollout_id } = await startRollout(sql);
      const both = [() => promote(ada), () => rollBack(bob)];
      // A few are left to chance; of the others each comes first in turn.
      const order = round % 2 === 0 ? both : both.toReversed();
      const outcomes =
        round % 5 === 4
          ? await Promise.all(order.map((decision) => decision()))
          : await inThisOrder(...order);
      const [promoted, rolledBack] = round % 2 === 0 ? outcomes : outcomes.toReversed();

      const [{ status, stage }] =
        await sql`select status, stage from public.rollouts where id = ${rollout_id}`;
      expect(status).toBe('rolled_back');
      const log = (await events(sql, 'promoted', 'rolled_back')).filter((e) => e.rollout_id === rollout_id);
      if (promoted.refused === undefined) {
        expect(promoted).toMatchObject({ from: 'canary', to: 'limited' });
        expect(rolledBack).toMatchObject({ from: 'limited', overtook: { kind: 'promoted', actor: 'Ada' } });
        expect([stage, log.map(({ kind }) => kind)]).toEqual(['limited', ['promoted', 'rolled_back']]);
      } else {
        expect(promoted.refused.code).toBe('rolled_back');
        expect(promoted.refused.message).toMatch(/rolled back by Bob at .* UTC: it drifts$/);
        expect(rolledBack).toMatchObject({ from: 'canary', overtook: null });
        expect([stage, log.map(({ kind }) => kind)]).toEqual(['canary', ['rolled_back']]);
      }
      if (round % 5 !== 4) expect(promoted.refused === undefined).toBe(round % 2 === 0);
      expect(await shown()).toEqual(['baseline']);
    }
  });
});

describe('the same twice at once', () => {
  it('promotes one stage, not two', async () => {
    const { rollout_id } = await startRollout(sql);
    const outcomes = await inThisOrder(
      () => promote(ada),
      () => promote(bob),
    );
    expect(outcomes[0]).toMatchObject({ to: 'limited' });
    expect(outcomes[1].refused).toMatchObject({ code: 'stage_changed' });
    const [{ stage }] = await sql`select stage from public.rollouts where id = ${rollout_id}`;
    expect(stage).toBe('limited');
  });

  it('rolls back once', async () => {
    await startRollout(sql);
    const outcomes = await inThisOrder(
      () => rollBack(ada),
      () => rollBack(bob),
    );
    expect(outcomes[0]).toMatchObject({ serving: 'baseline' });
    expect(outcomes[1].refused).toMatchObject({ code: 'already_rolled_back' });
  });

  it('deploys once', async () => {
    const start = (as: postgres.Sql) => async () => ({ ...(await startRollout(as)) }) as Outcome;
    const [first, second] = await inThisOrder(start(ada), start(bob));
    expect([first.repeated, second.repeated]).toEqual([false, true]);
    expect(second.rollout_id).toBe(first.rollout_id);
  });
});

describe('whoever reads meanwhile', () => {
  it('sees one ensemble or the other, from the commit on', async () => {
    await startRollout(sql);
    await ada.begin(async (transaction) => {
      await transaction`select public.rollback_rollout('Bob', 'it drifts')`;
      expect(await shown()).toEqual(['candidate']);
    });
    expect(await shown()).toEqual(['baseline']);
  });

  it('never sees both, however often it is deployed and rolled back', async () => {
    let ended = false;
    const seen = new Set<string>();
    const reading = (async () => {
      while (!ended) seen.add((await shown()).join(' and '));
    })();
    for (let round = 0; round < ROUNDS; round++) {
      await startRollout(ada);
      await rollBack(ada);
    }
    ended = true;
    await reading;
    expect([...seen].sort()).toEqual(['baseline', 'candidate']);
  });
});

describe('a rollback beside the watch', () => {
  it('prevails: the watch has nothing left to roll back', async () => {
    const { rollout_id } = await startRollout(sql);
    await sql`select public.record_error('forecast-worker', 'internal_error', 'a test')`;
    const watch = async () => (await ada`select internal.watch_rollout() as answer`)[0].answer as Outcome;
    const [manual, watched] = await inThisOrder(() => rollBack(bob), watch);
    expect(manual).toMatchObject({ serving: 'baseline' });
    expect(watched).toEqual({ skipped: `rollout ${rollout_id} was decided on meanwhile` });
    expect(
      (await events(sql, 'rolled_back', 'trigger')).filter((e) => e.rollout_id === rollout_id),
    ).toMatchObject([{ kind: 'rolled_back', actor: 'Bob' }]);
  });
});

describe('with 500 symbols and all horizons', () => {
  it('a rollback is one statement that says how long it took', async () => {
    await sql`
      insert into public.symbols (symbol, horizons) select 'X' || i, '{1D,4h,8h}' from generate_series(1, 500) i`;
    await sql`
      insert into public.forecasts (
        symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close, forecast_return,
        forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80, lower_90, upper_90, lower_95, upper_95,
        quantile_levels_id, return_quantiles, members)
      select s.id, s.symbol, h.horizon, f.ensemble, f.config_hash, '0', ${CUTOFF}::timestamptz - interval '1 day',
        ${CUTOFF}, 1, 0, 1, 0.01, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, f.quantile_levels_id, f.return_quantiles, '[]'
      from public.symbols s
      cross join unnest(s.horizons) h(horizon)
      cross join public.forecasts f
      where s.symbol like 'X%' and f.symbol = 'AAPL' and f.data_cutoff = ${CUTOFF}`;
    await addSeries(sql);
    await startRollout(sql);
    for (const stage of ['canary', 'limited', 'full'])
      await sql`select public.promote_rollout('Ada', 'on', true, ${stage})`;
    const answer = await rollBack(bob);
    expect(answer).toMatchObject({ from: 'completed', without_forecast: [] });
    expect(answer.symbols).toHaveLength(513);
    expect(answer.seconds).toBeGreaterThan(0);
    const served = await reader`select distinct ensemble from public.current_forecasts`;
    expect([...served]).toEqual([{ ensemble: 'baseline' }]);
  });
});

describe('pairs of one origin that change at once', () => {
  const compare = async (as: postgres.Sql | postgres.TransactionSql) =>
    (await as`select internal.compare_pairs(10) as compared`)[0].compared;
  const scoreAnew = (as: postgres.Sql | postgres.TransactionSql, symbol: string) =>
    as`update public.forecast_outcomes set scored_at = now()
      where forecast_id in (select id from public.forecasts where symbol = ${symbol} and ensemble = 'candidate')`;

  it('are all in its sums', async () => {
    await startRollout(sql, { since: '2026-07-13T06:00:00Z' });
    for (const [i, symbol] of CANARY.entries())
      for (const [j, time] of [CUTOFF, '2026-07-15T00:00:00Z'].entries())
        await addBar(sql, { symbol, time, came: time, close: 100 + i * j });
    await sql`select internal.score_outcomes()`;
    await ada.begin(async (transaction) => {
      expect(await compare(transaction)).toBe(3);
      // Bob does not wait.
      expect(await compare(bob)).toBe(0);
    });
    expect(await differingSums(sql)).toEqual({ differing: [], series: 3, origins: 1 });

    let second: Promise<unknown> = Promise.resolve();
    await ada.begin(async (transaction) => {
      await scoreAnew(transaction, 'AAPL');
      second = Promise.resolve(scoreAnew(bob, 'SPY'));
      for (let waiting = 0; waiting === 0; ) {
        await sleep(2);
        [{ waiting }] = await sql`
          select count(*)::integer as waiting from pg_locks where locktype = 'advisory' and not granted`;
      }
    });
    await second;
    expect(await differingSums(sql)).toEqual({ differing: [], series: 3, origins: 1 });
    const [{ pairs }] = await sql`select pairs from public.pair_sums_by_origin`;
    expect(pairs).toBe(1);
  });
});
