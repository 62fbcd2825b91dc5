create or replace function internal.is_settled(p_key text) returns boolean
language sql stable set search_path = ''
as $$
  select exists (
    select from public.runs r
    where r.idempotency_key = p_key
      and (r.status <> 'failed' or r.jobs_total = 0 or r.finished_at > now() - interval '1 hour'))
$$;
comment on function internal.is_settled(text) is
  'Whether the schedule should leave a run alone: it is there, was refused for what its data is, or failed less than an hour ago.';
revoke execute on function internal.is_settled(text) from public;
