-- Whether a window still stands changes when bars change, which is seldom, and is asked for each forecast and at every tick: it is stored.
create table public.window_validity (
  metrics_id bigint primary key references public.overfitting_tests (metrics_id) on delete cascade,
  symbol_id bigint not null,
  horizon text not null,
  timeframe text not null,
  config_hash text not null,
  window_id integer not null,
  last_bar_time timestamptz not null,
  is_valid boolean not null,
  divergence double precision not null
);
comment on table public.window_validity is
  'Which validated windows still stand: one row per row of overfitting_tests, kept by triggers of it, of ensemble_validation_metrics and of bars.';
comment on column public.window_validity.metrics_id is 'The window''s row of ensemble_validation_metrics and of overfitting_tests.';
comment on column public.window_validity.symbol_id is 'The symbol.';
comment on column public.window_validity.horizon is 'Horizon.';
comment on column public.window_validity.timeframe is 'Timeframe of the window''s bars.';
comment on column public.window_validity.config_hash is 'Hash of the configuration that was validated.';
comment on column public.window_validity.window_id is 'Ordinal of the window''s last test bar in its series.';
comment on column public.window_validity.last_bar_time is 'bar_time of that bar when it was validated, UTC.';
comment on column public.window_validity.is_valid is
  'Whether the window''s bars are the ones that are stored now: none changed since, and the ordinal still means the same bar.';
comment on column public.window_validity.divergence is 'The window''s divergence; a fraction.';

create index window_validity_valid on public.window_validity (symbol_id, horizon, config_hash, window_id desc) where is_valid;
-- Of a configuration few are large.
create index window_validity_by_divergence on public.window_validity (config_hash, divergence) where is_valid;
create index window_validity_by_end on public.window_validity (symbol_id, timeframe, last_bar_time);

alter table public.window_validity enable row level security;
create policy window_validity_is_read_by_users on public.window_validity for select to authenticated using (true);
revoke all on public.window_validity from anon, authenticated, service_role;
grant select on public.window_validity to authenticated, service_role;
