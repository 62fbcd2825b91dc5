create or replace function public.save_step(p_job_id bigint, p_lease_token uuid, p_checkpoint jsonb, p_progress double precision)
returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.held_job(p_job_id, p_lease_token);
  insert into public.job_checkpoints (job_id, checkpoint) values (p_job_id, p_checkpoint)
  on conflict (job_id) do update set checkpoint = excluded.checkpoint, saved_at = now();
  -- Progress was made: what failed before it no longer counts against the job.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, attempts = 0, steps = steps + 1,
    progress = greatest(progress, p_progress), error_code = null, error_message = null
  where id = p_job_id;
  perform internal.request_workers(1, false);
end
$$;
comment on function public.save_step(bigint, uuid, jsonb, double precision) is
  'Stores a checkpoint, gives the job back to the queue, in its old place, and asks for a successor, in one transaction; lease_lost otherwise.';
revoke execute on function public.save_step(bigint, uuid, jsonb, double precision) from public, anon, authenticated;
grant execute on function public.save_step(bigint, uuid, jsonb, double precision) to service_role;
