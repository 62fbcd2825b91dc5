create or replace view public.vw_overfitting_symbols with (security_invoker = true) as
select
  m.symbol,
  m.horizon,
  count(*)::integer as overfitting_count,
  max(m.validation_date) as latest_validation_date,
  avg(m.divergence) as mean_divergence,
  max(m.divergence) as max_divergence
from public.ensemble_validation_metrics m
where m.is_overfitting and m.validation_date >= now() - interval '7 days'
group by m.symbol, m.horizon
order by max(m.divergence) desc, m.symbol, m.horizon;
comment on view public.vw_overfitting_symbols is
  'Symbols and horizons with overfitting windows among those validated in the last 7 days: how many, latest, mean and largest divergence.';
comment on column public.vw_overfitting_symbols.symbol is 'Ticker.';
comment on column public.vw_overfitting_symbols.horizon is 'Horizon.';
comment on column public.vw_overfitting_symbols.overfitting_count is 'Overfitting windows among those validated in the last 7 days.';
comment on column public.vw_overfitting_symbols.latest_validation_date is 'When the latest of them was validated, UTC.';
comment on column public.vw_overfitting_symbols.mean_divergence is 'Mean divergence of them; a fraction.';
comment on column public.vw_overfitting_symbols.max_divergence is 'Largest divergence of them; a fraction.';

revoke all on public.vw_overfitting_symbols from anon, authenticated, service_role;
grant select on public.vw_overfitting_symbols to authenticated, service_role;
