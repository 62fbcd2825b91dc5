create or replace function internal.notice_forecasts(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_forecast record;
  v_missing text[] := '{}';
begin
  for v_forecast in
    select to_jsonb(f) - 'forecasts' as figures, f.ensemble, f.deadline, w.kind, w.subject
    from internal.expected_forecasts(p_rollout.id, greatest(p_rollout.stage_started_at, p_since), p_now) f
    cross join lateral (
      select case f.state when 'bar_missing' then 'bars_missing' else f.state end as kind,
        internal.forecast_subject(f.symbol, f.horizon, case when f.state = 'forecast_missing' then f.ensemble end, f.session_date,
          f.data_cutoff) as subject
    ) w
    where (f.state = 'forecast_missing' or (f.state = 'bar_missing' and f.ensemble = 'candidate'))
      and not exists (
        select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, w.kind, w.subject))
    order by f.deadline, f.symbol, f.horizon, f.ensemble
  loop
    if v_forecast.kind = 'bars_missing' then
      -- Neither ensemble could forecast from it: nothing that a rollback would mend.
      perform internal.add_rollout_event(p_rollout.id, v_forecast.kind, 'automatic', format('the bar of %s had not come by %s',
        v_forecast.subject, internal.utc_text(v_forecast.deadline)), v_forecast.figures - 'ensemble', v_forecast.subject);
    elsif internal.add_rollout_event(p_rollout.id, v_forecast.kind, 'automatic', format('%s was not there by %s', v_forecast.subject,
        internal.utc_text(v_forecast.deadline)), v_forecast.figures, v_forecast.subject) is not null
      and v_forecast.ensemble = 'candidate' then
      v_missing := v_missing || v_forecast.subject;
    end if;
  end loop;
  if cardinality(v_missing) = 0 then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('trigger', 'missing_forecasts', 'subject', null,
    'figures', jsonb_build_object('missing', to_jsonb(v_missing)),
    'sentence', format('%s: %s.', case cardinality(v_missing) when 1 then 'a forecast of the candidate is missing'
      else cardinality(v_missing) || ' forecasts of the candidate are missing' end, array_to_string(v_missing, ', '))));
end
$$;
comment on function internal.notice_forecasts(public.rollouts, timestamptz, timestamptz) is
  'Records forecasts and bars of the stage that are missing past a deadline after p_since, each once (forecast_missing, '
  'bars_missing), and returns the trigger missing_forecasts when there are new ones of the candidate; else [].';
revoke execute on function internal.notice_forecasts(public.rollouts, timestamptz, timestamptz) from public;
