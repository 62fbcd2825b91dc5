create or replace function internal.worker_function(p_kind text) returns text
language sql immutable set search_path = ''
as $$
  select case p_kind
    when 'check_divergence' then 'check-divergence'
    when 'ingest' then 'ingest-bars'
    when 'evaluate_rollout' then 'rollout'
    else 'forecast-worker'
  end
$$;
comment on function internal.worker_function(text) is 'The Edge Function that works on a kind of job.';
revoke execute on function internal.worker_function(text) from public;
