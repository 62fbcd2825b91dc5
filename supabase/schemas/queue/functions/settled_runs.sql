create or replace function internal.settled_runs(p_keys text[]) returns setof text
language sql stable set search_path = ''
as $$
  select r.idempotency_key
  from public.runs r
  where r.idempotency_key = any (p_keys) and r.status <> 'failed'
  union
  select r.idempotency_key
  from public.runs r
  where r.idempotency_key = any (p_keys) and r.status = 'failed'
    and (r.jobs_total = 0 or r.finished_at > now() - interval '1 hour')
$$;
comment on function internal.settled_runs(text[]) is
  'Of these keys those whose run the schedule should leave alone: it is there, was refused for what its data is, or failed less than an hour ago.';
revoke execute on function internal.settled_runs(text[]) from public;
