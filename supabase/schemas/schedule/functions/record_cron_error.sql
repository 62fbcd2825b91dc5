create or replace function internal.record_cron_error(p_job text, p_message text, p_state text, p_detail text) returns void
language plpgsql set search_path = ''
as $$
begin
  perform public.record_error('cron.' || p_job,
    -- What internal.refuse raises has its code as detail.
    case when p_detail ~ '^[a-z][a-z0-9_]{0,63}$' then p_detail else 'internal_error' end,
    p_message, jsonb_build_object('sqlstate', p_state));
end
$$;
comment on function internal.record_cron_error(text, text, text, text) is
  'Records an error that a job of the schedule raised as an unhandled one, its source cron. and the job.';
revoke execute on function internal.record_cron_error(text, text, text, text) from public;
