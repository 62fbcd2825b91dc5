create or replace function internal.job_key(p_run_id uuid, p_kind text, p_subject text) returns text
language sql immutable set search_path = ''
as $$
  select concat(p_run_id, ':', p_kind, ':', p_subject)
$$;
comment on function internal.job_key(uuid, text, text) is 'The idempotency key of a job: once a run, kind and subject.';
revoke execute on function internal.job_key(uuid, text, text) from public;
