create or replace function internal.watch_rollout(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
  v_since timestamptz;
  v_present public.rollouts;
  v_lasting jsonb;
  v_triggers jsonb;
  v_new boolean := false;
  v_trigger record;
  v_reason text;
begin
  select r.* into v_rollout from public.rollouts r where r.status = 'running';
  if v_rollout.id is null then
    return jsonb_build_object('skipped', 'no rollout runs');
  end if;
  perform internal.notice_ended_symbols(v_rollout, p_now);
  -- The first two are of what was not noticed before.
  -- What the last look saw it has recorded. What a transaction noted or stored is seen when that ends: two hours is longer than any takes.
  if v_rollout.watched_until is not null then
    v_since := greatest(v_rollout.started_at, least(v_rollout.watched_until, p_now) - interval '2 hours');
  end if;
  v_triggers := internal.notice_forecasts(v_rollout, coalesce(v_since, p_now - interval '7 days'), p_now)
    || internal.notice_failures(v_rollout, coalesce(v_since, v_rollout.started_at), p_now);
  v_new := v_triggers <> '[]';
  v_lasting := internal.large_divergences(v_rollout);
  v_triggers := v_triggers
    || internal.alert_storm(v_rollout, coalesce(v_since - interval '1 hour', v_rollout.stage_started_at), p_now) || v_lasting;
  if v_triggers = '[]' then
    perform internal.compare_pairs(500);
    perform internal.note_watched(v_rollout.id, p_now);
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> v_rollout.id or v_present.status <> 'running' then
    return jsonb_build_object('skipped', format('rollout %s was decided on meanwhile', v_rollout.id));
  end if;
  -- Not before: who locks the rollout and then its row would wait for one who does it the other way round.
  perform internal.note_watched(v_rollout.id, p_now);
  for v_trigger in
    select t.value, internal.trigger_subject(v_rollout.stage, t.value) as subject
    from jsonb_array_elements(v_triggers) t(value)
  loop
    v_new := internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', v_trigger.value ->> 'sentence', v_trigger.value,
      v_trigger.subject) is not null or v_new;
  end loop;
  -- What was recorded while automatic_rollback was false stays a record; a divergence goes on as long as its window.
  if internal.setting('automatic_rollback') <> 'true' or not v_new and v_lasting = '[]' then
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;
  select string_agg(t.value ->> 'sentence', ' ' order by t.place) into v_reason
  from jsonb_array_elements(v_triggers) with ordinality t(value, place);
  perform internal.roll_back(v_rollout.id, 'automatic', v_reason, jsonb_build_object('triggers', v_triggers));
  return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', true);
end
$$;
comment on function internal.watch_rollout(timestamptz) is
  'Looks at what has happened to the rollout that runs since it last looked, and two hours before: records missing forecasts and bars, dead jobs and unhandled errors, each once, and rolls back by itself, '
  'unless automatic_rollback is false, when forecasts of the candidate are missing, at an unhandled error that counts against it (failure_class), at more than '
  'critical_alerts_per_hour critical alerts and such errors in an hour, and at a divergence above largest_divergence. {rollout_id, triggers, '
  'rolled_back}, or {skipped}. Symbols that have ended leave before. Compares pairs that wait, at most 500. Reconcile calls it.';
revoke execute on function internal.watch_rollout(timestamptz) from public;
