-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Windows that are stored keep their divergence, as new ones do.
alter table public.window_validity add column divergence double precision not null default 0;
update public.window_validity v set divergence = m.divergence from public.ensemble_validation_metrics m where m.id = v.metrics_id;
alter table public.window_validity alter column divergence drop default;
comment on column public.window_validity.divergence is 'The window''s divergence; a fraction.';
create index window_validity_by_divergence on public.window_validity (config_hash, divergence) where is_valid;

-- rollout/views/vw_horizon_assignments.sql
-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_horizon_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  -- This, and where a rollout has come to, is said so that the planner expects about as many rows as there are: of `= any` it expects a twentieth.
  s.active and array_position(s.horizons, h.horizon) is not null as is_listed,
  -- Also beside a rollout that is completed, so that a rollback is possible at once.
  r.is_baseline_active as is_baseline_planned,
  case
    when r.id is null then r.is_candidate_active
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    else r.status = 'completed'
  end as is_candidate_planned,
  coalesce(r.ensemble, m.ensemble, 'baseline') as ensemble,
  coalesce(r.because, r.reached || m.stage, r.not_reached) as because,
  m.rollout_id,
  m.stage as joined_in,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
cross join (
  -- What is the same for every symbol: `ensemble` serves them all, `because` says why; both are null where it goes by the symbol.
  select l.id, l.status, k.is_the_rollouts, k.is_candidate_active, k.is_baseline_active,
    case
      when l.id is null then case when k.is_candidate_active then 'candidate' else 'baseline' end
      when not k.is_the_rollouts or l.status = 'rolled_back' then 'baseline'
      when l.status = 'completed' then 'candidate'
    end as ensemble,
    case
      when l.id is null and k.is_candidate_active then 'no rollout yet, and a candidate is active'
      when l.id is null then 'no rollout yet, and no candidate is active'
      when l.status = 'rolled_back' then format('rollout %s was rolled back: %s', l.id, l.ended_because)
      when not k.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', l.id)
      when l.status = 'completed' then format('rollout %s is completed', l.id)
    end as because,
    format('rollout %s reached it in stage ', l.id) as reached,
    format('rollout %s has not reached it in stage %s', l.id, l.stage) as not_reached
  from (values (1)) one(row)
  left join (
    select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
  ) l on true
  cross join lateral (
    -- What was put in the candidate's place by hand nobody has judged.
    select coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate'), false) as is_candidate_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'baseline'), false) as is_baseline_active,
      coalesce(bool_or(e.active) filter (where e.ensemble = 'candidate' and e.config_hash = l.candidate_hash), false) as is_the_rollouts
    from public.ensembles e
  ) k
  -- Once, and not for every symbol.
  limit 1
) r
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and array_position(m.horizons, h.horizon) is not null;
comment on view public.vw_horizon_assignments is
  'Which ensemble serves each symbol and horizon, and which of the two are planned, by the latest rollout: the one rule that planning, serving and answering follow.';
comment on column public.vw_horizon_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_horizon_assignments.symbol is 'Ticker.';
comment on column public.vw_horizon_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_horizon_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_horizon_assignments.is_baseline_planned is
  'Whether the schedule makes forecasts, windows and checks with the baseline, where is_listed: everywhere, when it is active.';
comment on column public.vw_horizon_assignments.is_candidate_planned is
  'The same of the candidate: without a rollout when it is active; with one, while its configuration is the rollout''s, where that has come to, or everywhere once it is '
  'completed.';
comment on column public.vw_horizon_assignments.ensemble is 'candidate or baseline: which of them apps read and requests are answered by.';
comment on column public.vw_horizon_assignments.because is 'Why that one.';
comment on column public.vw_horizon_assignments.rollout_id is 'The latest rollout, where it has come to the symbol on this horizon; else null.';
comment on column public.vw_horizon_assignments.joined_in is 'The stage in which it came to the symbol.';
comment on column public.vw_horizon_assignments.reached_at is 'When, UTC.';

revoke all on public.vw_horizon_assignments from anon, authenticated, service_role;
grant select on public.vw_horizon_assignments to authenticated, service_role;

-- rollout/views/vw_ensemble_assignments.sql
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
select
  a.symbol_id,
  a.symbol,
  a.horizon,
  n.ensemble,
  a.is_listed,
  case n.ensemble when 'baseline' then a.is_baseline_planned else a.is_candidate_planned end as is_planned,
  -- Not `=` alone, of which the planner expects few rows.
  case when n.ensemble = a.ensemble then true else false end as is_serving,
  a.because,
  a.reached_at
from public.vw_horizon_assignments a
cross join unnest(array['baseline', 'candidate']) n(ensemble);
comment on view public.vw_ensemble_assignments is
  'What each ensemble does for each symbol and horizon: vw_horizon_assignments, one row an ensemble.';
comment on column public.vw_ensemble_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_ensemble_assignments.symbol is 'Ticker.';
comment on column public.vw_ensemble_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_ensemble_assignments.ensemble is 'candidate or baseline.';
comment on column public.vw_ensemble_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_ensemble_assignments.is_planned is
  'Whether the schedule makes forecasts, windows and checks with it, where is_listed: an active ensemble, without a rollout; with one the '
  'baseline everywhere, and the candidate, while its configuration is the rollout''s, where it has come to, or everywhere once it is completed.';
comment on column public.vw_ensemble_assignments.is_serving is 'Whether it is the one of the two that apps read and requests are answered by.';
comment on column public.vw_ensemble_assignments.because is 'Why the one that serves does.';
comment on column public.vw_ensemble_assignments.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_ensemble_assignments from anon, authenticated, service_role;
grant select on public.vw_ensemble_assignments to authenticated, service_role;

-- rollout/views/vw_serving_ensembles.sql
create or replace view public.vw_serving_ensembles with (security_invoker = true) as
select a.symbol_id, a.symbol, a.horizon, a.ensemble, a.because, a.reached_at
from public.vw_horizon_assignments a
where a.is_listed;
comment on view public.vw_serving_ensembles is 'Which ensemble serves: one row per active symbol and horizon of its own.';
comment on column public.vw_serving_ensembles.symbol_id is 'The symbol.';
comment on column public.vw_serving_ensembles.symbol is 'Ticker.';
comment on column public.vw_serving_ensembles.horizon is 'Horizon.';
comment on column public.vw_serving_ensembles.ensemble is 'candidate or baseline: whose forecasts current_forecasts shows.';
comment on column public.vw_serving_ensembles.because is 'Why: no rollout yet, or how far the latest one is.';
comment on column public.vw_serving_ensembles.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_serving_ensembles from anon, authenticated, service_role;
grant select on public.vw_serving_ensembles to authenticated, service_role;

-- forecasts/views/vw_expected_cutoffs.sql
create or replace view public.vw_expected_cutoffs with (security_invoker = true) as
with recent as (
  select d.date, coalesce(x.half_day, false) as half_day,
    (d.date + case when x.half_day then '13:00'::time else '16:00' end) at time zone 'America/New_York' as close_at
  from (
    select g.day::date as date
    from generate_series(
      (now() at time zone 'America/New_York')::date - interval '14 days', (now() at time zone 'America/New_York')::date,
      interval '1 day') g(day)
  ) d
  cross join lateral (
    select bool_or(e.kind = 'closed') as closed, bool_and(e.kind = 'half_day') as half_day
    from public.calendar_exceptions e where e.session_date = d.date
  ) x
  where extract(isodow from d.date) < 6 and x.closed is not true
), session as (
  select r.date, r.half_day
  from recent r
  where r.close_at + make_interval(mins => (
    select (t.value #>> '{}')::integer from public.settings t where t.name = 'forecast_deadline_minutes')) <= now()
  order by r.date desc
  limit 1
)
select h.horizon, l.date as session_date, h.cutoff as expected_cutoff
from session l
cross join lateral (values
  ('1D', l.date::timestamp at time zone 'UTC'),
  ('4h', (l.date + case when l.half_day then '09:30'::time else '13:30' end) at time zone 'America/New_York'),
  ('8h', case when not l.half_day then (l.date + '09:30'::time) at time zone 'America/New_York' end)
) h(horizon, cutoff)
where h.cutoff is not null
  and exists (select from public.settings t where t.name = 'window_sizes' and t.value ? h.horizon);
comment on view public.vw_expected_cutoffs is
  'The bar from which forecasts were last due, by horizon: of the last session whose deadline (close and forecast_deadline_minutes) has passed. None for 8h from a half '
  'day''s close.';
comment on column public.vw_expected_cutoffs.horizon is 'Horizon.';
comment on column public.vw_expected_cutoffs.session_date is 'The session.';
comment on column public.vw_expected_cutoffs.expected_cutoff is 'bar_time of its last bar that a forecast over the horizon starts from, UTC.';

revoke all on public.vw_expected_cutoffs from anon, authenticated, service_role;
grant select on public.vw_expected_cutoffs to authenticated, service_role;

-- forecasts/views/vw_forecast_presence.sql
create or replace view public.vw_forecast_presence with (security_invoker = true) as
with origin as materialized (
  -- The bar that forecasts over each horizon start from, and who makes them.
  select c.horizon, c.session_date as date, c.expected_cutoff as cutoff, e.ensemble, e.config_hash, row_number() over () as place
  from public.vw_expected_cutoffs c
  cross join public.ensembles e
)
select
  a.symbol,
  s.stage,
  a.horizon,
  a.ensemble,
  o.date as session_date,
  o.cutoff as expected_cutoff,
  b.last_bar_time as newest_bar,
  f.id as forecast_id,
  f.issued_at,
  case
    when f.symbol_id is not null then 'there'
    when b.last_bar_time is null then 'no_bars'
    when b.last_bar_time < o.cutoff then 'bar_missing'
    else 'forecast_missing'
  end as state
from origin o
join public.vw_ensemble_assignments a on a.horizon = o.horizon and a.ensemble = o.ensemble
-- Left, so that who does not ask for the stage looks no symbol up.
left join public.symbols s on s.id = a.symbol_id
left join public.bar_series b on b.symbol_id = a.symbol_id and b.timeframe = a.horizon
left join (
  -- All forecasts from these bars at once: a look at an index for each bar and ensemble, however many symbols there are.
  select x.id, x.symbol_id, c.place, x.issued_at
  from origin c
  join public.forecasts x
    on x.data_cutoff = c.cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
) f on f.symbol_id = a.symbol_id and f.place = o.place
where a.is_listed and a.is_planned;
comment on view public.vw_forecast_presence is
  'The forecasts that should be there from the last session whose deadline (close and forecast_deadline_minutes) has passed: one row per '
  'active symbol, horizon and ensemble that is planned for it. From a half day''s close no 8h forecast is issued, so none is listed.';
comment on column public.vw_forecast_presence.symbol is 'Ticker.';
comment on column public.vw_forecast_presence.stage is 'Its rollout stage.';
comment on column public.vw_forecast_presence.horizon is 'Horizon.';
comment on column public.vw_forecast_presence.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_presence.session_date is 'The session.';
comment on column public.vw_forecast_presence.expected_cutoff is 'bar_time of the session''s last bar that a forecast starts from, UTC.';
comment on column public.vw_forecast_presence.newest_bar is 'bar_time of the newest stored bar, UTC.';
comment on column public.vw_forecast_presence.forecast_id is 'The forecast from that bar; null when there is none.';
comment on column public.vw_forecast_presence.issued_at is 'When it was stored, UTC.';
comment on column public.vw_forecast_presence.state is
  'there; no_bars: the symbol has none at all; bar_missing: the session''s bar has not come; forecast_missing: it has, and no forecast.';

revoke all on public.vw_forecast_presence from anon, authenticated, service_role;
grant select on public.vw_forecast_presence to authenticated, service_role;

-- validation/functions/note_window_validity.sql
create or replace function internal.note_window_validity(p_metrics_ids bigint[]) returns void
language sql set search_path = ''
as $$
  insert into public.window_validity (
    metrics_id, symbol_id, horizon, timeframe, config_hash, window_id, last_bar_time, divergence, is_valid)
  select w.id, w.symbol_id, w.horizon, w.timeframe, w.config_hash, w.window_id, w.last_bar_time, w.divergence,
    case
      when not exists (
        select from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time between w.first_bar_time and w.last_bar_time)
        then false
      -- By the clock that stamps the bars, and not by validation_date, which is the worker's.
      when exists (
        select from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time between w.first_bar_time and w.last_bar_time
          and b.ingested_at > w.updated_at)
        then false
      -- The ordinal must still mean the same bar: bars put in before it move it.
      else w.window_id = (
        select count(*) - 1 from public.bars b
        where b.symbol_id = w.symbol_id and b.timeframe = w.timeframe and b.bar_time <= w.last_bar_time)
    end
  from (
    select m.id, m.symbol_id, m.horizon, internal.timeframe_of(m.horizon) as timeframe, m.hyperparameters ->> 'config_hash' as config_hash,
      m.window_id, m.divergence, m.updated_at, o.first_bar_time, o.last_bar_time
    from public.ensemble_validation_metrics m
    join public.overfitting_tests o on o.metrics_id = m.id
    where m.id = any (p_metrics_ids)
  ) w
  on conflict (metrics_id) do update set
    symbol_id = excluded.symbol_id, horizon = excluded.horizon, timeframe = excluded.timeframe, config_hash = excluded.config_hash,
    window_id = excluded.window_id, last_bar_time = excluded.last_bar_time, divergence = excluded.divergence,
    is_valid = excluded.is_valid
$$;
comment on function internal.note_window_validity(bigint[]) is
  'Works out anew whether windows, by their metrics_id, still stand: the one place of that rule.';
revoke execute on function internal.note_window_validity(bigint[]) from public;

-- validation/views/vw_valid_windows.sql
create or replace view public.vw_valid_windows with (security_invoker = true) as
select v.metrics_id, v.symbol_id, v.horizon, v.config_hash, v.window_id, v.divergence
from public.window_validity v
where v.is_valid;
comment on view public.vw_valid_windows is
  'The validated windows that still stand: their bars are the ones that are stored now. Ask for one symbol, horizon and configuration.';
comment on column public.vw_valid_windows.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.vw_valid_windows.symbol_id is 'The symbol.';
comment on column public.vw_valid_windows.horizon is 'Horizon.';
comment on column public.vw_valid_windows.config_hash is 'Hash of the configuration that was validated.';
comment on column public.vw_valid_windows.window_id is 'Ordinal of the window''s last test bar in its series.';
comment on column public.vw_valid_windows.divergence is 'Its divergence; a fraction.';

revoke all on public.vw_valid_windows from anon, authenticated, service_role;
grant select on public.vw_valid_windows to authenticated, service_role;

-- rollout-evidence/functions/compare_pairs.sql
create or replace function internal.compare_pairs(p_most integer) returns integer
language plpgsql set search_path = '' set jit = off
as $$
declare
  v_ratios constant double precision[] := internal.compared_ratios();
  -- Each quantile stands for 1/200 of the levels, the outermost for half of that more, which is the tail beyond it; and how much those up to it stand for.
  v_weights constant double precision[] := 0.0075::double precision || array_fill(0.005::double precision, '{197}') || 0.0075::double precision;
  v_up_to constant double precision[] := array(
    select sum(w.weight) over (order by w.place rows unbounded preceding) from unnest(v_weights) with ordinality w(weight, place));
  v_compared integer;
begin
  -- Whoever compares at this moment leaves nothing to do, and sums by origin are one's at a time.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.pair_sums_by_origin')) then
    return 0;
  end if;
  -- Nobody asks for those of a rollout after which another one began.
  delete from public.forecast_pairs where candidate_id in (
    select p.candidate_id from public.forecast_pairs p
    where p.rollout_id < (select max(r.id) from public.rollouts r)
    limit 2000);

  with open as materialized (
    select p.candidate_id, p.baseline_id
    from public.forecast_pairs p
    where p.compared_at is null and p.baseline_id is not null
    order by p.candidate_id
    limit p_most
    for update skip locked
  ), pair as materialized (
    -- Without a scale where the two cannot be compared.
    select o.candidate_id, f.*
    from open o
    left join lateral (
      select c.return_quantiles as candidate, b.return_quantiles as baseline, u.scale, u.least, u.largest,
        (c.forecast_return - b.forecast_return) / u.scale as difference,
        (greatest(u.least, least(u.largest, x.realised_return)) - b.forecast_return) / u.scale as error,
        (u.least - b.forecast_return) / u.scale as least_error, (u.largest - b.forecast_return) / u.scale as largest_error,
        case when x.realised_return < u.least then u.least when x.realised_return > u.largest then u.largest end as bounded_outcome,
        x.crps / u.scale as candidate_crps, y.crps / u.scale as baseline_crps
      from public.forecasts c
      join public.forecast_outcomes x on x.forecast_id = c.id
      join public.forecasts b on b.id = o.baseline_id
      join public.forecast_outcomes y on y.forecast_id = b.id
      cross join lateral (
        select (b.return_quantiles[168] - b.return_quantiles[32]) / 2 as half
      ) h
      cross join lateral (
        select h.half as scale, b.return_quantiles[100] - 3 * h.half as least, b.return_quantiles[100] + 3 * h.half as largest
      ) u
      where c.id = o.candidate_id and cardinality(c.return_quantiles) = 199 and cardinality(b.return_quantiles) = 199 and h.half > 0
      -- Looked up for each: of what comes after the ids the planner expects next to nothing, and would join all candidates to all baselines.
      limit 1
    ) f on true
  ), known as materialized (
    select p.candidate_id, p.scale, p.least, p.largest, p.bounded_outcome, c.quantiles as candidate, c.sums as candidate_sums,
      c.level_sum as candidate_levels, c.sum as candidate_total, b.quantiles as baseline, b.sums as baseline_sums, b.level_sum as baseline_levels,
      b.sum as baseline_total, p.difference, p.error, p.least_error, p.largest_error, p.candidate_crps, p.baseline_crps
    from pair p
    cross join lateral (
      -- The sums over all quantiles, the two tails among them: of level x quantile, and of the quantile, by weight; and of the latter up to each quantile.
      select array_agg(q.value order by q.place) as quantiles, array_agg(q.up_to order by q.place) as sums,
        sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.candidate[1] + 0.99875 * p.candidate[199]) as level_sum,
        sum(0.005::double precision * q.value) + 0.0025 * (p.candidate[1] + p.candidate[199]) as sum
      from (
        select u.value, u.place, sum(v_weights[u.place] * u.value) over (order by u.place rows unbounded preceding) as up_to
        from unnest(p.candidate) with ordinality u(value, place)
      ) q
    ) c
    cross join lateral (
      -- The sums over all quantiles, the two tails among them: of level x quantile, and of the quantile, by weight; and of the latter up to each quantile.
      select array_agg(q.value order by q.place) as quantiles, array_agg(q.up_to order by q.place) as sums,
        sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.baseline[1] + 0.99875 * p.baseline[199]) as level_sum,
        sum(0.005::double precision * q.value) + 0.0025 * (p.baseline[1] + p.baseline[199]) as sum
      from (
        select u.value, u.place, sum(v_weights[u.place] * u.value) over (order by u.place rows unbounded preceding) as up_to
        from unnest(p.baseline) with ordinality u(value, place)
      ) q
    ) b
  ), compared as materialized (
    select k.candidate_id, k.scale, k.difference, k.error, coalesce(f.candidate_at_bound, k.candidate_crps) as candidate_crps,
      coalesce(f.baseline_at_bound, k.baseline_crps) as baseline_crps, f.below, f.above, q.below as squares_below, q.above as squares_above
    from known k
    left join lateral (
      select max(g.floors) filter (where g.sign = 1) as below, max(g.floors) filter (where g.sign = -1) as above,
        max(g.candidate_at_bound) as candidate_at_bound, max(g.baseline_at_bound) as baseline_at_bound
      from (
        select s.sign,
          array[
            min(s.sign * (v_ratios[1] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[2] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[3] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[4] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[5] * s.baseline - s.candidate)) filter (where s.counts_below_1),
            min(s.sign * (v_ratios[6] * s.baseline - s.candidate)) filter (where not s.is_bound),
            min(s.sign * (v_ratios[7] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[8] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[9] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[10] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[11] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[12] * s.baseline - s.candidate)) filter (where s.counts_above_1),
            min(s.sign * (v_ratios[13] * s.baseline - s.candidate)) filter (where s.counts_above_1)
          ] as floors,
          max(s.candidate) filter (where s.is_outcome) as candidate_at_bound, max(s.baseline) filter (where s.is_outcome) as baseline_at_bound
        from (
          -- Twice the mean pinball loss: half the outcome, less the levels' sum, less outcome - quantile summed over the quantiles above.
          select o.sign, o.is_bound, o.is_bound and o.value = k.bounded_outcome as is_outcome,
            -- Outcomes are bounded for a ratio below 1 by sign 1, for one above it by sign -1.
            case o.sign when 1 then o.value between k.least and k.largest else not o.is_bound end as counts_below_1,
            case o.sign when 1 then not o.is_bound else o.value between k.least and k.largest end as counts_above_1,
            2 * (o.value / 2 - k.candidate_levels - o.value * (1 - coalesce(v_up_to[o.candidate_place], 0))
              + k.candidate_total - coalesce(k.candidate_sums[o.candidate_place], 0)) / k.scale as candidate,
            2 * (o.value / 2 - k.baseline_levels - o.value * (1 - coalesce(v_up_to[o.baseline_place], 0))
              + k.baseline_total - coalesce(k.baseline_sums[o.baseline_place], 0)) / k.scale as baseline
          from (
            -- r times the baseline's less the candidate's (sign 1) is least at an outcome where the baseline's bends, the other way round (-1) where the candidate's
            -- does; or at a bound. Quantiles ascend: how many are up to an outcome is found without looking at each.
            select 1, u.value, false, width_bucket(u.value, k.candidate), u.place from unnest(k.baseline) with ordinality u(value, place)
            union all
            select -1, u.value, false, u.place, width_bucket(u.value, k.baseline) from unnest(k.candidate) with ordinality u(value, place)
            union all
            select s.sign, u.value, true, width_bucket(u.value, k.candidate), width_bucket(u.value, k.baseline)
            from unnest(array[1, -1]) s(sign)
            cross join unnest(array[k.least, k.largest]) u(value)
          ) o(sign, value, is_bound, candidate_place, baseline_place)
          -- Once, and not for each floor.
          offset 0
        ) s
        group by s.sign
      ) g
    ) f on k.scale is not null
    left join lateral (
      -- A parabola in the error: least at an end, or at its vertex.
      select array_agg(least(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio <= 1) as below,
        array_agg(-greatest(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio >= 1) as above
      from unnest(v_ratios) with ordinality r(ratio, place)
      cross join lateral (
        select case when r.ratio <> 1 then k.difference / (1 - r.ratio * r.ratio) end as vertex
      ) v
      cross join lateral (
        select
          (r.ratio * k.least_error) ^ 2 - (k.least_error - k.difference) ^ 2 as at_least,
          (r.ratio * k.largest_error) ^ 2 - (k.largest_error - k.difference) ^ 2 as at_largest,
          case when v.vertex > k.least_error and v.vertex < k.largest_error
            then (r.ratio * v.vertex) ^ 2 - (v.vertex - k.difference) ^ 2 end as at_vertex
      ) e
    ) q on k.scale is not null
  )
  update public.forecast_pairs t
  set compared_at = now(), scale = c.scale, mean_difference = c.difference, bounded_error = c.error, bounded_candidate_crps = c.candidate_crps,
    bounded_baseline_crps = c.baseline_crps, crps_floors_below = c.below, crps_floors_above = c.above, squares_floors_below = c.squares_below,
    squares_floors_above = c.squares_above
  from compared c
  where t.candidate_id = c.candidate_id;
  get diagnostics v_compared = row_count;
  return v_compared;
end
$$;
comment on function internal.compare_pairs(integer) is
  'Computes what the judge needs of so many pairs of forecast_pairs that wait for it; returns how many it looked at. About 0.6 ms each. Pairs that somebody '
  'else is at are left to them, and pairs of earlier rollouts deleted. Twin: sumPairs (src/shared/rollout/comparison/sum-pairs.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.compare_pairs(integer) from public;

-- rollout-evidence/functions/expected_forecasts.sql
create or replace function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
  symbol text, horizon text, ensemble text, session_date date, data_cutoff timestamptz, deadline timestamptz, state text, forecasts integer)
language sql stable set search_path = '' set jit = off
as $$
  with rollout as materialized (
    select r.id, r.stage_started_at, r.candidate_hash, r.baseline_hash, (
      select p.figures -> 'reached' from public.rollout_events p
      where p.rollout_id = r.id and p.kind = 'promoted' and p.figures ->> 'to' = r.stage
      order by p.id desc limit 1) as reached
    from public.rollouts r where r.id = p_rollout_id
  ), ensemble as materialized (
    select e.name, e.config_hash
    from rollout r cross join lateral (values ('baseline', r.baseline_hash), ('candidate', r.candidate_hash)) e(name, config_hash)
  ), origin as materialized (
    select row_number() over () as place, o.session_date, o.horizon, o.data_cutoff, o.ends_at, d.deadline, o.ends_at >= r.stage_started_at as is_of_stage
    from rollout r
    cross join internal.forecast_origins((p_since at time zone 'America/New_York')::date - 1, (p_until at time zone 'America/New_York')::date) o
    cross join lateral (
      select o.ends_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) as deadline
    ) d
    where d.deadline > p_since and d.deadline <= p_until and not internal.publishing_stopped(o.ends_at, d.deadline)
      and internal.window_sizes(o.horizon) is not null
  ), member as materialized (
    -- What the stage has only just come to begins with the bars that end since; what the one before had already knows no gap between them.
    select m.symbol_id, h.horizon, coalesce(r.reached -> m.symbol ? h.horizon, false) as is_reached
    from rollout r
    join public.rollout_symbols m on m.rollout_id = r.id
    join public.symbols s on s.id = m.symbol_id and s.active
    cross join unnest(m.horizons) h(horizon)
    where h.horizon = any (s.horizons)
  ), reached as materialized (
    select k.*, array(select s.id from public.symbols s except select unnest(k.of_stage)) as not_of_stage,
      array(select s.id from public.symbols s except select unnest(k.before_it)) as not_before_it
    from (
      select m.horizon, array_agg(m.symbol_id) as of_stage, coalesce(array_agg(m.symbol_id) filter (where m.is_reached), '{}') as before_it
      from member m group by m.horizon
    ) k
  ), asked as materialized (
    -- Whom forecasts are expected of, and whom not where these are few; and by when they are settled: until then bars that came late give them more time.
    select o.place, o.horizon, o.data_cutoff, o.deadline, o.deadline <= p_until - interval '30 minutes' as is_settled, e.name as ensemble, e.config_hash,
      w.members, case when cardinality(w.others) <= 100 then w.others end as others
    from origin o
    join reached r on r.horizon = o.horizon
    cross join ensemble e
    cross join lateral (
      select case when o.is_of_stage then r.of_stage else r.before_it end as members,
        case when o.is_of_stage then r.not_of_stage else r.not_before_it end as others
    ) w
  ), other as materialized (
    -- All but those that were there by the bar's own deadline, however late their bar came: nearly all are, and nothing more is asked of them. Origin by
    -- origin: of all at once the sets would be large. Where as many are there as there should be, they are not looked at one by one.
    select a.place, a.ensemble, x.symbol_id
    from asked a
    cross join lateral (
      select count(*) as forecasts
      from public.forecasts f
      where a.is_settled and a.others is not null and f.data_cutoff = a.data_cutoff and f.horizon = a.horizon and f.ensemble = a.ensemble
        and f.config_hash = a.config_hash and f.issued_at <= a.deadline
    ) t
    cross join lateral (
      select count(*) as forecasts
      from unnest(a.others) i(symbol_id)
      join public.forecasts f
        on f.symbol_id = i.symbol_id and f.horizon = a.horizon and f.ensemble = a.ensemble and f.config_hash = a.config_hash
          and f.data_cutoff = a.data_cutoff and f.issued_at <= a.deadline
    ) o
    cross join lateral (
      select a.others is not null and t.forecasts - o.forecasts = cardinality(a.members) as is_whole
    ) c
    cross join lateral (
      select i.symbol_id from unnest(a.members) i(symbol_id) where not c.is_whole
      except
      select f.symbol_id
      from public.forecasts f
      where not c.is_whole and a.is_settled and f.data_cutoff = a.data_cutoff and f.horizon = a.horizon and f.ensemble = a.ensemble
        and f.config_hash = a.config_hash and f.issued_at <= a.deadline
    ) x
  ), due as materialized (
    select x.place, x.ensemble, x.symbol_id, e.config_hash, o.session_date, o.horizon, o.data_cutoff, o.deadline as bar_deadline, due.deadline,
      b.ingested_at, f.issued_at
    from other x
    join origin o on o.place = x.place
    join ensemble e on e.name = x.ensemble
    left join public.bars b on b.symbol_id = x.symbol_id and b.timeframe = internal.timeframe_of(o.horizon) and b.bar_time = o.data_cutoff
    left join public.forecasts f
      on f.symbol_id = x.symbol_id and f.horizon = o.horizon and f.ensemble = x.ensemble and f.config_hash = e.config_hash
      and f.data_cutoff = o.data_cutoff
    cross join lateral (
      -- A bar that came in the last half hour leaves its forecast half an hour.
      select greatest(o.deadline, case when b.ingested_at <= o.deadline then b.ingested_at + interval '30 minutes' end) as deadline
    ) due
    where due.deadline <= p_until
  ), judged as materialized (
    select s.symbol, d.horizon, d.ensemble, d.session_date, d.data_cutoff, d.deadline, d.place,
      case
        when d.issued_at <= d.deadline then 'there'
        -- Bars that were restated since have it made anew: that it was there in time is what its run knows.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 0 = s.symbol and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline) then 'there'
        -- A request may have been for several symbols.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 1 is not null and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline and x.params -> 'symbols' ? s.symbol) then 'there'
        -- A bar may have been there and be restated since: a forecast from it knows, or who noticed that there was none.
        when d.ingested_at is null or d.ingested_at > d.bar_deadline
          and not exists (
            select from public.forecasts x
            where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.ensemble = any ('{baseline,candidate}')
              and x.data_cutoff = d.data_cutoff and x.issued_at <= d.bar_deadline)
          and not exists (
            select from public.rollout_events x
            where x.rollout_id = p_rollout_id and x.kind = 'forecast_missing' and x.subject in (
              internal.forecast_subject(s.symbol, d.horizon, 'candidate', d.session_date, d.data_cutoff),
              internal.forecast_subject(s.symbol, d.horizon, 'baseline', d.session_date, d.data_cutoff)))
          then 'bar_missing'
        when d.issued_at is not null then 'late'
        else 'forecast_missing'
      end as state
    from due d
    join public.symbols s on s.id = d.symbol_id
  ), not_at_once as materialized (
    select x.place, x.ensemble, count(*) as forecasts from other x group by x.place, x.ensemble
  ), all_the_same as materialized (
    select j.place, j.ensemble, count(*) as forecasts from judged j where j.state = 'there' group by j.place, j.ensemble
  )
  select j.symbol, j.horizon, j.ensemble, j.session_date, j.data_cutoff, j.deadline, j.state, 1
  from judged j where j.state <> 'there'
  union all
  select null, o.horizon, e.name, o.session_date, o.data_cutoff, o.deadline, 'there', n.there::integer
  from origin o
  cross join ensemble e
  join reached r on r.horizon = o.horizon
  left join not_at_once a on a.place = o.place and a.ensemble = e.name
  left join all_the_same t on t.place = o.place and t.ensemble = e.name
  cross join lateral (
    select cardinality(case when o.is_of_stage then r.of_stage else r.before_it end) - coalesce(a.forecasts, 0) + coalesce(t.forecasts, 0) as there
  ) n
  where n.there > 0
  union all
  select m.symbol, h.horizon, 'candidate', null, null, null, 'nothing_due', 0
  from public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  where m.rollout_id = p_rollout_id and not exists (
    select from member k
    where k.symbol_id = m.symbol_id and k.horizon = h.horizon and exists (
      select from origin o where o.horizon = k.horizon and (o.is_of_stage or k.is_reached)))
$$;
comment on function internal.expected_forecasts(bigint, timestamptz, timestamptz) is
  'The forecasts that a rollout''s symbols should have, of candidate and baseline, whose deadline (the bar''s end and '
  'forecast_deadline_minutes; half an hour after the bar came, where it came in the last half hour) has passed after p_since and by p_until; '
  'where its stage is the first on the horizon, from bars that ended in it. A row each for what is late, forecast_missing or bar_missing: the bar itself had not '
  'come by the deadline; a row an origin and ensemble, without a symbol, for how many are there; a row nothing_due for each symbol and horizon of which none was '
  'expected. None while the kill switch was on.';
revoke execute on function internal.expected_forecasts(bigint, timestamptz, timestamptz) from public;

-- rollout-evidence/functions/internal_rollout_evidence.sql
create or replace function internal.rollout_evidence(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.rollouts;
  v_until timestamptz;
  -- Of each list so many of the newest, and the count of all.
  v_most constant integer := 50;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    perform internal.refuse(409, 'no_rollout', 'No rollout was ever started: there is nothing to judge');
  end if;
  -- What a rollout has ended with stays its evidence.
  v_until := least(coalesce(v.ended_at, p_now), p_now);
  return jsonb_build_object(
    'rollout', jsonb_build_object('id', v.id, 'status', v.status, 'stage', v.stage, 'started_at', v.started_at,
      'stage_started_at', v.stage_started_at, 'stage_due_at', v.stage_due_at, 'candidate_hash', v.candidate_hash,
      'baseline_hash', v.baseline_hash, 'commit_hash', v.commit_hash, 'tests', v.tests),
    'evidence_at', p_now,
    'criteria', internal.setting('rollout_criteria'),
    'roles', internal.setting('rollout_roles'),
    'approvals', (
      select coalesce(jsonb_agg(jsonb_build_object('role', e.figures ->> 'role', 'actor', e.actor, 'approved_at', e.happened_at)
        order by e.id), '[]')
      from public.rollout_events e where e.rollout_id = v.id and e.kind = 'approved' and e.stage = v.stage),
    -- Rows as they are: to build an object of each, and then the list of them, takes twice as long.
    'symbols', array(
      select s from (select m.symbol, m.horizons from public.rollout_symbols m where m.rollout_id = v.id) s order by s.symbol),
    'expected', internal.expected_evidence(v, v_until),
    'compared', internal.compared_evidence(v),
    'windows', array(
      select w
      from (
        select m.symbol, h.horizon, k.window_id, t.last_bar_time, e.divergence, t.verdict, t.implausible_skill as implausible, t.reasons,
          e.updated_at as validated_at
        from public.rollout_symbols m
        cross join unnest(m.horizons) h(horizon)
        cross join lateral (
          select x.metrics_id, x.window_id from public.vw_valid_windows x
          where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.config_hash = v.candidate_hash
          order by x.window_id desc limit 1
        ) k
        join public.ensemble_validation_metrics e on e.id = k.metrics_id
        join public.overfitting_tests t on t.metrics_id = k.metrics_id
        where m.rollout_id = v.id
      ) w
      order by w.symbol, w.horizon),
    'triggers', internal.large_divergences(v),
    'dead_jobs', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(to_jsonb(j) - 'made_good' - 'class' - 'rank' order by j.id)
        filter (where j.rank <= v_most), '[]'))
      from (
        select d.*, row_number() over (order by d.id desc) as rank
        from internal.rollout_dead_jobs(v.id, v.stage_started_at) d where d.finished_at <= v_until and not d.made_good
          and internal.failure_consequence(d.class) in ('counts', 'holds')
      ) j),
    'failed_runs', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind,
        'code', r.error_code, 'message', r.error_message, 'finished_at', r.finished_at) order by r.finished_at, r.id)
        filter (where r.rank <= v_most), '[]'))
      from (
        select r.*, row_number() over (order by r.finished_at desc, r.id) as rank
        from public.runs r
        where r.status = 'failed' and r.finished_at >= v.stage_started_at and r.finished_at <= v_until
          -- A run failed for the rollout if one of its dead jobs did: an ingestion is of every symbol. One that was refused has none.
          and coalesce((
            select bool_or(internal.is_of_rollout(v.id, j.payload ->> 'symbol') and not internal.is_made_good(j)
              and internal.failure_consequence(internal.failure_class('dead_job', j.kind, j.error_code,
                jsonb_build_object('ensemble', j.payload ->> 'ensemble', 'requested_via', r.requested_via))) in ('counts', 'holds'))
            from public.jobs j where j.run_id = r.id and j.status = 'dead'
          ), (r.kind = 'rollout_evaluation' or exists (
              select from jsonb_array_elements_text(r.params -> 'symbols') n(symbol) where internal.is_of_rollout(v.id, n.symbol)))
            and internal.failure_consequence(internal.failure_class('dead_job', r.kind, r.error_code,
              jsonb_build_object('ensemble', r.ensemble, 'requested_via', r.requested_via))) in ('counts', 'holds'))
      ) r),
    'errors', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'source', e.source,
        'code', e.code, 'message', e.message, 'occurred_at', e.occurred_at) order by e.id) filter (where e.rank <= v_most), '[]'))
      from (
        select e.*, row_number() over (order by e.id desc) as rank
        from internal.rollout_errors(v.stage_started_at, v_until) e where internal.failure_consequence(e.class) in ('counts', 'holds')
      ) e),
    'set_aside', (
      select coalesce(jsonb_object_agg(f.class, f.failures), '{}')
      from (
        select a.class, count(*) as failures
        from (
          select e.class from internal.rollout_errors(v.stage_started_at, v_until) e
          union all
          select d.class from internal.rollout_dead_jobs(v.id, v.stage_started_at) d where d.finished_at <= v_until
        ) a
        where internal.failure_consequence(a.class) in ('noted', 'none')
        group by a.class
      ) f),
    'health', jsonb_build_object('captured', v.health_captured, 'now', internal.rollout_health(v.stage_started_at)),
    'evaluations', (
      select count(*) from public.rollout_evaluations e where e.rollout_id = v.id and e.stage = v.stage),
    'alerts_open', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('symbol', a.symbol, 'horizon', a.horizon,
        'level', a.level, 'opened_at', a.opened_at) order by a.id) filter (where a.rank <= v_most), '[]'))
      from (
        select a.*, row_number() over (order by a.id desc) as rank
        from public.divergence_alerts a
        where a.resolved_at is null and a.ensemble = 'candidate' and internal.is_of_rollout(v.id, a.symbol)
      ) a));
end
$$;
comment on function internal.rollout_evidence(timestamptz) is 'What public.rollout_evidence returns, as of p_now.';
revoke execute on function internal.rollout_evidence(timestamptz) from public;

-- rollout-evidence/functions/rollout_evidence.sql
create or replace function public.rollout_evidence() returns jsonb
language sql security definer set search_path = ''
as $$
  -- What has just come true, as far as there is time for it.
  select internal.compare_pairs(100);
  select internal.rollout_evidence();
$$;
comment on function public.rollout_evidence() is
  'All that a stage of the latest rollout is judged by, as one document whose schema is src/shared/contracts/rollout-evidence.ts: forecasts '
  'expected and there, sums over pairs of both ensembles from the same bars with what came true, windows, triggers that SQL alone finds (divergence), dead jobs, failed runs, errors, durations of '
  'queries, approvals. Of an ended rollout as it was at its end. Raises no_rollout.';
revoke execute on function public.rollout_evidence() from public, anon, authenticated;
grant execute on function public.rollout_evidence() to service_role;

-- rollout-evidence/views/vw_canary_board.sql
create or replace view public.vw_canary_board with (security_invoker = true) as
-- Which forecasts are there is worked out once for all series; what is looked up for each of them comes after the order, so that who asks for the
-- first so many, or for one symbol, looks up no others.
with rollout as materialized (
  select x.* from public.rollouts x order by x.id desc limit 1
), expected as materialized (
  select c.horizon, c.session_date, c.expected_cutoff, e.ensemble, e.config_hash, row_number() over () as place
  from public.vw_expected_cutoffs c
  cross join public.ensembles e
), alert as materialized (
  select x.symbol_id, x.horizon, count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.ensemble = 'candidate' and x.resolved_at is null
  group by x.symbol_id, x.horizon
)
select
  b.rollout_id,
  b.status,
  b.stage,
  b.symbol,
  b.horizon,
  b.joined_in,
  b.ensemble,
  f.data_cutoff as last_cutoff,
  f.issued_at as last_issued_at,
  b.session_date,
  case when b.is_absent then p.state when b.session_date is not null then 'there' end as state,
  coalesce(s.scored, 0) as scored,
  coalesce(s.pairs, 0) as pairs,
  k.candidate_rmse,
  k.baseline_rmse,
  k.candidate_rmse / nullif(k.baseline_rmse, 0) as rmse_ratio,
  k.candidate_crps,
  k.baseline_crps,
  k.candidate_crps / nullif(k.baseline_crps, 0) as crps_ratio,
  s.covered_90::double precision / s.scored as coverage_90,
  w.window_id,
  w.divergence,
  w.verdict,
  w.validated_at,
  b.alerts_open,
  b.needs_attention
from (
  select r.id as rollout_id, r.status, r.stage, g.symbol_id, g.symbol, g.horizon, g.joined_in, g.ensemble, x.session_date,
    x.horizon is not null and f.symbol_id is null as is_absent, coalesce(a.alerts_open, 0) as alerts_open,
    (x.horizon is not null and f.symbol_id is null) or a.alerts_open is not null as needs_attention, r.candidate_hash,
    case g.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end as serving_hash
  from rollout r
  join public.vw_horizon_assignments g on g.rollout_id = r.id
  left join expected x
    on x.horizon = g.horizon and x.ensemble = g.ensemble and g.is_listed
      and case g.ensemble when 'candidate' then g.is_candidate_planned else g.is_baseline_planned end
  left join (
    -- All forecasts from these bars at once: a look at an index for each bar, however many symbols there are.
    select x.symbol_id, c.place
    from expected c
    join public.forecasts x
      on x.data_cutoff = c.expected_cutoff and x.horizon = c.horizon and x.ensemble = c.ensemble and x.config_hash = c.config_hash
  ) f on f.symbol_id = g.symbol_id and f.place = x.place
  left join alert a on a.symbol_id = g.symbol_id and a.horizon = g.horizon
  order by needs_attention desc, g.symbol, g.horizon
) b
left join lateral (
  select x.state
  from public.vw_forecast_presence x
  where b.is_absent and x.symbol = b.symbol and x.horizon = b.horizon and x.ensemble = b.ensemble
  limit 1
) p on true
left join lateral (
  select x.data_cutoff, x.issued_at
  from public.forecasts x
  where x.symbol_id = b.symbol_id and x.horizon = b.horizon and x.ensemble = b.ensemble and x.config_hash = b.serving_hash
  order by x.data_cutoff desc
  limit 1
) f on true
left join lateral (
  select x.* from public.pair_sums_by_series x
  where x.rollout_id = b.rollout_id and x.stage = b.stage and x.symbol_id = b.symbol_id and x.horizon = b.horizon
  limit 1
) s on true
left join lateral (
  select sqrt(s.candidate_squares::double precision / s.pairs) as candidate_rmse, sqrt(s.baseline_squares::double precision / s.pairs) as baseline_rmse,
    s.candidate_crps::double precision / s.pairs as candidate_crps, s.baseline_crps::double precision / s.pairs as baseline_crps
  where s.pairs > 0
) k on true
left join lateral (
  select v.window_id, e.divergence, t.verdict, e.updated_at as validated_at
  from (
    select x.metrics_id, x.window_id
    from public.vw_valid_windows x
    where x.symbol_id = b.symbol_id and x.horizon = b.horizon and x.config_hash = b.candidate_hash
    order by x.window_id desc
    limit 1
  ) v
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  join public.overfitting_tests t on t.metrics_id = v.metrics_id
) w on true
order by b.needs_attention desc, b.symbol, b.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage, or of the one that it ended in, that have come true, the latest window, open alerts. What needs attention comes first. Of many symbols ask for '
  'the first so many, or for some by name.';
comment on column public.vw_canary_board.rollout_id is 'The rollout.';
comment on column public.vw_canary_board.status is 'running, completed or rolled_back.';
comment on column public.vw_canary_board.stage is 'Its present stage, or the one that it ended in.';
comment on column public.vw_canary_board.symbol is 'Ticker.';
comment on column public.vw_canary_board.horizon is 'Horizon.';
comment on column public.vw_canary_board.joined_in is 'The stage in which the symbol joined.';
comment on column public.vw_canary_board.ensemble is 'Who serves it: candidate or baseline.';
comment on column public.vw_canary_board.last_cutoff is 'Bar of the last forecast of the ensemble that serves, UTC; null without any.';
comment on column public.vw_canary_board.last_issued_at is 'When that was stored, UTC.';
comment on column public.vw_canary_board.session_date is 'The last session whose deadline has passed.';
comment on column public.vw_canary_board.state is
  'Of the forecast from it by the ensemble that serves: there, no_bars, bar_missing, forecast_missing; null when none is expected.';
comment on column public.vw_canary_board.scored is 'Forecasts of the candidate that were issued in the present stage and have come true.';
comment on column public.vw_canary_board.pairs is 'How many of them have one of the baseline from the same bar: what both are compared on.';
comment on column public.vw_canary_board.candidate_rmse is 'RMSE of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_rmse is 'RMSE of the baseline over the same pairs.';
comment on column public.vw_canary_board.rmse_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.candidate_crps is 'Mean CRPS of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_crps is 'Mean CRPS of the baseline over the same pairs.';
comment on column public.vw_canary_board.crps_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.coverage_90 is 'Share of the scored ones whose 90 % interval held the return; 0.90 when calibrated. Read it beside scored.';
comment on column public.vw_canary_board.window_id is 'The candidate''s latest window that still stands; null without one.';
comment on column public.vw_canary_board.divergence is 'Its divergence; a fraction.';
comment on column public.vw_canary_board.verdict is 'Its verdict: ok, overfitting or implausible.';
comment on column public.vw_canary_board.validated_at is 'When it was stored, UTC.';
comment on column public.vw_canary_board.alerts_open is 'Open divergence alerts of the candidate.';
comment on column public.vw_canary_board.needs_attention is
  'Whether an alert is open, or the forecast of the last session is not there. The order of the rows: first those, then by symbol and horizon.';

revoke all on public.vw_canary_board from anon, authenticated, service_role;
grant select on public.vw_canary_board to authenticated, service_role;

-- rollout-watch/functions/large_divergences.sql
create or replace function internal.large_divergences(p_rollout public.rollouts) returns jsonb
language sql stable set search_path = ''
as $$
  with largest as (
    select (internal.setting('rollout_criteria') ->> 'largest_divergence')::double precision as allowed
  )
  select coalesce(jsonb_agg(jsonb_build_object('trigger', 'divergence', 'subject', format('%s %s', e.symbol, e.horizon),
      'figures', jsonb_build_object('divergence', e.divergence, 'window_id', e.window_id, 'allowed', l.allowed),
      'sentence', format('the divergence of %s %s is %s %% in its latest window, above %s %%.', e.symbol, e.horizon,
        round((100 * e.divergence)::numeric, 2), round((100 * l.allowed)::numeric, 2)))
    order by e.symbol, e.horizon), '[]')
  from largest l
  join public.vw_valid_windows v on v.config_hash = p_rollout.candidate_hash and v.divergence > l.allowed
  join public.rollout_symbols m on m.rollout_id = p_rollout.id and m.symbol_id = v.symbol_id and v.horizon = any (m.horizons)
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  where not exists (
    select from public.vw_valid_windows w
    where w.symbol_id = v.symbol_id and w.horizon = v.horizon and w.config_hash = v.config_hash and w.window_id > v.window_id)
$$;
comment on function internal.large_divergences(public.rollouts) is
  'The trigger divergence for each symbol and horizon of a rollout whose candidate''s latest valid window is above largest_divergence; else []. '
  'The one place of this rule: the judge is given what it finds.';
revoke execute on function internal.large_divergences(public.rollouts) from public;
