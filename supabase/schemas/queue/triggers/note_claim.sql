create or replace function internal.note_claim() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.worker_requests w set claimed_at = now()
  where w.id = (
    select r.id from public.worker_requests r
    where r.requested_at between now() - interval '2 minutes' and now() + interval '1 minute' and r.claimed_at is null and r.net_request_id is not null
      and r.function_name = (select k.worker from public.job_kinds k where k.kind = new.kind)
    order by r.id
    limit 1
    for update skip locked);
  return null;
end
$$;
comment on function internal.note_claim() is 'Trigger: a claimed job answers the oldest open request for its function.';
revoke execute on function internal.note_claim() from public;

create trigger jobs_note_claim after update of lease_token on public.jobs
for each row when (new.lease_token is not null and new.lease_token is distinct from old.lease_token)
execute function internal.note_claim();
