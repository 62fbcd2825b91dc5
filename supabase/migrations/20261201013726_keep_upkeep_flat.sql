-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- By hand: what is asked of tables that grow is an index.
alter table public.query_timings add column timed_out boolean not null default false;
comment on table public.query_timings is 'What each monitoring query took, each time it was measured; kept as retention_days has it.';
comment on column public.query_timings.timed_out is 'Whether it was broken off then: it takes longer.';
create index query_timings_by_name on public.query_timings (name, measured_at);
create index divergence_alerts_by_resolution on public.divergence_alerts (resolved_at);
create index errors_by_source on public.errors (source, code, id);
create index forecast_outcomes_by_scoring on public.forecast_outcomes (scored_at);
create index forecasts_from_bar on public.forecasts (symbol_id, horizon, data_cutoff);
create index jobs_succeeded on public.jobs (finished_at) where status = 'succeeded';
create index runs_by_end on public.runs (finished_at) where finished_at is not null;
drop function internal.delete_batches(regclass, text, integer, integer);
-- Returns more than it did.
drop function internal.time_query(text);
comment on column public.cron_ticks.job is 'dispatch, alerts, reconcile, plan, continue, outcomes or retention.';

-- foundation/functions/delete_batch.sql
create or replace function internal.delete_batch(p_table regclass, p_condition text, p_rows integer) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_deleted integer;
begin
  execute format('delete from %1$s where ctid in (select ctid from %1$s where %2$s limit %3$s)', p_table, p_condition, p_rows);
  get diagnostics v_deleted = row_count;
  return v_deleted;
end
$$;
comment on function internal.delete_batch(regclass, text, integer) is
  'Deletes p_rows rows of a table at most that a condition (SQL of our own, never of a caller) names; returns how many.';
revoke execute on function internal.delete_batch(regclass, text, integer) from public;

-- configuration/triggers/check_schedule_setting.sql
create or replace function internal.check_schedule_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_number double precision := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
  v_good boolean := true;
begin
  case new.name
    when 'slot_attempts' then
      v_good := v_number = floor(v_number) and v_number between 1 and 100;
    when 'forecast_deadline_minutes' then
      v_good := v_number = floor(v_number) and v_number between 0 and 1000;
    when 'retention_days' then
      v_good := jsonb_typeof(new.value) = 'object' and coalesce((
        select bool_and(jsonb_typeof(d.value) = 'number' and d.value #>> '{}' ~ '^[0-9]{1,5}$' and (d.value #>> '{}')::integer >= case d.key when 'slot_runs' then 9 else 1 end)
          and array_agg(d.key order by d.key) = array[
            'alerts', 'canary_reports', 'checkpoints', 'cron_history', 'cron_ticks', 'query_timings', 'runs', 'slot_runs', 'windows',
            'worker_requests']
        from jsonb_each(new.value) d), false);
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_schedule_setting() is 'Trigger: refuses a value of a schedule''s setting that its readers could not use (invalid_setting).';
revoke execute on function internal.check_schedule_setting() from public;


-- forecasts/tables/outcomes_due.sql
-- An inbox: what changes bars adds a row here, score_outcomes takes it out. So scoring looks at what changed, however many forecasts there are.
create table public.outcomes_due (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  since timestamptz not null,
  constraint outcomes_due_horizon_known check (horizon in ('1D', '4h', '8h'))
);
comment on table public.outcomes_due is 'Which forecasts score_outcomes is to look at: their bars came, were restated or went, or they came after their bars.';
comment on column public.outcomes_due.id is 'Order.';
comment on column public.outcomes_due.symbol_id is 'The symbol.';
comment on column public.outcomes_due.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.outcomes_due.since is 'Of its forecasts those whose data_cutoff is this or later, UTC; moved on as they are scored.';

alter table public.outcomes_due enable row level security;
create policy outcomes_due_are_read_by_users on public.outcomes_due for select to authenticated using (true);
revoke all on public.outcomes_due from anon, authenticated, service_role;
grant select on public.outcomes_due to authenticated, service_role;

-- forecasts/functions/internal_score_outcomes.sql
create or replace function internal.score_outcomes() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1.5 seconds';
  v_taken integer;
  v_scored integer;
  v_total integer := 0;
begin
  -- Two at once would score the same twice over.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.score_outcomes')) then
    return 0;
  end if;
  -- Until nothing is due, or its time is over: the next tick goes on.
  loop
    select b.taken, b.scored into v_taken, v_scored from internal.score_due_outcomes(50) b;
    v_total := v_total + v_scored;
    exit when v_taken = 0 or clock_timestamp() > v_until;
  end loop;
  return v_total;
end
$$;
comment on function internal.score_outcomes() is
  'Scores forecasts whose outcome bar is there and was not scored in its stored version, for a second and a half at most; returns how many. '
  'What is left stays in outcomes_due. Repeating it changes nothing; 0 while another is at it.';
revoke execute on function internal.score_outcomes() from public;

-- forecasts/triggers/note_changed_bars.sql
create or replace function internal.note_changed_bars() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- From the bar before: a forecast from it comes true by the first that changed.
  insert into public.outcomes_due (symbol_id, horizon, since)
  select c.symbol_id, c.timeframe, c.since
  from (
    select x.symbol_id, x.timeframe, coalesce((
      select max(b.bar_time) from public.bars b
      where b.symbol_id = x.symbol_id and b.timeframe = x.timeframe and b.bar_time < min(x.bar_time)), min(x.bar_time)) as since
    from changed x
    group by x.symbol_id, x.timeframe
  ) c
  where exists (
    select from public.forecasts f where f.symbol_id = c.symbol_id and f.horizon = c.timeframe and f.data_cutoff >= c.since);
  return null;
end
$$;
comment on function internal.note_changed_bars() is
  'Trigger: forecasts whose outcome may have come, changed or gone with these bars are to be looked at by score_outcomes. Who stores bars '
  'locks their symbol against forecasts that are just being stored, so that neither misses the other.';
revoke execute on function internal.note_changed_bars() from public;

create trigger bars_note_new_ones after insert on public.bars
referencing new table as changed for each statement execute function internal.note_changed_bars();

create trigger bars_note_restated_ones after update on public.bars
referencing new table as changed for each statement execute function internal.note_changed_bars();

create trigger bars_note_deleted_ones after delete on public.bars
referencing old table as changed for each statement execute function internal.note_changed_bars();

-- forecasts/triggers/note_late_forecasts.sql
create or replace function internal.note_late_forecasts() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.outcomes_due (symbol_id, horizon, since)
  select f.symbol_id, f.horizon, min(f.data_cutoff)
  from stored f
  where exists (
    select from public.bars b
    where b.symbol_id = f.symbol_id and b.timeframe = internal.timeframe_of(f.horizon) and b.bar_time > f.data_cutoff)
  group by f.symbol_id, f.horizon;
  return null;
end
$$;
comment on function internal.note_late_forecasts() is
  'Trigger: a forecast that is stored after the bar by which it comes true is to be looked at by score_outcomes.';
revoke execute on function internal.note_late_forecasts() from public;

create trigger forecasts_note_late_ones after insert on public.forecasts
referencing new table as stored for each statement execute function internal.note_late_forecasts();

-- forecasts/views/vw_forecast_quality.sql
create or replace view public.vw_forecast_quality with (security_invoker = true) as
select
  s.symbol,
  s.horizon,
  s.ensemble,
  s.config_hash,
  p.outcomes as latest,
  count(*)::integer as n,
  min(s.outcome_time) as first_outcome_time,
  max(s.outcome_time) as last_outcome_time,
  avg(s.covered_50::integer)::double precision as coverage_50,
  avg(s.covered_80::integer)::double precision as coverage_80,
  avg(s.covered_90::integer)::double precision as coverage_90,
  avg(s.covered_95::integer)::double precision as coverage_95,
  avg(s.crps) as mean_crps,
  avg(s.log_score) as mean_log_score,
  avg(s.error) as mean_error,
  avg(s.absolute_error) as mean_absolute_error,
  sqrt(avg(s.error * s.error)) as rmse,
  sqrt(avg(s.realised_return * s.realised_return)) as no_change_rmse,
  count(s.direction_correct)::integer as n_directions,
  avg(s.direction_correct::integer)::double precision as directional_accuracy,
  avg((s.realised_return > 0)::integer) filter (where s.direction_correct is not null)::double precision as base_rate,
  avg(s.confidence) as mean_confidence,
  avg(((s.probability_up >= 0.5) = (s.realised_return > 0))::integer) filter (where s.confidence is not null)::double precision
    as confidence_came_true
from (
  -- The registry's symbol, and part of what is counted apart: who asks for one looks at no other's forecasts.
  select r.symbol, f.horizon, f.ensemble, f.config_hash, f.probability_up, f.confidence, o.*,
    row_number() over (
      partition by r.symbol, f.horizon, f.ensemble, f.config_hash order by o.outcome_time desc, f.id desc) as age
  from public.symbols r
  join public.forecasts f on f.symbol_id = r.id
  join public.forecast_outcomes o on o.forecast_id = f.id
) s
join (values (30), (250), (null)) p(outcomes) on p.outcomes is null or s.age <= p.outcomes
group by s.symbol, s.horizon, s.ensemble, s.config_hash, p.outcomes;
comment on view public.vw_forecast_quality is
  'How forecasts came true, by symbol, horizon, ensemble and configuration: of the latest 30 and 250 outcomes, and of all (latest null).';
comment on column public.vw_forecast_quality.symbol is 'Ticker.';
comment on column public.vw_forecast_quality.horizon is 'Horizon.';
comment on column public.vw_forecast_quality.ensemble is 'candidate or baseline.';
comment on column public.vw_forecast_quality.config_hash is 'Configuration the forecasts were made with.';
comment on column public.vw_forecast_quality.latest is 'Of how many outcomes at most, the latest: 30, 250, or null for all.';
comment on column public.vw_forecast_quality.n is 'Of how many there are: read every share beside it.';
comment on column public.vw_forecast_quality.first_outcome_time is 'Bar of the earliest outcome, UTC.';
comment on column public.vw_forecast_quality.last_outcome_time is 'Bar of the latest outcome, UTC.';
comment on column public.vw_forecast_quality.coverage_50 is 'Share of returns within the 50 % interval; 0.50 when calibrated.';
comment on column public.vw_forecast_quality.coverage_80 is 'Share of returns within the 80 % interval; 0.80 when calibrated.';
comment on column public.vw_forecast_quality.coverage_90 is 'Share of returns within the 90 % interval; 0.90 when calibrated.';
comment on column public.vw_forecast_quality.coverage_95 is 'Share of returns within the 95 % interval; 0.95 when calibrated.';
comment on column public.vw_forecast_quality.mean_crps is 'Mean CRPS, a log return; smaller is better.';
comment on column public.vw_forecast_quality.mean_log_score is 'Mean log score; smaller is better.';
comment on column public.vw_forecast_quality.mean_error is 'Mean of forecast less outcome, a log return.';
comment on column public.vw_forecast_quality.mean_absolute_error is 'Mean size of the error, a log return.';
comment on column public.vw_forecast_quality.rmse is 'Root mean squared error, a log return.';
comment on column public.vw_forecast_quality.no_change_rmse is 'The same of "no change".';
comment on column public.vw_forecast_quality.n_directions is 'Outcomes with a stated direction and a move.';
comment on column public.vw_forecast_quality.directional_accuracy is
  'Share of them whose direction came true; compare with base_rate, never with one half. Null when there is none.';
comment on column public.vw_forecast_quality.base_rate is 'Share of them that rose: what always saying bullish would have had.';
comment on column public.vw_forecast_quality.mean_confidence is 'Mean confidence of the forecasts.';
comment on column public.vw_forecast_quality.confidence_came_true is
  'Share of them whose likelier side came true: mean_confidence when confidence is calibrated.';

revoke all on public.vw_forecast_quality from anon, authenticated, service_role;
grant select on public.vw_forecast_quality to authenticated, service_role;

-- validation/views/vw_model_performance.sql
create or replace view public.vw_model_performance with (security_invoker = true) as
select
  p.*,
  p.rmse / nullif(p.no_change_rmse, 0) as rmse_to_no_change
from (
  select
    -- The registry's: who asks for one symbol looks at no other's forecasts.
    s.symbol,
    f.horizon,
    f.ensemble,
    f.config_hash,
    m.model,
    count(*)::integer as n,
    max(o.outcome_time) as last_outcome_time,
    avg(m.weight) as mean_weight,
    sqrt(avg((m.mean - o.realised_return) * (m.mean - o.realised_return))) as rmse,
    sqrt(avg(o.realised_return * o.realised_return)) as no_change_rmse,
    avg(m.mean - o.realised_return) as mean_error,
    avg(((m.probability_up >= 0.5) = (o.realised_return > 0))::integer) filter (where o.realised_return <> 0)::double precision
      as directional_accuracy,
    avg((o.realised_return > 0)::integer) filter (where o.realised_return <> 0)::double precision as base_rate,
    avg(o.crps) filter (where m.model = 'ensemble') as mean_crps,
    avg(o.covered_90::integer) filter (where m.model = 'ensemble')::double precision as coverage_90
  from public.symbols s
  join public.forecasts f on f.symbol_id = s.id
  join public.forecast_outcomes o on o.forecast_id = f.id
  cross join lateral (
    select 'ensemble' as model, null::double precision as weight, f.forecast_return as mean, f.probability_up
    union all
    select x.part ->> 'name', (x.part ->> 'weight')::double precision, (x.part ->> 'mean')::double precision,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where x.part ->> 'mean' is not null
  ) m
  group by s.symbol, f.horizon, f.ensemble, f.config_hash, m.model
) p;
comment on view public.vw_model_performance is
  'How ensembles and each of their members forecast what came true, by symbol, horizon and configuration. Measured on outcomes only: of a '
  'member''s distribution the mean and the probability of a rise are stored, so it has no CRPS and no coverage.';
comment on column public.vw_model_performance.symbol is 'Ticker.';
comment on column public.vw_model_performance.horizon is 'Horizon.';
comment on column public.vw_model_performance.ensemble is 'candidate or baseline.';
comment on column public.vw_model_performance.config_hash is 'Its configuration.';
comment on column public.vw_model_performance.model is 'ensemble, or the member: LSTM, ARIMA_GARCH, GB, TRANSFORMER.';
comment on column public.vw_model_performance.n is 'Forecasts of it that have come true.';
comment on column public.vw_model_performance.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_model_performance.mean_weight is 'The member''s mean weight; null for the ensemble.';
comment on column public.vw_model_performance.rmse is 'RMSE of its mean, of log returns; a fraction.';
comment on column public.vw_model_performance.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_model_performance.mean_error is 'Mean of forecast less realised return.';
comment on column public.vw_model_performance.directional_accuracy is 'Share of the sessions with a move whose sign was the likelier one; compare with base_rate.';
comment on column public.vw_model_performance.base_rate is 'Share of them that rose.';
comment on column public.vw_model_performance.mean_crps is 'Mean CRPS, a log return; null for a member.';
comment on column public.vw_model_performance.coverage_90 is 'Share that fell into the 90 % interval; null for a member.';
comment on column public.vw_model_performance.rmse_to_no_change is 'rmse by no_change_rmse: below 1 it beat no change.';

revoke all on public.vw_model_performance from anon, authenticated, service_role;
grant select on public.vw_model_performance to authenticated, service_role;

-- validation/views/vw_rmse_against_baseline.sql
create or replace view public.vw_rmse_against_baseline with (security_invoker = true) as
select
  p.*,
  p.candidate_rmse / nullif(p.baseline_rmse, 0) as rmse_ratio,
  p.candidate_crps / nullif(p.baseline_crps, 0) as crps_ratio
from (
  select
    -- The registry's: who asks for one symbol looks at no other's forecasts.
    s.symbol,
    c.horizon,
    c.config_hash as candidate_hash,
    b.config_hash as baseline_hash,
    count(*)::integer as n,
    min(oc.outcome_time) as first_outcome_time,
    max(oc.outcome_time) as last_outcome_time,
    sqrt(avg(oc.error * oc.error)) as candidate_rmse,
    sqrt(avg(ob.error * ob.error)) as baseline_rmse,
    sqrt(avg(oc.realised_return * oc.realised_return)) as no_change_rmse,
    avg(oc.crps) as candidate_crps,
    avg(ob.crps) as baseline_crps
  from public.ensembles ec
  cross join public.symbols s
  join public.forecasts c on c.symbol_id = s.id and c.ensemble = ec.ensemble and c.config_hash = ec.config_hash
  join public.forecast_outcomes oc on oc.forecast_id = c.id
  join public.ensembles eb on eb.ensemble = 'baseline'
  join public.forecasts b
    on b.symbol_id = c.symbol_id and b.horizon = c.horizon and b.ensemble = eb.ensemble and b.config_hash = eb.config_hash
    and b.data_cutoff = c.data_cutoff
  join public.forecast_outcomes ob on ob.forecast_id = b.id
  where ec.ensemble = 'candidate'
  group by s.symbol, c.horizon, c.config_hash, b.config_hash
) p;
comment on view public.vw_rmse_against_baseline is
  'Candidate against baseline, as they are configured now: forecasts of both from the same bar that have come true, by symbol and horizon.';
comment on column public.vw_rmse_against_baseline.symbol is 'Ticker.';
comment on column public.vw_rmse_against_baseline.horizon is 'Horizon.';
comment on column public.vw_rmse_against_baseline.candidate_hash is 'config_hash of the candidate.';
comment on column public.vw_rmse_against_baseline.baseline_hash is 'config_hash of the baseline.';
comment on column public.vw_rmse_against_baseline.n is 'Pairs of forecasts.';
comment on column public.vw_rmse_against_baseline.first_outcome_time is 'bar_time of the first one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.last_outcome_time is 'bar_time of the last one''s outcome, UTC.';
comment on column public.vw_rmse_against_baseline.candidate_rmse is 'RMSE of the candidate''s mean, of log returns; a fraction.';
comment on column public.vw_rmse_against_baseline.baseline_rmse is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.no_change_rmse is 'The same of forecasting no change.';
comment on column public.vw_rmse_against_baseline.candidate_crps is 'Mean CRPS of the candidate, a log return.';
comment on column public.vw_rmse_against_baseline.baseline_crps is 'The same of the baseline.';
comment on column public.vw_rmse_against_baseline.rmse_ratio is 'candidate_rmse by baseline_rmse: below 1 the candidate was better. No interval: a few pairs say little.';
comment on column public.vw_rmse_against_baseline.crps_ratio is 'candidate_crps by baseline_crps.';

revoke all on public.vw_rmse_against_baseline from anon, authenticated, service_role;
grant select on public.vw_rmse_against_baseline to authenticated, service_role;

-- alerts/views/vw_daily_divergence.sql
create or replace view public.vw_daily_divergence with (security_invoker = true) as
select
  d.day,
  s.ensemble,
  count(distinct s.symbol)::integer as symbols,
  sum(s.windows)::integer as windows,
  sum(s.divergences) / nullif(sum(s.windows), 0)::double precision as mean_divergence,
  max(s.largest) as largest_divergence,
  (array_agg(s.symbol || ' ' || s.horizon order by s.largest desc nulls last, s.symbol, s.horizon))[1] as largest_divergence_of,
  sum(s.above_warning)::integer as above_warning,
  sum(s.above_overfitting)::integer as above_overfitting,
  sum(s.above_critical)::integer as above_critical,
  sum(s.overfitting)::integer as overfitting_windows,
  sum(s.implausible)::integer as implausible_windows,
  sum(s.alerts)::integer as alerts_opened
from (
  -- Day by day, so that who asks for some days reads no others.
  select g.day::date as day, g.day at time zone 'America/New_York' as begins, (g.day + interval '1 day') at time zone 'America/New_York' as ends
  from (
    select least((select min(m.validation_date) from public.ensemble_validation_metrics m), (select min(a.opened_at) from public.divergence_alerts a))
        at time zone 'America/New_York' as first,
      greatest((select max(m.validation_date) from public.ensemble_validation_metrics m), (select max(a.opened_at) from public.divergence_alerts a))
        at time zone 'America/New_York' as last
  ) b
  cross join generate_series(date_trunc('day', b.first), b.last, interval '1 day') g(day)
) d
cross join lateral (
  select o.ensemble, m.symbol, m.horizon, count(*) as windows, sum(m.divergence) as divergences, max(m.divergence) as largest,
    count(*) filter (where m.divergence > (l.value ->> 'warning')::double precision) as above_warning,
    count(*) filter (where m.divergence > (l.value ->> 'overfitting')::double precision) as above_overfitting,
    count(*) filter (where m.divergence > (l.value ->> 'critical')::double precision) as above_critical,
    count(*) filter (where m.is_overfitting) as overfitting, count(*) filter (where o.implausible_skill) as implausible, 0::bigint as alerts
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
  join public.settings l on l.name = 'divergence_levels'
  where m.validation_date >= d.begins and m.validation_date < d.ends
  group by o.ensemble, m.symbol, m.horizon
  union all
  select a.ensemble, null, null, 0, null, null, 0, 0, 0, 0, 0, count(*)
  from public.divergence_alerts a
  where a.opened_at >= d.begins and a.opened_at < d.ends
  group by a.ensemble
) s
group by d.day, s.ensemble;
comment on view public.vw_daily_divergence is 'Divergence of the windows validated on each day in New York, by ensemble, and the alerts opened that day.';
comment on column public.vw_daily_divergence.day is 'Date in New York.';
comment on column public.vw_daily_divergence.ensemble is 'candidate or baseline.';
comment on column public.vw_daily_divergence.symbols is 'Symbols with a window validated that day.';
comment on column public.vw_daily_divergence.windows is 'Windows validated that day.';
comment on column public.vw_daily_divergence.mean_divergence is 'Their mean divergence; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence is 'The largest of them; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence_of is 'Whose it is: symbol and horizon.';
comment on column public.vw_daily_divergence.above_warning is 'Windows whose divergence is above the level warning as the setting divergence_levels has it now.';
comment on column public.vw_daily_divergence.above_overfitting is 'Windows above the level overfitting.';
comment on column public.vw_daily_divergence.above_critical is 'Windows above the level critical.';
comment on column public.vw_daily_divergence.overfitting_windows is 'Windows whose verdict is overfitting, by divergence or by the tests.';
comment on column public.vw_daily_divergence.implausible_windows is 'Windows with a skill too good to be true.';
comment on column public.vw_daily_divergence.alerts_opened is 'Alerts opened that day.';

revoke all on public.vw_daily_divergence from anon, authenticated, service_role;
grant select on public.vw_daily_divergence to authenticated, service_role;

-- reports/functions/compose_report.sql
create or replace function internal.compose_report(p_date date, p_time time, p_now timestamptz) returns public.canary_reports
language plpgsql stable set search_path = ''
as $$
declare
  v public.canary_reports;
  v_rollout public.rollouts;
  v_evaluation public.rollout_evaluations;
  v_triggers integer := 0;
  v_obstacles text[];
  v_publishing boolean := internal.setting('publishing_enabled') = 'true';
  v_stage text;
  v_judged text;
  v_unvalidated text[];
begin
  v.report_date := p_date;
  v.report_time := p_time;
  v.issued_at := p_now;
  -- Those of the stage canary, and all that the rollout that runs has come to.
  select coalesce(array_agg(s.symbol order by s.symbol), '{}') into v.symbols
  from public.symbols s
  where s.active and (s.stage = 'canary' or exists (
    select from public.rollouts r join public.rollout_symbols m on m.rollout_id = r.id where r.status = 'running' and m.symbol_id = s.id));
  select coalesce(max(r.issued_at), p_now - interval '1 day') into v.since from public.canary_reports r;

  select max(p.session_date), count(*) filter (where p.state <> 'no_bars'), count(*) filter (where p.state = 'there'),
    coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'horizon', p.horizon, 'ensemble', p.ensemble, 'state', p.state)
      order by p.symbol, p.horizon, p.ensemble) filter (where p.state not in ('there', 'no_bars')), '[]'),
    coalesce(array_agg(distinct p.symbol || ' ' || p.horizon) filter (where p.state = 'no_bars'), '{}')
  into v.session_date, v.forecasts_expected, v.forecasts_there, v.forecasts_missing, v.symbols_without_bars
  from public.vw_forecast_presence p where p.symbol = any (v.symbols);

  select coalesce(sum(l.alerts), 0), coalesce(jsonb_object_agg(l.level, l.alerts), '{}') into v.alerts_open, v.alerts
  from (
    select a.level, count(*) as alerts from public.divergence_alerts a
    where a.resolved_at is null and a.symbol = any (v.symbols) group by a.level
  ) l;
  select count(*) into v.errors_open from public.error_alerts a where a.resolved_at is null;
  select count(*) into v.jobs_dead from public.jobs j
  where j.status = 'dead' and j.finished_at > v.since and j.payload ->> 'symbol' = any (v.symbols);
  select count(*) into v.runs_failed from public.runs r
  where r.status = 'failed' and r.finished_at > v.since and r.params -> 'symbols' ?| v.symbols;
  select count(*) into v.outcomes_scored from public.forecast_outcomes o
  join public.forecasts f on f.id = o.forecast_id
  where o.scored_at > v.since and f.symbol = any (v.symbols);

  -- One by one: as many windows as forecasts may be of others. And the latest of each alone: whether a window stands takes a look at its bars.
  select count(m.id), max(m.divergence),
    (array_agg(format('%s %s %s', l.symbol, l.horizon, l.ensemble) order by m.divergence desc, l.symbol, l.horizon)
      filter (where m.id is not null))[1],
    coalesce(array_agg(format('%s %s %s', l.symbol, l.horizon, l.ensemble) order by l.symbol, l.horizon, l.ensemble)
      filter (where m.id is null and p.state <> 'no_bars'), '{}')
  into v.windows_known, v.largest_divergence, v.largest_divergence_of, v_unvalidated
  from (
    select s.symbol, h.horizon, e.ensemble, (
      select k.metrics_id from public.vw_valid_windows k
      where k.symbol_id = s.id and k.horizon = h.horizon and k.config_hash = e.config_hash
      order by k.window_id desc limit 1) as metrics_id
    from public.symbols s
    cross join unnest(s.horizons) h(horizon)
    cross join public.ensembles e
    where s.symbol = any (v.symbols) and e.active
  ) l
  left join public.ensemble_validation_metrics m on m.id = l.metrics_id
  left join public.vw_forecast_presence p on p.symbol = l.symbol and p.horizon = l.horizon and p.ensemble = l.ensemble;

  select r.* into v_rollout from public.rollouts r
  where r.id = (select max(l.id) from public.rollouts l) and (r.status = 'running' or r.ended_at > v.since);
  v.rollout_id := v_rollout.id;
  v.rollout_stage := v_rollout.stage;
  v.rollout_running := coalesce(v_rollout.status = 'running', false);
  if v_rollout.id is not null then
    v_evaluation := internal.latest_evaluation(v_rollout);
    v.evaluation_id := v_evaluation.id;
    v.verdict := v_evaluation.verdict;
    v.evidence_at := v_evaluation.evidence_at;
    v_triggers := internal.triggers_met(v_rollout);
  end if;
  select v_triggers + count(*) into v.incidents
  from public.rollout_events e
  where e.happened_at > v.since
    and (e.kind in ('rolled_back', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'kill_switch_on')
      or e.kind = 'trigger' and not (e.rollout_id is not distinct from v_rollout.id and e.happened_at >= v_rollout.stage_started_at));
  select v.incidents + count(*) into v.incidents from public.errors e where e.occurred_at > v.since;

  v.status := case
    when jsonb_array_length(v.forecasts_missing) + v.alerts_open + v.errors_open + v.jobs_dead + v.runs_failed + v.incidents > 0
      or v.verdict = 'fail' or not v_publishing then 'attention'
    when v.forecasts_expected = 0 or v_unvalidated <> '{}' or v.symbols_without_bars <> '{}' then 'insufficient'
    -- An evidence time ahead of the clock says nothing: the clock was set back.
    when v.rollout_running and not coalesce(
      v.verdict = 'pass' and v.evidence_at > p_now - interval '24 hours' and v.evidence_at <= p_now + interval '10 minutes', false)
      then 'insufficient'
    else 'ok'
  end;
  v.is_summary := v.rollout_running and p_now >= v_rollout.stage_due_at and not exists (
    select from public.canary_reports r
    where r.is_summary and r.rollout_id = v_rollout.id and r.rollout_stage = v_rollout.stage and r.issued_at >= v_rollout.stage_due_at);
  if v.is_summary then
    -- A report that is not ok recommends nothing.
    v_obstacles := case v.status when 'attention' then array['something wants attention']
      when 'insufficient' then array['the report is insufficient'] else '{}' end || internal.promotion_obstacles(v_rollout);
    v.decision := internal.rollout_decision(v_rollout, v_obstacles);
  end if;

  v.lines := array[
    case when v.forecasts_expected = 0
      then format('forecasts: insufficient: of %s symbols none has bars and an active ensemble', cardinality(v.symbols))
      else format('forecasts of the session of %s: %s of %s there%s', v.session_date, v.forecasts_there, v.forecasts_expected, (
        select coalesce('; missing: ' || string_agg(format('%s %s %s (%s)', m.symbol, m.horizon, m.ensemble, m.state), ', '), '')
        from jsonb_to_recordset(v.forecasts_missing) as m(symbol text, horizon text, ensemble text, state text))) end,
    format('alerts open: %s%s', v.alerts_open, (
      select coalesce(' (' || string_agg(format('%s %s', l.value, l.key), ', ' order by l.key) || ')', '') from jsonb_each_text(v.alerts) l)),
    format('since %s: %s jobs dead, %s runs failed, %s outcomes scored',
      to_char(v.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v.jobs_dead, v.runs_failed, v.outcomes_scored),
    case when v.windows_known = 0 then 'divergence: insufficient: no validated window stands'
      else format('largest divergence: %s %% (%s), of the latest windows of %s', round((100 * v.largest_divergence)::numeric, 1),
        v.largest_divergence_of, v.windows_known) end];
  if cardinality(v.symbols_without_bars) > 0 then
    v.lines := v.lines || format('without bars: %s', array_to_string(v.symbols_without_bars, ', '));
  end if;
  if v.windows_known > 0 and v_unvalidated <> '{}' then
    v.lines := v.lines || format('without a validated window: %s', array_to_string(v_unvalidated, ', '));
  end if;
  if v.errors_open + v.incidents > 0 then
    v.lines := v.lines || format('alerts on errors open: %s; incidents: %s', v.errors_open, v.incidents);
  end if;
  if not v_publishing then
    v.lines := v.lines || 'the kill switch is on: nothing is planned or published'::text;
  end if;
  if v_rollout.id is not null then
    v_stage := case
      when v.rollout_running then format('rollout %s: stage %s, day %s of at least %s, due %s', v_rollout.id, v_rollout.stage,
        floor(extract(epoch from p_now - v_rollout.stage_started_at) / 86400) + 1,
        ceil(extract(epoch from v_rollout.stage_due_at - v_rollout.stage_started_at) / 86400),
        to_char(v_rollout.stage_due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'))
      else format('rollout %s: %s in stage %s at %s: %s', v_rollout.id, replace(v_rollout.status, '_', ' '), v_rollout.stage,
        to_char(v_rollout.ended_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'), v_rollout.ended_because)
    end;
    v_judged := case
      when v_evaluation.id is null then 'evaluation: insufficient: there is none of this stage'
      else format('evaluation %s: %s (%s, on evidence %s h old%s)', v_evaluation.id, v_evaluation.status_line, v_evaluation.verdict,
        round((extract(epoch from p_now - v_evaluation.evidence_at) / 3600)::numeric, 1),
        case when v_evaluation.evidence_at > p_now - interval '24 hours' then '' else ': too old to go by' end)
    end;
    v.lines := v.lines || v_stage || v_judged;
  end if;
  if v.is_summary then
    v.lines := v.lines || format('the stage has lasted its days: %s', case v.decision
      when 'promote' then 'promote: every criterion has passed, and nothing wants attention'
      when 'hold' then format('hold: %s', concat_ws('; ', array_to_string(v_obstacles, '; '), (
          select 'more bars are needed: ' || string_agg(format('%s %s', c.value ->> 'criterion', c.value ->> 'bars_needed'), ', ' order by c.place)
          from jsonb_array_elements(v_evaluation.criteria) with ordinality c(value, place)
          where (c.value ->> 'bars_needed')::integer > 0)))
      else format('%s: %s', v.decision, concat_ws('; ', (
        select 'failed: ' || string_agg(c.value ->> 'criterion', ', ' order by c.place)
        from jsonb_array_elements(v_evaluation.criteria) with ordinality c(value, place) where c.value ->> 'verdict' = 'fail'),
        case when v_triggers > 0 then format('triggers met: %s', v_triggers) end))
    end);
  end if;
  return v;
end
$$;
comment on function internal.compose_report(date, time, timestamptz) is
  'The canary''s report of a date and time in New York from the rows as they are now, not stored: a row of canary_reports without its id. '
  'Twin: stageDays (src/shared/rollout/stage-days.ts), compared in test/database/rollout-reports.test.ts.';
revoke execute on function internal.compose_report(date, time, timestamptz) from public;

-- reports/functions/report_now.sql
create or replace function public.report_now() returns setof text
language sql stable security definer set search_path = ''
as $$
  -- Composed once, and not for each of its parts.
  with composed as materialized (
    select public.canary_report() as value
  ), document as (
    select d.value -> 'report' as report, d.value -> 'evaluation' as evaluation, d.value -> 'events' as events from composed d
  )
  select l.line
  from document d
  cross join lateral (
    select 1, 0, format('canary report of %s, %s New York: %s', d.report ->> 'report_date', left(d.report ->> 'report_time', 5),
      d.report ->> 'status')
    union all
    select 2, r.place, r.line from jsonb_array_elements_text(d.report -> 'lines') with ordinality r(line, place)
    union all
    select 3, c.place, format('%s: %s (n %s): %s', replace(c.value ->> 'criterion', '_', ' '), c.value ->> 'verdict', c.value ->> 'n',
      c.value ->> 'sentence')
    from jsonb_array_elements(d.evaluation -> 'criteria') with ordinality c(value, place)
    union all
    select 4, t.place, format('trigger %s: %s', replace(t.value ->> 'trigger', '_', ' '), t.value ->> 'sentence')
    from jsonb_array_elements(d.evaluation -> 'triggers') with ordinality t(value, place)
    union all
    select 5, e.place, format('%s: %s by %s: %s', internal.utc_text((e.value ->> 'happened_at')::timestamptz),
      concat_ws(' ', replace(e.value ->> 'kind', '_', ' '), e.value ->> 'subject'), e.value ->> 'actor', e.value ->> 'reason')
    from jsonb_array_elements(d.events) with ordinality e(value, place)
  ) l(part, place, line)
  order by l.part, l.place
$$;
comment on function public.report_now() is
  'The canary''s report as it would be written now, a line each for Studio: status, what was found, criterion by criterion, triggers, and the '
  'events since the report before. Works with every function down; nothing is stored.';
revoke execute on function public.report_now() from public, anon, authenticated;
grant execute on function public.report_now() to service_role;

-- schedule/functions/purge.sql
create or replace function internal.purge(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1.5 seconds';
  v_days jsonb := internal.setting('retention_days');
  v_open text[];
  v_left text[] := '{}';
  v_what record;
  v_deleted integer;
  v_result jsonb := '{}';
begin
  -- Two at once would delete the same rows.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.purge')) then
    return jsonb_build_object('busy', true);
  end if;
  -- A batch of each in turn, until nothing is left or the time is over: what has much to delete does not keep the others waiting.
  loop
    v_left := '{}';
    for v_what in
      select w.name, w.relation::regclass as relation, w.rows,
        format(w.condition, p_now - make_interval(days => (v_days ->> w.kept_as)::integer)) as condition
      from (values
        ('cron_history', 'cron_history', 'cron.job_run_details', 'coalesce(end_time, start_time) < %L', 1000),
        ('cron_ticks', 'cron_ticks', 'public.cron_ticks', 'ticked_at < %L', 1000),
        ('worker_requests', 'worker_requests', 'public.worker_requests', 'requested_at < %L', 5000),
        ('query_timings', 'query_timings', 'public.query_timings', 'measured_at < %L', 1000),
        ('slot_runs', 'slot_runs', 'public.slot_runs', 'due_at < %L', 1000),
        ('canary_reports', 'canary_reports', 'public.canary_reports', 'issued_at < %L', 1000),
        -- As long as the runs that they may have happened in.
        ('errors', 'runs', 'public.errors', 'occurred_at < %L', 1000),
        -- Each takes its delivery along.
        ('divergence_alerts', 'alerts', 'public.divergence_alerts', 'resolved_at < %L', 200),
        ('error_alerts', 'alerts', 'public.error_alerts', 'resolved_at < %L', 200),
        -- Those of rollouts, and digests.
        ('alert_deliveries', 'alerts', 'public.alert_deliveries', 'created_at < %L and status not in (''waiting'', ''sent'')', 200),
        -- The job then begins anew, should it ever be worked on.
        ('checkpoints', 'checkpoints', 'public.job_checkpoints',
          'saved_at < %L and job_id not in (select id from public.jobs where status = ''running'')', 100),
        -- Never the last of its configuration. Each takes its row of overfitting_tests along.
        ('windows', 'windows', 'public.ensemble_validation_metrics', 'validation_date < %L and exists (
          select from public.ensemble_validation_metrics n
          where n.symbol = ensemble_validation_metrics.symbol and n.horizon = ensemble_validation_metrics.horizon
            and n.validation_date > ensemble_validation_metrics.validation_date
            and n.hyperparameters ->> ''config_hash'' = ensemble_validation_metrics.hyperparameters ->> ''config_hash'')', 200),
        -- Each takes its jobs along.
        ('runs', 'runs', 'public.runs', 'finished_at < %L', 50)
      ) w(name, kept_as, relation, condition, rows)
      where v_open is null or w.name = any (v_open)
    loop
      v_deleted := null;
      if clock_timestamp() < v_until then
        v_deleted := internal.delete_batch(v_what.relation, v_what.condition, v_what.rows);
        v_result := v_result || jsonb_build_object(v_what.name, coalesce((v_result ->> v_what.name)::integer, 0) + v_deleted);
      end if;
      if v_deleted is null or v_deleted = v_what.rows then
        v_left := v_left || v_what.name;
      end if;
    end loop;
    exit when v_left = '{}' or clock_timestamp() >= v_until;
    v_open := v_left;
  end loop;
  return v_result || case when v_left = '{}' then '{}' else jsonb_build_object('more', v_left) end;
end
$$;
comment on function internal.purge(timestamptz) is
  'Deletes what is older than retention_days, for a second and a half at most; returns how many rows of each kind, and under more the kinds '
  'of which something may be left for the next call. Errors are kept as long as runs. Forecasts, outcomes, bars, rollouts, their log and their '
  'evaluations stay for ever; of fitted ensembles the last two stay; pg_net purges its own responses. {busy: true} while another is at it.';
revoke execute on function internal.purge(timestamptz) from public;

-- schedule/functions/reconcile.sql
create or replace function internal.reconcile(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
  v_status text;
  v_slots jsonb := '{}';
  v_jobs jsonb := internal.reconcile_jobs();
  v_rollout jsonb;
  v_detail text;
begin
  for v_due in
    -- Not ticked within a quarter of an hour.
    select t.slot, t.slot_date, t.local_time, t.due_at,
      t.closed_because is not null or not s.active or p_now <= t.due_at + s.make_up_within as still_runs
    from internal.slot_times(v_today - 7, v_today) t
    join public.schedule_slots s on s.slot = t.slot
    where t.due_at >= s.active_since and t.due_at < p_now - interval '15 minutes'
      and not exists (
        select from public.slot_runs r
        where (r.slot, r.slot_date, r.local_time) = (t.slot, t.slot_date, t.local_time))
    union all
    -- Failed, and worth another try.
    select r.slot, r.slot_date, r.local_time, r.due_at, true
    from public.slot_runs r
    join public.schedule_slots s on s.slot = r.slot
    where r.status = 'failed' and r.attempts < (internal.setting('slot_attempts') #>> '{}')::integer
      and r.due_at > p_now - interval '1 day' and p_now <= r.due_at + s.make_up_within
    order by 4, 1
  loop
    -- The rest is for the next tick: the rollout is watched whatever slots take.
    exit when clock_timestamp() > v_began + interval '20 seconds';
    if v_due.still_runs then
      v_status := internal.run_slot(v_due.slot, v_due.slot_date, v_due.local_time, p_now, true);
    else
      v_status := 'missed';
      insert into public.slot_runs (slot, slot_date, local_time, due_at, status, reason, started_at, finished_at)
      values (v_due.slot, v_due.slot_date, v_due.local_time, v_due.due_at, 'missed', format(
        'no tick came; noticed %s minutes after its time, too late to make up for it',
        floor(extract(epoch from p_now - v_due.due_at) / 60)), clock_timestamp(), clock_timestamp())
      on conflict (slot, slot_date, local_time) do nothing;
    end if;
    v_slots := v_slots || jsonb_build_object(
      format('%s %s %s', v_due.slot, v_due.slot_date, to_char(v_due.local_time, 'HH24:MI')), v_status);
  end loop;
  perform internal.note_next_due(s.slot, p_now) from public.schedule_slots s order by s.slot;

  -- Whatever it raises, the work above stays.
  begin
    v_rollout := internal.watch_rollout(p_now);
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_rollout := jsonb_build_object('error', format('%s (SQLSTATE %s)', sqlerrm, sqlstate));
    perform internal.record_cron_error('watch_rollout', v_rollout ->> 'error', sqlstate, v_detail);
  end;

  return v_jobs || jsonb_build_object('slots', v_slots, 'rollout', v_rollout,
    'workers', internal.request_workers((internal.setting('max_workers') #>> '{}')::integer));
end
$$;
comment on function internal.reconcile(timestamptz) is
  'Every five minutes: ends or revives stalled jobs, makes up for slots whose tick did not come or failed, notes those that it is too late '
  'for as missed, watches the rollout that runs, and asks for workers. Looks back seven days.';
revoke execute on function internal.reconcile(timestamptz) from public;

-- schedule/functions/run_slot.sql
create or replace function internal.run_slot(p_slot text, p_date date, p_time time, p_now timestamptz, p_made_up boolean) returns text
language plpgsql set search_path = ''
as $$
declare
  v_slot public.schedule_slots;
  v_before public.slot_runs;
  v_due_at timestamptz := internal.new_york_time(p_date, p_time);
  v_began timestamptz := clock_timestamp();
  v_closed text;
  v_status text := 'done';
  v_reason text;
  v_detail text;
  v_result jsonb;
begin
  -- Another tick is at it, or reconcile is: they do it once between them.
  if not pg_try_advisory_xact_lock(hashtextextended(format('plumbline.slot:%s:%s:%s', p_slot, p_date, p_time), 0)) then
    return 'busy';
  end if;
  select r.* into v_before from public.slot_runs r where (r.slot, r.slot_date, r.local_time) = (p_slot, p_date, p_time);
  -- A tick in time of what was noted as missed: the clock was ahead when it was noted.
  if v_before.status is not null and v_before.status not in ('unfinished', case when p_made_up then 'failed' else 'missed' end) then
    return v_before.status;
  end if;

  begin
    select s.* into strict v_slot from public.schedule_slots s where s.slot = p_slot;
    if v_slot.days = 'sessions' then
      v_closed := internal.closed_because(p_date);
    end if;
    if v_closed is not null then
      v_status := 'skipped';
      v_reason := v_closed;
    elsif not v_slot.active then
      v_status := 'skipped';
      v_reason := format('paused: %s', v_slot.paused_because);
    else
      v_result := internal.perform_slot(v_slot, p_date, p_time, p_now);
      if v_result ? 'skipped' then
        v_status := 'skipped';
        v_reason := v_result ->> 'skipped';
        v_result := null;
      elsif v_result -> 'more' = 'true' then
        v_status := 'unfinished';
        v_reason := 'stopped for the time it took; goes on within a minute';
      elsif p_made_up then
        v_reason := format('made up for %s minutes after its time', floor(extract(epoch from p_now - v_due_at) / 60));
      end if;
    end if;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: that would take reconcile's other work with it,
  -- every time anew.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_status := 'failed';
    v_reason := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    v_result := null;
    perform internal.record_cron_error(p_slot, v_reason, sqlstate, v_detail);
  end;

  insert into public.slot_runs as r (
    slot, slot_date, local_time, due_at, status, reason, result, made_up, started_at, finished_at)
  values (p_slot, p_date, p_time, v_due_at, v_status, v_reason, v_result, p_made_up, v_began, clock_timestamp())
  on conflict (slot, slot_date, local_time) do update set
    status = excluded.status, reason = excluded.reason, result = excluded.result, attempts = r.attempts + (r.status <> 'unfinished')::integer,
    made_up = excluded.made_up, started_at = case when r.status = 'unfinished' then r.started_at else excluded.started_at end,
    finished_at = excluded.finished_at;
  perform internal.note_next_due(p_slot, p_now);
  return v_status;
end
$$;
comment on function internal.run_slot(text, date, time, timestamptz, boolean) is
  'Runs a slot of a date and time once and records what became of it, an error also in errors; returns the status, of an earlier run if there '
  'was one (a failed one is tried again when p_made_up, one noted as missed runs when not, an unfinished one goes on), or busy while '
  'another transaction is at it.';
revoke execute on function internal.run_slot(text, date, time, timestamptz, boolean) from public;

-- schedule/functions/schedule_all.sql
create or replace function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
declare
  v_job record;
  v_names text[] := '{}';
  -- Within a statement no other limit can be set. Less than the minute between two ticks, and than the two minutes that hosted allows.
  v_limit constant text := 'set statement_timeout = ''50s''; ';
begin
  for v_job in
    select 'plumbline-' || replace(t.job, '_', '-') as name, t.minutes || ' * * * *' as schedule, v_limit || format('select internal.tick_job(%L)', t.job) as command
    from public.schedule_ticks t
    union all
    -- New York is four or five hours behind UTC. A tick at a minute or an hour that is not the slot's does nothing.
    select 'plumbline-' || replace(s.slot, '_', '-'),
      format('%s %s * * *', array_to_string(array_agg(distinct extract(minute from t.at)::integer), ','),
        array_to_string(array_agg(distinct (extract(hour from t.at)::integer + o.behind) % 24), ',')),
      v_limit || format('select internal.tick_slot(%L)', s.slot)
    from public.schedule_slots s
    cross join lateral (
      select unnest(s.local_times) as at
      union
      select c.close + a.after from unnest(s.after_close) a(after) cross join (values ('16:00'::time), ('13:00')) c(close)
    ) t
    cross join (values (4), (5)) o(behind)
    group by s.slot
  loop
    perform cron.schedule(v_job.name, v_job.schedule, v_job.command);
    v_names := v_names || v_job.name;
  end loop;
  perform cron.unschedule(j.jobname::text) from cron.job j where j.jobname like 'plumbline-%' and j.jobname <> all (v_names);
  perform internal.note_next_due(s.slot, now()) from public.schedule_slots s;
end
$$;
comment on function internal.schedule_all() is
  'Makes or updates the named cron jobs (times are UTC, each slot at both of New York''s offsets) and removes those of ours that are no '
  'more. Each call has 50 seconds. Repeating it changes nothing.';
revoke execute on function internal.schedule_all() from public;

-- schedule/functions/slot_measure_health.sql
create or replace function internal.slot_measure_health(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.measure_queries(20, interval '1.5 seconds')
$$;
comment on function internal.slot_measure_health(date, time, timestamptz) is 'Slot measure_health: measures what the monitoring queries and a claim take.';
revoke execute on function internal.slot_measure_health(date, time, timestamptz) from public;

-- schedule/functions/tick_retention.sql
create or replace function internal.tick_retention(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select internal.purge(p_now)
$$;
comment on function internal.tick_retention(timestamptz) is 'Tick retention: goes on with what slot purge had no time for.';
revoke execute on function internal.tick_retention(timestamptz) from public;

-- schedule/views/vw_missed_ticks.sql
create or replace view public.vw_missed_ticks with (security_invoker = true) as
select 'cron' as kind, j.job as name, t.ticked_at as last_before, t.until,
  (ceil(extract(epoch from t.until - t.ticked_at) / extract(epoch from j.every)) - 1)::integer as missed,
  format('no tick for %s minutes', floor(extract(epoch from t.until - t.ticked_at) / 60)) as reason
from public.schedule_ticks j
cross join lateral (
  select c.ticked_at, lead(c.ticked_at, 1, now()) over (order by c.ticked_at) as until
  from public.cron_ticks c where c.job = j.job and c.ticked_at > now() - interval '7 days' and c.ticked_at <= now()
) t
where t.until - t.ticked_at > 1.5 * j.every
union all
select 'slot', r.slot, r.due_at, r.finished_at, 1, format('%s: %s', r.status, r.reason)
from public.slot_runs r
where r.status in ('missed', 'failed') and r.due_at > now() - interval '7 days';
comment on view public.vw_missed_ticks is
  'The last seven days'' ticks that did not come: gaps between two ticks of a cron job longer than one and a half of its intervals (the '
  'last one ends now), and slots that were missed or failed.';
comment on column public.vw_missed_ticks.kind is 'cron or slot.';
comment on column public.vw_missed_ticks.name is 'The job of cron, or the slot.';
comment on column public.vw_missed_ticks.last_before is 'Of cron: the tick before the gap; of a slot: when it was due. UTC.';
comment on column public.vw_missed_ticks.until is 'Of cron: the next tick, or now; of a slot: when it was tried last or noticed. UTC.';
comment on column public.vw_missed_ticks.missed is 'How many ticks did not come.';
comment on column public.vw_missed_ticks.reason is 'In words.';

revoke all on public.vw_missed_ticks from anon, authenticated, service_role;
grant select on public.vw_missed_ticks to authenticated, service_role;

-- query-health/functions/internal_measure_queries.sql
create or replace function internal.measure_queries(p_rounds integer, p_within interval) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_until timestamptz := v_began + p_within;
  v_query record;
  v_time record;
  v_is_slow boolean;
  v_slow text[] := '{}';
begin
  -- The first round warms up what the others find warm, and is not kept.
  <<rounds>>
  for v_round in 0 .. p_rounds loop
    for v_query in
      select q.name, q.query
      from (
        select m.name, m.query from public.monitoring_queries m
        union all
        select 'claim', 'select public.claim_job(array[''none''], ''measure_queries'') as job'
      ) q
      where q.name <> all (v_slow)
      -- What was left out last time comes first.
      order by (select max(t.measured_at) from public.query_timings t where t.name = q.name and t.measured_at < v_began) nulls first, q.name
    loop
      v_time := internal.time_query(v_query.query);
      -- What takes half a second cold is no faster for being asked again: one look is enough.
      v_is_slow := v_time.timed_out or v_time.duration_ms > 500;
      if v_is_slow then
        v_slow := v_slow || v_query.name;
      end if;
      if v_round > 0 or v_is_slow then
        insert into public.query_timings (name, measured_at, duration_ms, timed_out)
        values (v_query.name, clock_timestamp(), v_time.duration_ms, v_time.timed_out);
      end if;
      -- Whatever the queries take: it is their health that is measured, and not to be harmed. After a timeout there is no other.
      exit rounds when v_time.timed_out or clock_timestamp() > v_until;
    end loop;
  end loop;
  return internal.query_health(v_began);
end
$$;
comment on function internal.measure_queries(integer, interval) is
  'Runs every monitoring query, and a claim that finds no job, p_rounds times, fewer once p_within is over; keeps how long each took, and returns '
  '{query: {p95_ms, n}}. What the session''s statement_timeout breaks off counts with the time that it had, and ends the measurement: the '
  'others come first next time.';
revoke execute on function internal.measure_queries(integer, interval) from public;

-- query-health/functions/measure_queries.sql
create or replace function public.measure_queries(p_rounds integer default 20) returns jsonb
language plpgsql security definer set search_path = ''
as $$
begin
  if p_rounds is null or p_rounds not between 1 and 100 then
    perform internal.refuse(400, 'invalid_input', format('P_rounds is %s, and must be 1 to 100', coalesce(p_rounds::text, 'null')));
  end if;
  perform internal.measure_queries(p_rounds, interval '4 seconds');
  -- With what calls just before had time for.
  return internal.query_health(now() - interval '2 minutes');
end
$$;
comment on function public.measure_queries(integer) is
  'Runs every monitoring query, and a claim that finds no job, p_rounds times (1 to 100, default 20; fewer once 4 s are over), keeps how long '
  'each took, and returns {query: {p95_ms, n}} of the last two minutes, so that calls one after another add up; one that the statement_timeout '
  'breaks off counts with the time that it had. Raises invalid_input.';
revoke execute on function public.measure_queries(integer) from public, anon, authenticated;
grant execute on function public.measure_queries(integer) to service_role;

-- query-health/functions/time_query.sql
create or replace function internal.time_query(p_query text, out duration_ms double precision, out timed_out boolean)
language plpgsql set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_rows bigint;
begin
  timed_out := false;
  begin
    -- As a part of another query it cannot write; counting its rows, all columns are worked out.
    execute format('select count(q.*) from (%s) q', rtrim(p_query, E'; \n')) into v_rows;
  exception when query_canceled then
    timed_out := true;
  end;
  duration_ms := extract(epoch from clock_timestamp() - v_began) * 1000;
end
$$;
comment on function internal.time_query(text) is
  'How long a query (SQL of our own, never of a caller) takes to find all its rows, ms; or until the session''s statement_timeout broke it '
  'off, which comes but once in a statement.';
revoke execute on function internal.time_query(text) from public;

-- schedule/rows/schedule_ticks.sql
-- But for those of every minute off the full hour, when the slots tick: at most eight jobs run at once.
insert into public.schedule_ticks (job, minutes, every, calls, description) values
  ('dispatch', '*', '1 minute', 'tick_dispatch', 'Asks for workers for the jobs that wait.'),
  ('alerts', '*', '1 minute', 'tick_alerts', 'Opens and resolves alerts on errors, and delivers all alerts.'),
  ('reconcile', '2-57/5', '5 minutes', 'reconcile', 'Revives stalled jobs, makes up for missed slots, watches the rollout.'),
  ('plan', '4-49/15', '15 minutes', 'tick_plan', 'Plans the work that is missing.'),
  ('continue', '*', '1 minute', 'tick_continue', 'Goes on with slots and plans that stopped for the time they took.'),
  ('outcomes', '4-59/5', '5 minutes', 'tick_outcomes', 'Scores the forecasts whose bars have come.'),
  ('retention', '3-58/5', '5 minutes', 'tick_retention', 'Deletes what is older than retention_days, and slot purge had no time for.')
on conflict (job) do update set
  minutes = excluded.minutes, every = excluded.every, calls = excluded.calls, description = excluded.description;

-- By hand, for an operator's settings are not to be touched: the new kinds of what is deleted.
update public.settings
set value = '{"query_timings": 30, "alerts": 400, "windows": 400}'::jsonb || value, description =
  'Days after which purge deletes, by what: ended runs with their jobs and the errors of that time, resolved alerts with their deliveries, '
  'validated windows but for the latest of each configuration, cron''s own history, and so on. Positive integers, all ten; slot_runs at '
  'least 9, for reconcile looks back seven days.'
where name = 'retention_days';

-- By hand: what is there was never noted, so every forecast is looked at once.
insert into public.outcomes_due (symbol_id, horizon, since)
select f.symbol_id, f.horizon, min(f.data_cutoff) from public.forecasts f group by f.symbol_id, f.horizon;
select internal.schedule_all();
