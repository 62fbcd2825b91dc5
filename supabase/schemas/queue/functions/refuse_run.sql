create or replace function internal.refuse_run(p_run_id uuid, p_code text, p_message text) returns void
language sql set search_path = ''
as $$
  update public.runs set status = 'failed', error_code = p_code, error_message = p_message, finished_at = now()
  where id = p_run_id
$$;
comment on function internal.refuse_run(uuid, text, text) is 'Ends a run before it began, with the reason.';
revoke execute on function internal.refuse_run(uuid, text, text) from public;
