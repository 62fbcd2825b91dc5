create or replace function public.current_windows(p_symbol text, p_horizon text, p_windows integer default null) returns bigint[]
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_step integer := (internal.window_sizes(p_horizon) ->> 'step')::integer;
  v_count integer := coalesce(p_windows, (internal.setting('validation_windows') #>> '{}')::integer);
  v_symbol_id bigint;
  v_hash text;
  v_latest integer;
begin
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol;
  select e.config_hash into v_hash from internal.serving_ensemble(v_symbol_id, p_horizon) e;
  if p_windows is null then
    select w.window_id into v_latest
    from public.vw_valid_windows w
    where w.symbol_id = v_symbol_id and w.horizon = p_horizon and w.config_hash = v_hash
    order by w.window_id desc limit 1;
  else
    select b.bars - 1 into v_latest
    from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = internal.timeframe_of(p_horizon);
  end if;
  return (
    select coalesce(array_agg(w.metrics_id order by w.window_id), '{}')
    from public.vw_valid_windows w
    where w.symbol_id = v_symbol_id and w.horizon = p_horizon and w.config_hash = v_hash
      and w.window_id = any (array(select v_latest - k * v_step from generate_series(0, v_count - 1) k)));
end
$$;
comment on function public.current_windows(text, text, integer) is
  'Ids of the latest validated windows of the ensemble that serves, on the bars as they are stored now, oldest first: p_windows from the '
  'latest bar on, or (null) as many as setting validation_windows says from the latest validated one. Each a step before the next.';
revoke execute on function public.current_windows(text, text, integer) from public, anon, authenticated;
grant execute on function public.current_windows(text, text, integer) to service_role;
