-- The registry: which symbols are forecast, on which horizons, in which rollout stage.
create table public.symbols (
  id bigint generated always as identity primary key,
  symbol text not null unique,
  name text,
  active boolean not null default true,
  stage text not null default 'full',
  horizons text[] not null default '{1D}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  calendar text not null default 'XNYS' references public.calendars (name),
  covariate text,
  -- What repeats the ticker beside the id refers to both, so that they cannot disagree.
  constraint symbols_id_and_symbol unique (id, symbol),
  constraint symbols_symbol_format check (symbol ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$'),
  constraint symbols_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint symbols_horizons_known check (horizons <@ array['1D', '4h', '8h'] and cardinality(horizons) > 0),
  constraint symbols_half_sessions_are_new_yorks check (calendar = 'XNYS' or horizons = '{1D}'),
  constraint symbols_covariate_known check (covariate in ('level', 'range')),
  constraint symbols_covariates_are_not_forecast check (covariate is null or not active)
);
comment on table public.symbols is 'The registry of symbols: what is forecast, on which horizons, and in which rollout stage.';
comment on column public.symbols.id is 'Surrogate key.';
comment on column public.symbols.symbol is 'Ticker, upper case: 1 to 16 of A-Z, 0-9, dot, underscore, hyphen.';
comment on column public.symbols.name is 'Name for people, if known.';
comment on column public.symbols.active is 'Only active symbols are planned by the schedule.';
comment on column public.symbols.stage is 'Rollout stage in which the symbol joins: canary, limited or full.';
comment on column public.symbols.horizons is
  'Horizons that are forecast: 1D, 4h, 8h (regular trading hours). A symbol''s first half-session bars add 4h and 8h.';
comment on column public.symbols.created_at is 'Registered, UTC.';
comment on column public.symbols.updated_at is 'Last change, UTC.';
comment on column public.symbols.calendar is 'The trading calendar that its bars, forecasts and deadlines go by.';
comment on column public.symbols.covariate is
  'Set by register_covariate for a symbol that is read beside others and that no schedule forecasts. level: its closes alone count, and open, high and low are '
  'stored as the close. range: its bars are stored whole. Null: a symbol like any other, which ensembles may read as well.';

-- Which calendars are in use is asked at every tick.
create index symbols_by_calendar on public.symbols (calendar) where active;

create trigger symbols_touch before update on public.symbols
for each row execute function internal.touch_updated_at();

alter table public.symbols enable row level security;
create policy symbols_are_read_by_users on public.symbols for select to authenticated using (true);
revoke all on public.symbols from anon, authenticated, service_role;
grant select on public.symbols to authenticated, service_role;
