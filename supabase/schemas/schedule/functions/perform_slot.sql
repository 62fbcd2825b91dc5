create or replace function internal.perform_slot(p_slot text, p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_key text := format('slot:%s:%s', p_date, to_char(p_time, 'HH24:MI'));
  v_result jsonb;
begin
  if p_slot in ('forecast', 'validate', 'check_divergence') and internal.setting('publishing_enabled') <> 'true' then
    return jsonb_build_object('skipped', 'publishing_enabled is false');
  end if;
  case p_slot
    when 'ingest' then
      v_result := public.plan_ingestion(v_key);
      if v_result ->> 'run_id' is null then
        return jsonb_build_object('skipped', coalesce(v_result ->> 'reason', 'nothing was planned'));
      end if;
    when 'score' then
      v_result := jsonb_build_object('scored', internal.score_outcomes());
    when 'forecast' then
      v_result := jsonb_build_object('forecasts', internal.plan_forecasts());
    when 'validate' then
      v_result := jsonb_build_object('windows', internal.plan_validations(null));
    when 'check_divergence' then
      v_result := jsonb_build_object('checks', internal.plan_divergence_checks(p_date));
    when 'evaluate_rollout' then
      v_result := internal.plan_evaluation(v_key);
    when 'canary_report' then
      v_result := internal.report_canary(p_date, p_time, p_now);
    when 'measure_health' then
      v_result := public.measure_queries();
    when 'purge' then
      v_result := internal.purge(p_now);
  end case;
  -- Dispatch asks for the workers within a minute. Asking takes a lock that must be a transaction's last: here others may follow.
  return v_result;
end
$$;
comment on function internal.perform_slot(text, date, time, timestamptz) is
  'Does what a slot is for; {skipped: reason} when there is nothing that could be done.';
revoke execute on function internal.perform_slot(text, date, time, timestamptz) from public;
