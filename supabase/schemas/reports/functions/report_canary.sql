create or replace function internal.report_canary(p_date date, p_time time, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v public.canary_reports;
begin
  select r.* into v from public.canary_reports r where (r.report_date, r.report_time) = (p_date, p_time);
  if v.id is not null then
    return jsonb_build_object('report', v.id, 'status', v.status, 'repeated', true);
  end if;
  v := internal.compose_report(p_date, p_time, p_now);
  insert into public.canary_reports (
    report_date, report_time, issued_at, since, status, symbols, session_date, forecasts_expected, forecasts_there, forecasts_missing,
    symbols_without_bars, alerts_open, alerts, jobs_dead, runs_failed, outcomes_scored, windows_known, largest_divergence,
    largest_divergence_of, lines, rollout_id, rollout_stage, rollout_running, evaluation_id, verdict, evidence_at, errors_open, incidents,
    is_summary, decision)
  values (
    v.report_date, v.report_time, v.issued_at, v.since, v.status, v.symbols, v.session_date, v.forecasts_expected, v.forecasts_there,
    v.forecasts_missing, v.symbols_without_bars, v.alerts_open, v.alerts, v.jobs_dead, v.runs_failed, v.outcomes_scored, v.windows_known,
    v.largest_divergence, v.largest_divergence_of, v.lines, v.rollout_id, v.rollout_stage, v.rollout_running, v.evaluation_id, v.verdict,
    v.evidence_at, v.errors_open, v.incidents, v.is_summary, v.decision)
  returning id into v.id;
  return jsonb_build_object('report', v.id, 'status', v.status) || case
    when v.is_summary then jsonb_build_object('decision', v.decision) else '{}' end;
end
$$;
comment on function internal.report_canary(date, time, timestamptz) is
  'Writes the canary''s report of a date and time in New York, once, from the rows as they are now; returns its id and status, and the '
  'decision of a summary.';
revoke execute on function internal.report_canary(date, time, timestamptz) from public;
