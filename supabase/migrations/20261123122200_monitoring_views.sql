-- Views for whoever watches: divergence by day, candidate against baseline, every model's figures, open alerts, ticks that did not come.

create view public.vw_daily_divergence with (security_invoker = true) as
with windows as (
  select (m.validation_date at time zone 'America/New_York')::date as day, o.ensemble, m.symbol, m.horizon, m.divergence, m.is_overfitting,
    o.implausible_skill
  from public.ensemble_validation_metrics m
  join public.overfitting_tests o on o.metrics_id = m.id
), validated as (
  select w.day, w.ensemble, count(distinct w.symbol)::integer as symbols, count(*)::integer as windows, avg(w.divergence) as mean_divergence,
    max(w.divergence) as largest_divergence,
    (array_agg(format('%s %s', w.symbol, w.horizon) order by w.divergence desc, w.symbol, w.horizon))[1] as largest_divergence_of,
    count(*) filter (where w.divergence > 0.15)::integer as above_15, count(*) filter (where w.divergence > 0.20)::integer as above_20,
    count(*) filter (where w.divergence > 0.30)::integer as above_30, count(*) filter (where w.is_overfitting)::integer as overfitting_windows,
    count(*) filter (where w.implausible_skill)::integer as implausible_windows
  from windows w
  group by w.day, w.ensemble
), opened as (
  select (a.opened_at at time zone 'America/New_York')::date as day, a.ensemble, count(*)::integer as alerts
  from public.divergence_alerts a
  group by (a.opened_at at time zone 'America/New_York')::date, a.ensemble
)
select
  coalesce(v.day, o.day) as day,
  coalesce(v.ensemble, o.ensemble) as ensemble,
  coalesce(v.symbols, 0) as symbols,
  coalesce(v.windows, 0) as windows,
  v.mean_divergence,
  v.largest_divergence,
  v.largest_divergence_of,
  coalesce(v.above_15, 0) as above_15,
  coalesce(v.above_20, 0) as above_20,
  coalesce(v.above_30, 0) as above_30,
  coalesce(v.overfitting_windows, 0) as overfitting_windows,
  coalesce(v.implausible_windows, 0) as implausible_windows,
  coalesce(o.alerts, 0) as alerts_opened
from validated v
full join opened o on o.day = v.day and o.ensemble = v.ensemble;
comment on view public.vw_daily_divergence is 'Divergence of the windows validated on each day in New York, by ensemble, and the alerts opened that day.';
comment on column public.vw_daily_divergence.day is 'Date in New York.';
comment on column public.vw_daily_divergence.ensemble is 'candidate or baseline.';
comment on column public.vw_daily_divergence.symbols is 'Symbols with a window validated that day.';
comment on column public.vw_daily_divergence.windows is 'Windows validated that day.';
comment on column public.vw_daily_divergence.mean_divergence is 'Their mean divergence; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence is 'The largest of them; a fraction, null without any.';
comment on column public.vw_daily_divergence.largest_divergence_of is 'Whose it is: symbol and horizon.';
comment on column public.vw_daily_divergence.above_15 is 'Windows above 0.15, the level warning.';
comment on column public.vw_daily_divergence.above_20 is 'Windows above 0.20, the level overfitting.';
comment on column public.vw_daily_divergence.above_30 is 'Windows above 0.30, the level critical.';
comment on column public.vw_daily_divergence.overfitting_windows is 'Windows whose verdict is overfitting, by divergence or by the tests.';
comment on column public.vw_daily_divergence.implausible_windows is 'Windows with a skill too good to be true.';
comment on column public.vw_daily_divergence.alerts_opened is 'Alerts opened that day.';

create view public.vw_rmse_against_baseline with (security_invoker = true) as
select
  p.*,
  p.candidate_rmse / nullif(p.baseline_rmse, 0) as rmse_ratio,
  p.candidate_crps / nullif(p.baseline_crps, 0) as crps_ratio
from (
  select
    c.symbol,
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
  join public.forecasts c on c.ensemble = ec.ensemble and c.config_hash = ec.config_hash
  join public.forecast_outcomes oc on oc.forecast_id = c.id
  join public.ensembles eb on eb.ensemble = 'baseline'
  join public.forecasts b
    on b.symbol_id = c.symbol_id and b.horizon = c.horizon and b.ensemble = eb.ensemble and b.config_hash = eb.config_hash
    and b.data_cutoff = c.data_cutoff
  join public.forecast_outcomes ob on ob.forecast_id = b.id
  where ec.ensemble = 'candidate'
  group by c.symbol_id, c.symbol, c.horizon, c.config_hash, b.config_hash
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

create view public.vw_model_performance with (security_invoker = true) as
select
  p.*,
  p.rmse / nullif(p.no_change_rmse, 0) as rmse_to_no_change
from (
  select
    f.symbol,
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
  from public.forecasts f
  join public.forecast_outcomes o on o.forecast_id = f.id
  cross join lateral (
    select 'ensemble' as model, null::double precision as weight, f.forecast_return as mean, f.probability_up
    union all
    select x.part ->> 'name', (x.part ->> 'weight')::double precision, (x.part ->> 'mean')::double precision,
      (x.part ->> 'probability_up')::double precision
    from jsonb_array_elements(f.members) x(part)
    where x.part ->> 'mean' is not null
  ) m
  group by f.symbol_id, f.symbol, f.horizon, f.ensemble, f.config_hash, m.model
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

create view public.vw_open_alerts with (security_invoker = true) as
select 'divergence' as kind, a.level, a.id as alert_id, format('%s %s %s', a.symbol, a.horizon, a.ensemble) as subject, a.opened_at,
  a.opened_at as last_seen_at, null::integer as occurrences, a.divergence, a.message, d.status as delivery, d.reason as delivery_reason
from public.divergence_alerts a
left join public.alert_deliveries d on d.divergence_alert_id = a.id
where a.resolved_at is null
union all
select a.kind, a.kind, a.id, a.source, a.opened_at, a.last_seen_at, a.occurrences, null, a.code, d.status, d.reason
from public.error_alerts a
left join public.alert_deliveries d on d.error_alert_id = a.id
where a.resolved_at is null;
comment on view public.vw_open_alerts is 'Alerts that are open: on divergence and on errors, and what became of their delivery.';
comment on column public.vw_open_alerts.kind is 'divergence, error, dead_job, failed_tick or failed_slot.';
comment on column public.vw_open_alerts.level is 'Of divergence: warning, overfitting, critical, implausible. Else the kind.';
comment on column public.vw_open_alerts.alert_id is 'Its id in divergence_alerts or error_alerts.';
comment on column public.vw_open_alerts.subject is 'Symbol, horizon and ensemble; or the function, job or slot.';
comment on column public.vw_open_alerts.opened_at is 'Opened, UTC.';
comment on column public.vw_open_alerts.last_seen_at is 'Of errors: the last of them, UTC.';
comment on column public.vw_open_alerts.occurrences is 'Of errors: how many.';
comment on column public.vw_open_alerts.divergence is 'Of divergence: that of the window that opened it; a fraction.';
comment on column public.vw_open_alerts.message is 'Of divergence: the window and its reasons. Of errors: the code.';
comment on column public.vw_open_alerts.delivery is 'Status of its delivery; see alert_deliveries. Null when it was opened before there were deliveries.';
comment on column public.vw_open_alerts.delivery_reason is 'Why it was not delivered.';

create view public.vw_missed_ticks with (security_invoker = true) as
with jobs as (
  select j.job, j.every
  from (values
    ('dispatch', interval '1 minute'), ('alerts', interval '1 minute'), ('reconcile', interval '5 minutes'),
    ('plan', interval '15 minutes'), ('outcomes', interval '15 minutes')
  ) j(job, every)
), ticks as (
  select c.job, c.ticked_at, lag(c.ticked_at) over (partition by c.job order by c.ticked_at) as before
  from (
    select t.job, t.ticked_at from public.cron_ticks t where t.ticked_at > now() - interval '7 days' and t.ticked_at <= now()
    union all
    -- What has not ticked since.
    select distinct t.job, now() from public.cron_ticks t where t.ticked_at > now() - interval '7 days' and t.ticked_at <= now()
  ) c
)
select 'cron' as kind, t.job as name, t.before as last_before, t.ticked_at as until,
  (ceil(extract(epoch from t.ticked_at - t.before) / extract(epoch from j.every)) - 1)::integer as missed,
  format('no tick for %s minutes', floor(extract(epoch from t.ticked_at - t.before) / 60)) as reason
from ticks t
join jobs j on j.job = t.job
where t.ticked_at - t.before > 1.5 * j.every
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

revoke all on public.vw_daily_divergence, public.vw_rmse_against_baseline, public.vw_model_performance, public.vw_open_alerts,
  public.vw_missed_ticks from anon, authenticated, service_role;
grant select on public.vw_daily_divergence, public.vw_rmse_against_baseline, public.vw_model_performance, public.vw_open_alerts,
  public.vw_missed_ticks to authenticated, service_role;
