create or replace function public.claim_job(p_kinds text[], p_code_version text, p_request bigint default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_next record;
  v_id bigint;
  v_job public.jobs;
  v_series public.bar_series;
begin
  -- Kind by kind and priority by priority, each by one look into an index: however many jobs wait, and however many may not be claimed yet.
  for v_next in
    with recursive queued as (
      select k.kind, (
        select min(j.priority) from public.jobs j where j.kind = k.kind and j.status = 'queued' and j.attempts < j.max_attempts) as priority
      from unnest(p_kinds) k(kind)
      union all
      select q.kind, (
        select min(j.priority) from public.jobs j
        where j.kind = q.kind and j.status = 'queued' and j.attempts < j.max_attempts and j.priority > q.priority)
      from queued q where q.priority is not null
    )
    select q.kind, q.priority, false as stalled from queued q where q.priority is not null
    union
    select j.kind, j.priority, true from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts and j.kind = any (p_kinds)
    order by priority, stalled desc, kind
  loop
    if v_next.stalled then
      select j.id into v_id from public.jobs j
      where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts
        and j.kind = v_next.kind and j.priority = v_next.priority
      order by j.lease_until
      limit 1
      for update skip locked;
    else
      select j.id into v_id from public.jobs j
      where j.kind = v_next.kind and j.priority = v_next.priority and j.status = 'queued' and j.attempts < j.max_attempts
        and j.run_after <= now()
      order by j.run_after, j.id
      limit 1
      for update skip locked;
    end if;
    exit when v_id is not null;
  end loop;

  if v_id is null then
    return null;
  end if;

  -- What the worker is about to read is at least as new.
  select b.* into v_series
  from public.jobs j
  join public.symbols s on s.symbol = j.payload ->> 'symbol'
  join public.bar_series b on b.symbol_id = s.id and b.timeframe = internal.timeframe_of(j.payload ->> 'horizon')
  where j.id = v_id;
  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1, worker_request_id = p_request,
    bars_restated_at = v_series.restated_at,
    -- A series that lost bars since it was planned has no such bar any more.
    payload = case when (j.payload ->> 'last_bar')::integer >= v_series.bars
      then j.payload || jsonb_build_object('last_bar', v_series.bars - 1) else j.payload end,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = v_id
  returning j.* into v_job;
  update public.worker_requests
  set claimed_at = coalesce(claimed_at, now()), alive_until = v_job.lease_until
  where id = p_request;

  -- Its run, and those that joined it; in their order, as ending jobs take them.
  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id in (
    select l.id from public.runs l
    where l.id = any (array(select v_job.run_id union all select x.run_id from public.joined_jobs x where x.job_id = v_job.id))
      and (l.status = 'queued' or l.code_version is distinct from p_code_version)
    order by l.id
    for no key update);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', (v_job.payload - 'settings_id') || coalesce(s.settings, '{}'),
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts,
      'configuration', k.configuration, 'config_hash', k.config_hash,
      'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.configurations k on k.config_hash = coalesce(v_job.config_hash, r.config_hash)
    left join public.job_settings s on s.id = (v_job.payload ->> 'settings_id')::smallint
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text, bigint) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. Of one '
  'priority the job that may be claimed longest comes first. A lease that ran out is claimed again. Concurrent callers never get the same '
  'job. p_request: the worker_requests row that the caller answers; null for a caller by hand.';
revoke execute on function public.claim_job(text[], text, bigint) from public, anon, authenticated;
grant execute on function public.claim_job(text[], text, bigint) to service_role;
