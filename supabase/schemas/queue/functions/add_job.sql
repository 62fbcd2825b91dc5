create or replace function internal.add_job(p_run_id uuid, p_kind text, p_subject text, p_payload jsonb, p_priority integer default null) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.jobs (run_id, kind, idempotency_key, payload, priority)
  select p_run_id, p_kind, internal.job_key(p_run_id, p_kind, p_subject), p_payload, coalesce(p_priority, k.priority)
  from (values (p_kind)) v(kind) left join public.job_kinds k on k.kind = v.kind;
  update public.runs set jobs_total = jobs_total + 1 where id = p_run_id;
end
$$;
comment on function internal.add_job(uuid, text, text, jsonb, integer) is 'Adds a job to a run; without p_priority with that of its kind.';
revoke execute on function internal.add_job(uuid, text, text, jsonb, integer) from public;
