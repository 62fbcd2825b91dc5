create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_stores_result text;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  if internal.begin_job_anew(v_job) then
    return;
  end if;
  select k.stores_result into strict v_stores_result from public.job_kinds k where k.kind = v_job.kind;
  execute format('select internal.%I($1, $2)', v_stores_result) into v_result using v_job, p_result;
  if v_result is not null then
    update public.jobs set result = v_result where id = v_job.id;
  end if;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1, false);
end
$$;
comment on function public.complete_job(bigint, uuid, jsonb) is
  'Stores a job''s result, with the function that job_kinds names, and ends it, in one transaction: exactly once, or lease_lost. A result from bars '
  'that were restated since the job was claimed is thrown away: the job waits again.';
revoke execute on function public.complete_job(bigint, uuid, jsonb) from public, anon, authenticated;
grant execute on function public.complete_job(bigint, uuid, jsonb) to service_role;
