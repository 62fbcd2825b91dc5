create or replace function internal.notice_failures(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_failure record;
  v_errors jsonb := '[]';
begin
  for v_failure in
    select j.*, w.subject
    from internal.rollout_dead_jobs(p_rollout.id, p_since) j
    cross join lateral (
      -- A job that was put back may die again.
      select format('job %s %s', j.id, internal.utc_text(j.finished_at)) as subject
    ) w
    where j.finished_at <= p_now and internal.failure_consequence(j.class) <> 'none' and not exists (
      select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, 'job_dead', w.subject))
    order by j.id
  loop
    perform internal.add_rollout_event(p_rollout.id, 'job_dead', 'automatic', format('job %s, %s, ended dead: %s: %s', v_failure.id,
        concat_ws(' ', v_failure.kind, v_failure.symbol, v_failure.horizon, v_failure.ensemble), v_failure.code, v_failure.message),
      to_jsonb(v_failure) - 'made_good' - 'subject', v_failure.subject);
  end loop;
  for v_failure in
    -- Without its words: whoever may read the log may not read errors.
    select e.id, e.source, e.code, e.occurred_at, e.class from internal.rollout_errors(p_since, p_now) e
    where internal.failure_consequence(e.class) <> 'none' and not exists (
      select from public.rollout_events x
      where (x.rollout_id, x.kind, x.subject) = (p_rollout.id, 'error', format('error %s', e.id)))
    order by e.id
  loop
    if internal.add_rollout_event(p_rollout.id, 'error', 'automatic', format('error %s of %s: %s', v_failure.id, v_failure.source,
        v_failure.code), to_jsonb(v_failure), format('error %s', v_failure.id)) is not null
      and internal.failure_consequence(v_failure.class) = 'counts' then
      v_errors := v_errors || jsonb_build_object('id', v_failure.id, 'source', v_failure.source, 'code', v_failure.code);
    end if;
  end loop;
  if v_errors = '[]' then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('trigger', 'unhandled_error', 'subject', null,
    'figures', jsonb_build_object('errors', v_errors), 'sentence', format('%s: %s.',
      case jsonb_array_length(v_errors) when 1 then 'an unhandled error' else jsonb_array_length(v_errors) || ' unhandled errors' end, (
      select string_agg(format('%s of %s%s', k.code, k.source, case when k.times > 1 then format(' (%s times)', k.times) else '' end), ', '
        order by k.place)
      from (
        select e.value ->> 'code', e.value ->> 'source', count(*), min(e.place)
        from jsonb_array_elements(v_errors) with ordinality e(value, place)
        group by 1, 2
      ) k(code, source, times, place)))));
end
$$;
comment on function internal.notice_failures(public.rollouts, timestamptz, timestamptz) is
  'Records dead jobs and unhandled errors since p_since with their class, each once (job_dead, error), those of a stage that was left before they '
  'were noticed too, but none of a request, and returns the trigger unhandled_error when there are new errors that count against the candidate; else [].';
revoke execute on function internal.notice_failures(public.rollouts, timestamptz, timestamptz) from public;
