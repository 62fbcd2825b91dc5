create or replace function internal.apply_divergence_check(p_job public.jobs, p_result jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
begin
  insert into public.divergence_alerts (
    symbol_id, symbol, horizon, ensemble, level, threshold, divergence, metrics_id, message)
  select s.id, a.symbol, a.horizon, a.ensemble, a.level, a.threshold, a.divergence, a.metrics_id, a.message
  from jsonb_to_recordset(p_result -> 'open') as a(
    symbol text, horizon text, ensemble text, level text, threshold double precision, divergence double precision,
    metrics_id bigint, message text)
  join public.symbols s on s.symbol = a.symbol
  on conflict (symbol_id, horizon, ensemble, level) where resolved_at is null do nothing;

  update public.divergence_alerts d
  set resolved_at = now(), resolution = r.resolution
  from jsonb_to_recordset(p_result -> 'resolve') as r(id bigint, resolution text)
  where d.id = r.id and d.resolved_at is null;
  return null;
end
$$;
comment on function internal.apply_divergence_check(public.jobs, jsonb) is
  'Opens and resolves alerts, as a check_divergence job found: {open: [rows], resolve: [{id, resolution}]}. An alert already open stays as it is.';
revoke execute on function internal.apply_divergence_check(public.jobs, jsonb) from public;
