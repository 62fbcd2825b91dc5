create or replace function internal.rollout_health(p_since timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_measured regproc := to_regproc('internal.query_health');
  v_health jsonb;
begin
  if v_measured is not null then
    execute format('select %s($1)', v_measured) into v_health using p_since;
  end if;
  return coalesce(v_health, '{}');
end
$$;
comment on function internal.rollout_health(timestamptz) is
  'Durations of the monitoring queries since, {query: {p95_ms, n}}; empty where nothing measures them.';
revoke execute on function internal.rollout_health(timestamptz) from public;
