-- Alerts on divergence: one open row per symbol, horizon, ensemble and level; resolved when it falls again.
create table public.divergence_alerts (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  symbol text not null,
  horizon text not null,
  ensemble text not null,
  level text not null,
  threshold double precision,
  divergence double precision not null,
  metrics_id bigint references public.ensemble_validation_metrics (id) on delete set null,
  message text not null,
  opened_at timestamptz not null default now(),
  resolved_at timestamptz,
  resolution text,
  constraint divergence_alerts_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint divergence_alerts_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint divergence_alerts_level_known check (level in ('warning', 'overfitting', 'critical', 'implausible')),
  constraint divergence_alerts_levels_have_thresholds check ((threshold is null) = (level = 'implausible')),
  constraint divergence_alerts_resolved_with_resolution check ((resolved_at is null) = (resolution is null)),
  constraint divergence_alerts_resolved_after_opening check (resolved_at is null or resolved_at >= opened_at)
);
comment on table public.divergence_alerts is 'Alerts of the divergence check: one open row per symbol, horizon, ensemble and level.';
comment on column public.divergence_alerts.id is 'Surrogate key.';
comment on column public.divergence_alerts.symbol_id is 'The symbol.';
comment on column public.divergence_alerts.symbol is 'Its ticker.';
comment on column public.divergence_alerts.horizon is 'Horizon: 1D, 4h, 8h.';
comment on column public.divergence_alerts.ensemble is 'candidate or baseline.';
comment on column public.divergence_alerts.level is 'warning, overfitting, critical; or implausible, when the skill on test is too good to be true.';
comment on column public.divergence_alerts.threshold is 'Divergence above which the level begins; a fraction, null for implausible. Overfitting may open below it on the tests'' verdict.';
comment on column public.divergence_alerts.divergence is 'Divergence of the window that opened it; a fraction.';
comment on column public.divergence_alerts.metrics_id is 'The window that opened it.';
comment on column public.divergence_alerts.message is 'The window, its divergence and the reasons of its verdict.';
comment on column public.divergence_alerts.opened_at is 'Opened, UTC.';
comment on column public.divergence_alerts.resolved_at is 'Resolved, UTC; null while open.';
comment on column public.divergence_alerts.resolution is 'Why it was resolved.';

create unique index divergence_alerts_one_open on public.divergence_alerts
  (symbol_id, horizon, ensemble, level) where resolved_at is null;
create index divergence_alerts_by_time on public.divergence_alerts (opened_at);
create index divergence_alerts_by_metrics on public.divergence_alerts (metrics_id);
create index divergence_alerts_by_resolution on public.divergence_alerts (resolved_at);

alter table public.divergence_alerts enable row level security;
create policy divergence_alerts_are_read_by_users on public.divergence_alerts for select to authenticated using (true);
revoke all on public.divergence_alerts from anon, authenticated, service_role;
grant select on public.divergence_alerts to authenticated, service_role;
