-- A look at an index for each symbol and horizon, however many forecasts there are. Symbol and horizon are the registry's, so that who asks for
-- some, or for a page in their order, looks for no others. An order of the view's own would come before a reader's limit.
create or replace view public.current_forecasts with (security_invoker = true) as
select
  f.id, v.symbol_id, v.symbol, v.horizon, f.ensemble, f.config_hash, f.code_version, f.data_cutoff, f.target_time,
  f.issued_at, f.last_close, f.forecast_return, f.forecast_price, f.scale, f.probability_up, f.lower_50, f.upper_50,
  f.lower_80, f.upper_80, f.lower_90, f.upper_90, f.lower_95, f.upper_95, q.levels as quantile_levels, f.return_quantiles,
  f.members, f.artifact_id, f.run_id, f.direction, f.confidence, f.direction_thresholds, f.agreement, f.mean_spread,
  f.scale_ratio, f.drivers, f.quality_notes
from public.vw_serving_ensembles v
-- A forecast from bars that were restated since it was issued is of another series: until there is a new one, there is none.
join public.bar_series b on b.symbol_id = v.symbol_id and b.timeframe = v.horizon
left join lateral (
  select l.id, l.issued_at, l.data_cutoff
  from public.ensembles e
  cross join lateral (
    select x.id, x.issued_at, x.data_cutoff
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
      and x.issued_at >= b.restated_at and x.data_cutoff >= coalesce(b.restated_to, '-infinity')
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble = v.ensemble
  limit 1
) own on true
left join lateral (
  -- Looked for only where it may be shown. A candidate that has only just come to a symbol has no forecast yet: until then nobody is left
  -- without one. Nor does one that it made in an earlier rollout stand before a newer one of the baseline.
  select l.id, l.data_cutoff
  from public.ensembles e
  cross join lateral (
    select x.id, x.data_cutoff
    from public.forecasts x
    where x.symbol_id = v.symbol_id and x.horizon = v.horizon and x.ensemble = e.ensemble and x.config_hash = e.config_hash
      and x.issued_at >= b.restated_at and x.data_cutoff >= coalesce(b.restated_to, '-infinity')
    order by x.data_cutoff desc
    limit 1
  ) l
  where e.active and e.ensemble = 'baseline' and v.ensemble <> 'baseline' and (own.id is null or own.issued_at < v.reached_at)
  limit 1
) baseline on true
join public.forecasts f on f.id = case when baseline.id is null or own.data_cutoff >= baseline.data_cutoff then own.id else baseline.id end
join public.quantile_levels q on q.id = f.quantile_levels_id
where (select t.value from public.settings t where t.name = 'publishing_enabled') = 'true';
comment on view public.current_forecasts is
  'What apps read: the latest forecast by symbol and horizon of the ensemble that serves it (vw_serving_ensembles), made with its present '
  'configuration; the baseline''s where a candidate that serves has none yet, or none newer since this rollout came to it; none from bars that were restated since; empty while '
  'publishing_enabled is false.';

revoke all on public.current_forecasts from anon, authenticated, service_role;
grant select on public.current_forecasts to authenticated, service_role;
