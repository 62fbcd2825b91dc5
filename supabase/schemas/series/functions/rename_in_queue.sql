create or replace function internal.rename_in_queue(p_from text, p_to text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_runs uuid[];
  v_jobs integer;
  v_released integer;
  v_renamed integer;
begin
  -- What waits, what runs, and what is dead and may be put back. A worker at such a job loses its lease and stores nothing; the next
  -- one goes on from its checkpoint.
  with named as (
    select j.id, j.status = 'running' as runs
    from public.jobs j
    -- Apart, each by its index: of all three together there is none, and most jobs have succeeded.
    where (j.status in ('queued', 'running') or j.status = 'dead') and j.payload ->> 'symbol' = p_from
    order by j.id
    for update
  ), renamed as (
    update public.jobs j
    set payload = j.payload || jsonb_build_object('symbol', p_to),
      status = case when n.runs then 'queued' else j.status end,
      attempts = case when n.runs then greatest(j.attempts - 1, 0) else j.attempts end,
      lease_token = null, lease_until = null
    from named n where j.id = n.id
    returning j.run_id, n.runs
  )
  select coalesce(array_agg(distinct r.run_id), '{}'), count(*), count(*) filter (where r.runs) into v_runs, v_jobs, v_released
  from renamed r;

  -- Planning, the rollout that runs and whoever asked look at runs by their symbols; none of them looks further back.
  update public.runs r
  set params = jsonb_set(r.params, '{symbols}', (
      select jsonb_agg(case when s.symbol = p_from then p_to else s.symbol end order by s.place)
      from jsonb_array_elements_text(r.params -> 'symbols') with ordinality s(symbol, place))),
    idempotency_key = case
      when starts_with(r.idempotency_key, format('%s:%s:', r.kind, p_from))
        then format('%s:%s:%s', r.kind, p_to, substr(r.idempotency_key, length(r.kind) + length(p_from) + 3))
      else r.idempotency_key end
  where r.params -> 'symbols' ? p_from
    and (r.id = any (v_runs) or r.created_at > least(
      now() - make_interval(secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision),
      (select x.started_at from public.rollouts x where x.status = 'running')));
  get diagnostics v_renamed = row_count;
  return jsonb_build_object('jobs', v_jobs, 'released', v_released, 'runs', v_renamed);
end
$$;
comment on function internal.rename_in_queue(text, text) is
  'Names a symbol anew in jobs that have not succeeded, and in the runs that something may still look at: {jobs, released, runs}, released '
  'are jobs that were running and wait again.';
revoke execute on function internal.rename_in_queue(text, text) from public;
