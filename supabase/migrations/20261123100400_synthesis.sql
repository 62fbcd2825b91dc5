-- What people read of a forecast: direction, confidence, agreement, drivers and quality notes; and what becomes of an ensemble when
-- a member of it fails.

-- Settings of this file, checked by a trigger of their own.
create function internal.check_forecast_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_good boolean := true;
begin
  case new.name
    when 'direction_thresholds' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(p.value) = 'number') and array_agg(p.key order by p.key) = array['bearish', 'bullish']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) p), false);
      if v_good then
        v_good := (new.value ->> 'bullish')::double precision >= 0.5 and (new.value ->> 'bullish')::double precision < 1
          and (new.value ->> 'bearish')::double precision > 0 and (new.value ->> 'bearish')::double precision <= 0.5
          and (new.value ->> 'bearish')::double precision < (new.value ->> 'bullish')::double precision;
      end if;
    when 'on_member_failure' then
      v_good := new.value in ('"fail"', '"drop"');
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, new.description));
  end if;
  return new;
end
$$;
comment on function internal.check_forecast_setting() is
  'Trigger: refuses a value of direction_thresholds or on_member_failure that its readers could not use (invalid_setting).';
create trigger settings_check_forecast before insert or update on public.settings
for each row execute function internal.check_forecast_setting();

insert into public.settings (name, value, description) values
  ('direction_thresholds', '{"bullish": 0.55, "bearish": 0.45}',
   'Probability of a positive return from which on a forecast is bullish (0.5 or more, below 1), and up to which it is bearish '
   '(above 0, 0.5 or less, below bullish); between them it is neutral. {bullish, bearish}.'),
  ('on_member_failure', '"fail"',
   'What becomes of an ensemble when a member of it fails: fail ends the run, drop goes on with the other members, and the rows say '
   'so. A run keeps what was set when it was planned. "fail" or "drop".');

alter table public.runs
  add column on_member_failure text not null default 'fail',
  add constraint runs_on_member_failure_known check (on_member_failure in ('fail', 'drop')) not valid;
comment on column public.runs.on_member_failure is
  'Setting on_member_failure when the run was planned, fail or drop; a later change does not reach it.';

create function internal.snapshot_member_failure() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.on_member_failure := internal.setting('on_member_failure') #>> '{}';
  return new;
end
$$;
comment on function internal.snapshot_member_failure() is 'Trigger: gives a new run the setting on_member_failure.';
create trigger runs_snapshot_member_failure before insert on public.runs
for each row execute function internal.snapshot_member_failure();

create or replace function public.claim_job(p_kinds text[], p_code_version text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = (
    select c.id from public.jobs c
    where c.kind = any (p_kinds) and c.attempts < c.max_attempts
      and ((c.status = 'queued' and c.run_after <= now()) or (c.status = 'running' and c.lease_until < now()))
    order by c.priority, c.id
    limit 1
    for update skip locked)
  returning j.* into v_job;
  if v_job.id is null then
    return null;
  end if;

  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id = v_job.run_id and (r.status = 'queued' or r.code_version is distinct from p_code_version);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', v_job.payload,
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts, 'configuration', r.configuration,
      'config_hash', r.config_hash, 'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what its run was planned with; null when there is none. '
  'A lease that ran out is claimed again. Concurrent callers never get the same job.';

-- Rows from before have nothing in them: null, or an empty list.
alter table public.forecasts
  add column direction text,
  add column confidence double precision,
  add column direction_thresholds jsonb,
  add column agreement double precision,
  add column mean_spread double precision,
  add column scale_ratio double precision,
  add column drivers jsonb not null default '[]',
  add column quality_notes jsonb not null default '[]',
  add constraint forecasts_synthesis_is_whole check (
    num_nulls(direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio) in (0, 6)
  ) not valid,
  add constraint forecasts_direction_follows_thresholds check (
    direction is null
    or direction = case
      when probability_up >= (direction_thresholds ->> 'bullish')::double precision then 'bullish'
      when probability_up <= (direction_thresholds ->> 'bearish')::double precision then 'bearish'
      else 'neutral'
    end
  ) not valid,
  add constraint forecasts_confidence_is_the_likelier_sides check (
    confidence is null or abs(confidence - greatest(probability_up, 1 - probability_up)) < 1e-9
  ) not valid,
  add constraint forecasts_agreement_is_a_share check (agreement between 0 and 1) not valid,
  add constraint forecasts_spreads_are_finite check (
    mean_spread >= 0 and mean_spread < 'infinity' and scale_ratio >= 1 and scale_ratio < 'infinity'
  ) not valid,
  add constraint forecasts_remarks_are_lists check (
    jsonb_typeof(drivers) = 'array' and jsonb_typeof(quality_notes) = 'array'
  ) not valid;
comment on column public.forecasts.direction is
  'bullish, bearish or neutral: probability_up against direction_thresholds. Null on rows made before there was one.';
comment on column public.forecasts.confidence is
  'Probability of the likelier side, 0.5 to 1: of the stated direction for bullish and bearish; for neutral the most that can be said '
  'for either side. Among forecasts of confidence c the likelier side comes true in a share c.';
comment on column public.forecasts.direction_thresholds is 'The thresholds that direction went by: {bullish, bearish}.';
comment on column public.forecasts.agreement is 'Share of the members'' weight whose own direction is the ensemble''s, 0 to 1.';
comment on column public.forecasts.mean_spread is 'Largest less smallest mean of the members, both shrunk; a log return.';
comment on column public.forecasts.scale_ratio is 'Largest scale of the members over the smallest; 1 or more.';
comment on column public.forecasts.drivers is
  'What moved the forecast, as far as its own figures say: [{code, sentence, figures}].';
comment on column public.forecasts.quality_notes is
  'What to know before trusting it: [{code, sentence, figures}], code one of stale_data, gap, not_validated, overfitting, implausible, '
  'fallback, few_outcomes.';
comment on column public.forecasts.members is
  'Each member''s weight, own mean (not shrunk), scale, probability_up, direction and hyperparameters; mean_contribution and '
  'scale_contribution add up to forecast_return and scale.';

-- A view's f.* is spelled out when it is made: it is made again, with the new columns.
drop view public.current_forecasts;
create view public.current_forecasts with (security_invoker = true) as
select distinct on (f.symbol_id, f.horizon) f.*
from public.forecasts f
join public.symbols s on s.id = f.symbol_id and s.active
join public.ensembles e on e.ensemble = f.ensemble and e.config_hash = f.config_hash and e.active
where f.ensemble = 'candidate'
  and (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true'
order by f.symbol_id, f.horizon, f.data_cutoff desc;
comment on view public.current_forecasts is
  'What apps read: the active ensemble''s latest forecast by symbol and horizon; empty while publishing_enabled is false.';
grant select on public.current_forecasts to authenticated, service_role;

create or replace function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_row public.forecasts;
  v_bars_stored_at timestamptz;
begin
  v_row := jsonb_populate_record(null::public.forecasts, p_row);
  select s.id into strict v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';

  -- A forecast once issued stands, unless the bars it was made from were restated since: its prices are then of another series.
  select max(b.ingested_at) into v_bars_stored_at
  from public.bars b
  where b.symbol_id = v_row.symbol_id and b.timeframe = internal.timeframe_of(v_row.horizon)
    and b.bar_time <= v_row.data_cutoff;
  delete from public.forecasts f
  where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff)
    and f.issued_at < v_bars_stored_at;

  insert into public.forecasts (
    symbol_id, symbol, horizon, ensemble, config_hash, code_version, data_cutoff, target_time, last_close,
    forecast_return, forecast_price, scale, probability_up, lower_50, upper_50, lower_80, upper_80,
    lower_90, upper_90, lower_95, upper_95, quantile_levels, return_quantiles, members, artifact_id, run_id,
    direction, confidence, direction_thresholds, agreement, mean_spread, scale_ratio, drivers, quality_notes)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id,
    v_row.direction, v_row.confidence, v_row.direction_thresholds, v_row.agreement, v_row.mean_spread, v_row.scale_ratio,
    coalesce(v_row.drivers, '[]'), coalesce(v_row.quality_notes, '[]'))
  on conflict on constraint forecasts_one_a_cutoff do nothing;

  return (
    select f.id from public.forecasts f
    where (f.symbol_id, f.horizon, f.ensemble, f.config_hash, f.data_cutoff)
      = (v_row.symbol_id, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff));
end
$$;
comment on function internal.store_forecast(uuid, bigint, jsonb) is
  'Stores a forecast (a row of forecasts as JSON) and returns its id. The first one for a cutoff and configuration stands, until its '
  'bars are restated.';

-- Too little to forecast from, whatever the sizes of the windows: they are settings, and may be small.
create function internal.forecast_shortage(p_symbol_id bigint, p_horizon text) returns table (code text, message text)
language sql stable set search_path = ''
as $$
  select
    case when least(b.bars, b.fitted) < b.needed then 'too_few_bars' else 'too_short_span' end,
    case
      when b.bars < b.fitted then format('%s has %s bars for %s; a forecast needs %s (train %s, validation %s)',
        b.symbol, b.bars, p_horizon, b.needed, b.sizes ->> 'train', b.sizes ->> 'validation')
      when b.bars < b.needed then format('%s has %s bars for %s; a forecast needs %s at least', b.symbol, b.bars, p_horizon, b.needed)
      when b.fitted < b.needed then format(
        '%s %s would be fitted on %s bars (train %s, validation %s); a forecast needs %s at least: raise the setting window_sizes',
        b.symbol, p_horizon, b.fitted, b.sizes ->> 'train', b.sizes ->> 'validation', b.needed)
      else format('the %s bars of %s for %s span %s days; a forecast needs %s at least', b.bars, b.symbol, p_horizon, b.days, 30)
    end
  from (
    select s.symbol, z.sizes, z.fitted, greatest(z.fitted, 100) as needed, count(x.bar_time) as bars,
      (max(x.bar_time) at time zone 'UTC')::date - (min(x.bar_time) at time zone 'UTC')::date as days
    from public.symbols s
    cross join lateral (
      select w.sizes, (w.sizes ->> 'train')::integer + (w.sizes ->> 'validation')::integer as fitted
      from (select internal.window_sizes(p_horizon) as sizes) w
    ) z
    left join public.bars x on x.symbol_id = s.id and x.timeframe = internal.timeframe_of(p_horizon)
    where s.id = p_symbol_id
    group by s.symbol, z.sizes, z.fitted
  ) b
  where least(b.bars, b.fitted) < b.needed or b.days < 30
$$;
comment on function internal.forecast_shortage(bigint, text) is
  'Why a symbol''s bars are too little for a forecast, with what is there and what is needed: too_few_bars (fewer than train and '
  'validation take, or than 100) or too_short_span (fewer than 30 days from the first to the last); no row when they are enough.';

create or replace function internal.require_bars(p_symbol text, p_horizon text, p_bars bigint) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_shortage record;
  v_cutoff timestamptz;
begin
  select x.code, x.message into v_shortage
  from public.symbols s cross join lateral internal.forecast_shortage(s.id, p_horizon) x
  where s.symbol = p_symbol;
  if found then
    perform internal.refuse(422, v_shortage.code, v_shortage.message);
  end if;
  select max(b.bar_time) into v_cutoff
  from public.bars b join public.symbols s on s.id = b.symbol_id
  where s.symbol = p_symbol and b.timeframe = internal.timeframe_of(p_horizon);
  if internal.not_issued_from(p_horizon, v_cutoff) then
    perform internal.refuse(422, 'no_eight_hours_ahead', format(
      'no %s forecast of %s is issued from the close of %s, a half day: two half sessions later the next session closes, which is 1D',
      p_horizon, p_symbol, (v_cutoff at time zone 'America/New_York')::date));
  end if;
end
$$;
comment on function internal.require_bars(text, text, bigint) is
  'Raises too_few_bars or too_short_span, with what is there and what is needed; no_eight_hours_ahead where the horizon does not begin.';
-- Both ask require_bars, which has more to say now.
comment on function public.forecast_state(text[], text) is
  'What is there for a request, by symbol: bars, the forecast from the latest bar, an artifact young enough to make one, with the ordinal '
  'of its last bar. Raises unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, too_short_span, '
  'no_eight_hours_ahead.';
comment on function public.request_forecasts(text[], text, uuid) is
  'Plans forecasts asked for over HTTP and returns the run''s id; the same question on the same bars is the same run. Raises '
  'unsupported_horizon, publishing_disabled, no_ensemble, unknown_symbol, too_few_bars, too_short_span, no_eight_hours_ahead.';

create or replace function internal.plan_forecast(
  p_symbol public.symbols, p_horizon text, p_ensemble public.ensembles
) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_sizes jsonb := internal.window_sizes(p_horizon);
  v_bars integer;
  v_cutoff timestamptz;
  v_stored_at timestamptz;
  v_shortage record;
  v_key text;
  v_run_id uuid;
begin
  select count(*), max(b.bar_time), max(b.ingested_at) into v_bars, v_cutoff, v_stored_at
  from public.bars b where b.symbol_id = p_symbol.id and b.timeframe = internal.timeframe_of(p_horizon);
  v_key := format('forecast:%s:%s:%s:%s:%s', p_symbol.symbol, p_horizon, p_ensemble.ensemble,
    extract(epoch from v_stored_at), p_ensemble.config_hash);
  if v_bars = 0
    or internal.not_issued_from(p_horizon, v_cutoff)
    or internal.is_settled(v_key)
    or exists (
      select from public.forecasts f
      where f.symbol_id = p_symbol.id and f.horizon = p_horizon and f.ensemble = p_ensemble.ensemble
        and f.config_hash = p_ensemble.config_hash and f.data_cutoff = v_cutoff and f.issued_at >= v_stored_at) then
    return 0;
  end if;

  v_run_id := internal.create_run('forecast', p_ensemble.ensemble, v_key, 'schedule', null, v_cutoff,
    jsonb_build_object('symbols', jsonb_build_array(p_symbol.symbol), 'horizon', p_horizon));
  if v_run_id is null then
    return 0;
  end if;
  select x.code, x.message into v_shortage from internal.forecast_shortage(p_symbol.id, p_horizon) x;
  if found then
    perform internal.refuse_run(v_run_id, v_shortage.code, v_shortage.message);
    return 0;
  end if;
  perform internal.add_job(v_run_id, 'forecast', p_symbol.symbol, jsonb_build_object(
    'symbol', p_symbol.symbol, 'horizon', p_horizon, 'ensemble', p_ensemble.ensemble, 'last_bar', v_bars - 1,
    'sizes', v_sizes), 10);
  return 1;
end
$$;
comment on function internal.plan_forecast(public.symbols, text, public.ensembles) is
  'Plans a forecast from the latest bar unless there is one, or a run for it, or the horizon does not begin there; bars that are too few '
  'or span too little end the run at once with the reason.';
