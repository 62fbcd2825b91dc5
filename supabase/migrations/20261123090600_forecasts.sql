-- Artifacts (fitted ensembles) and the forecasts made with them.

create table public.artifacts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  code_version text not null,
  data_cutoff timestamptz not null,
  hyperparameters jsonb not null,
  state jsonb not null,
  run_id uuid references public.runs (id) on delete set null,
  trained_at timestamptz not null default now(),
  constraint artifacts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint artifacts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint artifacts_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff)
);
comment on table public.artifacts is 'Fitted ensembles, from which a forecast is made without a new fit.';
comment on column public.artifacts.id is 'Surrogate key.';
comment on column public.artifacts.symbol_id is 'The symbol.';
comment on column public.artifacts.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.artifacts.ensemble is 'candidate or baseline.';
comment on column public.artifacts.config_hash is 'Configuration it was fitted with.';
comment on column public.artifacts.code_version is 'Version of the code that fitted it.';
comment on column public.artifacts.data_cutoff is 'bar_time of the last bar the fit saw, UTC.';
comment on column public.artifacts.hyperparameters is 'What tuning chose, by member.';
comment on column public.artifacts.state is 'The fitted members, to the bit.';
comment on column public.artifacts.run_id is 'Run that fitted it.';
comment on column public.artifacts.trained_at is 'Fitted, UTC.';

create index artifacts_by_run on public.artifacts (run_id);

-- Used in CHECKs: a list of quantiles is one only in order, and NaN sorts above everything.
create function internal.is_ascending(p_values double precision[]) returns boolean
language sql immutable strict set search_path = ''
as $$
  select coalesce(bool_and(v.value < 'infinity' and v.value > '-infinity' and v.value >= v.previous), true)
  from (
    select u.value, coalesce(lag(u.value) over (order by u.place), u.value) as previous
    from unnest(p_values) with ordinality u(value, place)
  ) v
$$;
comment on function internal.is_ascending(double precision[]) is 'Whether the values are finite and never decrease.';

create table public.forecasts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null,
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  config_hash text not null,
  code_version text not null,
  data_cutoff timestamptz not null,
  target_time timestamptz not null,
  issued_at timestamptz not null default now(),
  last_close double precision not null,
  forecast_return double precision not null,
  forecast_price double precision not null,
  scale double precision not null,
  probability_up double precision not null,
  lower_50 double precision not null,
  upper_50 double precision not null,
  lower_80 double precision not null,
  upper_80 double precision not null,
  lower_90 double precision not null,
  upper_90 double precision not null,
  lower_95 double precision not null,
  upper_95 double precision not null,
  quantile_levels double precision[] not null,
  return_quantiles double precision[] not null,
  members jsonb not null,
  artifact_id bigint references public.artifacts (id) on delete set null,
  run_id uuid references public.runs (id) on delete set null,
  constraint forecasts_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol),
  constraint forecasts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint forecasts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint forecasts_look_ahead check (target_time > data_cutoff),
  constraint forecasts_prices_are_finite_and_positive check (
    last_close > 0 and last_close < 'infinity' and lower_95 > 0 and upper_95 < 'infinity'
  ),
  constraint forecasts_return_is_finite check (forecast_return > '-infinity' and forecast_return < 'infinity'),
  constraint forecasts_scale_is_positive check (scale > 0 and scale < 'infinity'),
  constraint forecasts_probability_is_one check (probability_up between 0 and 1),
  constraint forecasts_intervals_are_nested check (
    lower_95 <= lower_90 and lower_90 <= lower_80 and lower_80 <= lower_50 and lower_50 <= forecast_price
    and forecast_price <= upper_50 and upper_50 <= upper_80 and upper_80 <= upper_90 and upper_90 <= upper_95
  ),
  constraint forecasts_quantiles_match_levels check (
    cardinality(quantile_levels) = cardinality(return_quantiles) and cardinality(return_quantiles) > 0
  ),
  constraint forecasts_quantiles_ascend check (
    internal.is_ascending(quantile_levels) and internal.is_ascending(return_quantiles)
    and quantile_levels[1] > 0 and quantile_levels[cardinality(quantile_levels)] < 1
  ),
  constraint forecasts_one_a_cutoff unique (symbol_id, horizon, ensemble, config_hash, data_cutoff)
);
comment on table public.forecasts is 'Predictive distributions of the return over a horizon, as log returns and as prices.';
comment on column public.forecasts.id is 'Surrogate key.';
comment on column public.forecasts.symbol_id is 'The symbol.';
comment on column public.forecasts.symbol is 'Its ticker, so that a reader needs no join.';
comment on column public.forecasts.horizon is 'Horizon: 1D, 4h, 8h of regular trading hours.';
comment on column public.forecasts.ensemble is 'candidate or baseline.';
comment on column public.forecasts.config_hash is 'Configuration it was made with.';
comment on column public.forecasts.code_version is 'Version of the code that made it.';
comment on column public.forecasts.data_cutoff is 'bar_time of the last bar it saw, UTC.';
comment on column public.forecasts.target_time is 'When the horizon ends: the close of the target session, UTC.';
comment on column public.forecasts.issued_at is 'Stored, UTC.';
comment on column public.forecasts.last_close is 'Close of the last bar, in the instrument''s currency.';
comment on column public.forecasts.forecast_return is 'Mean log return over the horizon, a fraction.';
comment on column public.forecasts.forecast_price is 'Median price at target_time, in the instrument''s currency.';
comment on column public.forecasts.scale is 'Standard deviation of the log return, a fraction.';
comment on column public.forecasts.probability_up is 'Probability that the return is above 0.';
comment on column public.forecasts.lower_50 is 'Lower bound of the 50 % prediction interval, price.';
comment on column public.forecasts.upper_50 is 'Upper bound of the 50 % prediction interval, price.';
comment on column public.forecasts.lower_80 is 'Lower bound of the 80 % prediction interval, price.';
comment on column public.forecasts.upper_80 is 'Upper bound of the 80 % prediction interval, price.';
comment on column public.forecasts.lower_90 is 'Lower bound of the 90 % prediction interval, price.';
comment on column public.forecasts.upper_90 is 'Upper bound of the 90 % prediction interval, price.';
comment on column public.forecasts.lower_95 is 'Lower bound of the 95 % prediction interval, price.';
comment on column public.forecasts.upper_95 is 'Upper bound of the 95 % prediction interval, price.';
comment on column public.forecasts.quantile_levels is 'Levels of return_quantiles, ascending, between 0 and 1.';
comment on column public.forecasts.return_quantiles is 'Quantiles of the log return at those levels.';
comment on column public.forecasts.members is 'Each member''s weight, mean, scale and hyperparameters.';
comment on column public.forecasts.artifact_id is 'The fitted ensemble it was made with, while that is kept.';
comment on column public.forecasts.run_id is 'The run that made it; null when made from an artifact on request.';

create index forecasts_latest on public.forecasts (symbol_id, horizon, ensemble, data_cutoff desc);
create index forecasts_by_run on public.forecasts (run_id);
create index forecasts_by_artifact on public.forecasts (artifact_id);

alter table public.artifacts enable row level security;
alter table public.forecasts enable row level security;
create policy artifacts_are_read_by_users on public.artifacts for select to authenticated using (true);
create policy forecasts_are_read_by_users on public.forecasts for select to authenticated using (true);
grant select on public.artifacts, public.forecasts to authenticated, service_role;

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

create function internal.store_artifact(p_run_id uuid, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into public.artifacts (
    symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff, hyperparameters, state, run_id)
  select s.id, p_row ->> 'horizon', p_row ->> 'ensemble', p_row ->> 'config_hash', p_row ->> 'code_version',
    (p_row ->> 'data_cutoff')::timestamptz, p_row -> 'hyperparameters', p_row -> 'state', p_run_id
  from public.symbols s where s.symbol = p_row ->> 'symbol'
  on conflict on constraint artifacts_one_a_cutoff do update
    set hyperparameters = excluded.hyperparameters, state = excluded.state, run_id = excluded.run_id, trained_at = now()
  returning id into strict v_id;

  -- Two generations are kept: the one in use and the one before it.
  delete from public.artifacts a
  using public.artifacts latest
  where latest.id = v_id
    and (a.symbol_id, a.horizon, a.ensemble) = (latest.symbol_id, latest.horizon, latest.ensemble)
    and a.id not in (
      select k.id from public.artifacts k
      where (k.symbol_id, k.horizon, k.ensemble) = (latest.symbol_id, latest.horizon, latest.ensemble)
      order by k.trained_at desc, k.id desc limit 2);
  return v_id;
end
$$;
comment on function internal.store_artifact(uuid, jsonb) is 'Stores a fitted ensemble (a row of artifacts as JSON, by symbol) and drops all but the last two.';

create function internal.store_forecast(p_run_id uuid, p_artifact_id bigint, p_row jsonb) returns bigint
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
    lower_90, upper_90, lower_95, upper_95, quantile_levels, return_quantiles, members, artifact_id, run_id)
  values (
    v_row.symbol_id, v_row.symbol, v_row.horizon, v_row.ensemble, v_row.config_hash, v_row.code_version,
    v_row.data_cutoff, v_row.target_time, v_row.last_close, v_row.forecast_return, v_row.forecast_price, v_row.scale,
    v_row.probability_up, v_row.lower_50, v_row.upper_50, v_row.lower_80, v_row.upper_80, v_row.lower_90, v_row.upper_90,
    v_row.lower_95, v_row.upper_95, v_row.quantile_levels, v_row.return_quantiles, v_row.members, p_artifact_id, p_run_id)
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

create function public.store_requested_forecast(p_artifact_id bigint, p_row jsonb) returns bigint
language sql security definer set search_path = ''
as $$
  select internal.store_forecast(null, p_artifact_id, p_row)
$$;
comment on function public.store_requested_forecast(bigint, jsonb) is
  'Stores a forecast made on request from an artifact; the first one for a cutoff and configuration stands. Returns its id.';
grant execute on function public.store_requested_forecast(bigint, jsonb) to service_role;
