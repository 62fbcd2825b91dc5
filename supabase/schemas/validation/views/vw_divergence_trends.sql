create or replace view public.vw_divergence_trends with (security_invoker = true) as
select
  d.*,
  d.mean_divergence - lag(d.mean_divergence) over (partition by d.symbol, d.horizon order by d.validation_day)
    as change_of_mean
from (
  select
    m.symbol,
    m.horizon,
    (m.validation_date at time zone 'UTC')::date as validation_day,
    count(*)::integer as windows,
    count(*) filter (where m.is_overfitting)::integer as overfitting_windows,
    avg(m.divergence) as mean_divergence,
    max(m.divergence) as max_divergence,
    avg(m.test_rmse) as mean_test_rmse
  from public.ensemble_validation_metrics m
  group by m.symbol, m.horizon, (m.validation_date at time zone 'UTC')::date
) d
order by d.symbol, d.horizon, d.validation_day;
comment on view public.vw_divergence_trends is
  'Divergence by symbol, horizon and day of validation (UTC): windows, how many overfit, mean and largest divergence, and the change since the day before.';
comment on column public.vw_divergence_trends.symbol is 'Ticker.';
comment on column public.vw_divergence_trends.horizon is 'Horizon.';
comment on column public.vw_divergence_trends.validation_day is 'Day of validation, UTC.';
comment on column public.vw_divergence_trends.windows is 'Windows validated that day.';
comment on column public.vw_divergence_trends.overfitting_windows is 'How many of them overfit.';
comment on column public.vw_divergence_trends.mean_divergence is 'Mean divergence; a fraction.';
comment on column public.vw_divergence_trends.max_divergence is 'Largest divergence; a fraction.';
comment on column public.vw_divergence_trends.mean_test_rmse is 'Mean RMSE on test; a fraction.';
comment on column public.vw_divergence_trends.change_of_mean is 'Mean divergence less that of the day of validation before; null on the first.';

revoke all on public.vw_divergence_trends from anon, authenticated, service_role;
grant select on public.vw_divergence_trends to authenticated, service_role;
