create or replace function public.canary_report(p_report_id bigint default null) returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.canary_reports;
begin
  if p_report_id is null then
    v := internal.compose_report((now() at time zone 'America/New_York')::date, (now() at time zone 'America/New_York')::time, now());
  else
    select r.* into v from public.canary_reports r where r.id = p_report_id;
    if v.id is null then
      perform internal.refuse(404, 'no_report', format('There is no report %s', p_report_id));
    end if;
  end if;
  return jsonb_build_object(
    'report', to_jsonb(v),
    'evaluation', (
      select internal.evaluation_figures(e) from public.rollout_evaluations e where e.id = v.evaluation_id),
    'events', (
      select coalesce(jsonb_agg(to_jsonb(e) order by e.id), '[]')
      from (
        select x.id, x.happened_at, x.kind, x.subject, x.actor, x.reason
        from public.rollout_events x
        where x.happened_at > v.since and x.happened_at <= v.issued_at + interval '10 minutes'
        order by x.id desc
        limit 50
      ) e));
end
$$;
comment on function public.canary_report(bigint) is
  'A report with what it stands on, for whoever shows it: {report (its row of canary_reports), evaluation (its figures, or null), events (the '
  'last 50 of the canary log since the report before)}. Without an id, or with null: as it would be written now; nothing is stored. Raises '
  'no_report.';
revoke execute on function public.canary_report(bigint) from public, anon, authenticated;
grant execute on function public.canary_report(bigint) to service_role;
