create or replace function public.claim_job(p_kinds text[], p_code_version text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = (
    select c.id from public.jobs c
    where c.kind = any (p_kinds) and c.attempts < c.max_attempts
      and ((c.status = 'queued' and c.run_after <= now()) or (c.status = 'running' and c.lease_until < now()))
    order by c.priority, c.id
    limit 1
    for update skip locked)
  returning j.* into v_job;
  if v_job.id is null then
    return null;
  end if;

  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id = v_job.run_id and (r.status = 'queued' or r.code_version is distinct from p_code_version);

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
comment on function public.claim_job(text[], text) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. '
  'A lease that ran out is claimed again. Concurrent callers never get the same job.';
revoke execute on function public.claim_job(text[], text) from public, anon, authenticated;
grant execute on function public.claim_job(text[], text) to service_role;
