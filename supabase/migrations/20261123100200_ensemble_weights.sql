-- Calibrated weights: what each forecast's members were weighed by, where that comes from, and why not when they were not learned.

-- Used in a CHECK: weights are an object of numbers between 0 and 1 that sum to 1.
create function internal.are_weights(p_weights jsonb) returns boolean
language sql immutable strict set search_path = ''
as $$
  select case when jsonb_typeof(p_weights) <> 'object' then false else (
    select coalesce(
      bool_and(case when jsonb_typeof(w.value) = 'number' then w.value::numeric between 0 and 1 else false end)
        and abs(sum(case when jsonb_typeof(w.value) = 'number' then w.value::numeric else 0 end) - 1) <= 1e-9,
      false)
    from jsonb_each(p_weights) w
  ) end
$$;
comment on function internal.are_weights(jsonb) is
  'Whether this is an object of members'' weights: numbers between 0 and 1 whose sum is 1 (to nine digits).';

create table public.ensemble_weights (
  id bigint generated always as identity primary key,
  symbol_id bigint not null,
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  data_cutoff timestamptz not null,
  method text not null,
  weights jsonb not null,
  samples integer not null,
  span_days integer not null,
  reason_code text,
  reason text,
  run_id uuid references public.runs (id) on delete set null,
  created_at timestamptz not null default now(),
  constraint ensemble_weights_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol),
  constraint ensemble_weights_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint ensemble_weights_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint ensemble_weights_method_known check (method in ('calibrated', 'preset')),
  constraint ensemble_weights_sum_to_one check (internal.are_weights(weights)),
  constraint ensemble_weights_counts_are_counts check (samples >= 0 and span_days >= 0),
  constraint ensemble_weights_are_learned_from_enough check (method = 'preset' or (samples >= 100 and span_days >= 30)),
  constraint ensemble_weights_reason_known check (
    reason_code in ('too_few_samples', 'too_short_span', 'divergence', 'overfitting', 'implausible_skill')
  ),
  constraint ensemble_weights_preset_has_its_reason check (
    (method = 'preset') = (reason_code is not null) and (reason_code is null) = (reason is null)
    and (reason is null or reason <> '')
  ),
  constraint ensemble_weights_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, data_cutoff)
);
comment on table public.ensemble_weights is
  'Members'' weights of forecasts whose configuration asks for calibrated ones: learned, or the preset with the reason.';
comment on column public.ensemble_weights.id is 'Surrogate key.';
comment on column public.ensemble_weights.symbol_id is 'The symbol.';
comment on column public.ensemble_weights.symbol is 'Its ticker, so that a reader needs no join.';
comment on column public.ensemble_weights.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.ensemble_weights.ensemble is 'candidate or baseline.';
comment on column public.ensemble_weights.config_hash is 'Configuration that asked for calibrated weights.';
comment on column public.ensemble_weights.data_cutoff is 'bar_time of the last bar that the weights were learned from, UTC; the forecast''s.';
comment on column public.ensemble_weights.method is 'calibrated: learned from realised scores. preset: the configuration''s, for the reason given.';
comment on column public.ensemble_weights.weights is 'Weight by member; between 0 and 1, summing to 1.';
comment on column public.ensemble_weights.samples is 'Scored forecasts that were there to learn from; at least 100 for calibrated weights.';
comment on column public.ensemble_weights.span_days is 'Calendar days that they span; at least 30 for calibrated weights.';
comment on column public.ensemble_weights.reason_code is
  'Why the preset: too_few_samples, too_short_span, divergence (above 0.15), overfitting, implausible_skill. Null for calibrated weights.';
comment on column public.ensemble_weights.reason is 'The same in a sentence with its figures.';
comment on column public.ensemble_weights.run_id is 'Run that decided them.';
comment on column public.ensemble_weights.created_at is 'Stored, UTC.';

create index ensemble_weights_by_run on public.ensemble_weights (run_id);

alter table public.ensemble_weights enable row level security;
create policy ensemble_weights_are_read_by_users on public.ensemble_weights for select to authenticated using (true);
revoke all on public.ensemble_weights from anon, authenticated, service_role;
grant select on public.ensemble_weights to authenticated, service_role;

create function internal.store_weights(p_run_id uuid, p_forecast_id bigint, p_row jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_row public.ensemble_weights;
begin
  -- Where an earlier forecast for this cutoff stands, so do the weights it was made with.
  if not exists (select from public.forecasts f where f.id = p_forecast_id and f.run_id = p_run_id) then
    return;
  end if;
  v_row := jsonb_populate_record(null::public.ensemble_weights, p_row);
  select s.id into strict v_row.symbol_id from public.symbols s where s.symbol = p_row ->> 'symbol';
  insert into public.ensemble_weights as e (
    symbol_id, symbol, horizon, ensemble, config_hash, data_cutoff, method, weights, samples, span_days, reason_code,
    reason, run_id)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.data_cutoff, v_row.method,
    v_row.weights, v_row.samples, v_row.span_days, v_row.reason_code, v_row.reason, p_run_id)
  on conflict on constraint ensemble_weights_one_a_cutoff do update set
    method = excluded.method, weights = excluded.weights, samples = excluded.samples, span_days = excluded.span_days,
    reason_code = excluded.reason_code, reason = excluded.reason, run_id = excluded.run_id, created_at = now();
end
$$;
comment on function internal.store_weights(uuid, bigint, jsonb) is
  'Stores the weights that a run''s forecast was made with (a row of ensemble_weights as JSON, by symbol); nothing when another run''s '
  'forecast stands in its place.';

create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_artifact_id bigint;
  v_forecast_id bigint;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  case v_job.kind
    when 'forecast' then
      v_artifact_id := internal.store_artifact(v_job.run_id, p_result -> 'artifact');
      v_forecast_id := internal.store_forecast(v_job.run_id, v_artifact_id, p_result -> 'forecast');
      if jsonb_typeof(p_result -> 'weights') = 'object' then
        perform internal.store_weights(v_job.run_id, v_forecast_id, p_result -> 'weights');
      end if;
    when 'validate_window' then
      perform internal.store_validation(v_job.run_id, p_result -> 'metrics', p_result -> 'tests');
    when 'check_divergence' then
      perform internal.apply_divergence_check(p_result);
  end case;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1);
end
$$;

create function public.latest_window(p_symbol text, p_horizon text, p_config_hash text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object('window_id', m.window_id, 'divergence', m.divergence, 'verdict', o.verdict)
  from public.symbols s
  cross join internal.valid_windows(s.id, p_horizon, p_config_hash) w
  join public.ensemble_validation_metrics m on m.id = w.metrics_id
  join public.overfitting_tests o on o.metrics_id = m.id
  where s.symbol = p_symbol
  order by m.window_id desc
  limit 1
$$;
comment on function public.latest_window(text, text, text) is
  'The latest window validated with a configuration whose bars are still the stored ones: {window_id, divergence, verdict}; null without one. '
  'What a forecast''s calibrated weights are reverted by.';
revoke execute on function public.latest_window(text, text, text) from public, anon, authenticated;
grant execute on function public.latest_window(text, text, text) to service_role;
