create or replace function public.report_now() returns setof text
language sql stable security definer set search_path = ''
as $$
  -- Composed once, and not for each of its parts.
  with composed as materialized (
    select public.canary_report() as value
  ), document as (
    select d.value -> 'report' as report, d.value -> 'evaluation' as evaluation, d.value -> 'events' as events from composed d
  )
  select l.line
  from document d
  cross join lateral (
    select 1, 0, format('canary report of %s, %s New York: %s', d.report ->> 'report_date', left(d.report ->> 'report_time', 5),
      d.report ->> 'status')
    union all
    select 2, r.place, r.line from jsonb_array_elements_text(d.report -> 'lines') with ordinality r(line, place)
    union all
    select 3, c.place, format('%s: %s (n %s): %s', replace(c.value ->> 'criterion', '_', ' '), c.value ->> 'verdict', c.value ->> 'n',
      c.value ->> 'sentence')
    from jsonb_array_elements(d.evaluation -> 'criteria') with ordinality c(value, place)
    union all
    select 4, t.place, format('trigger %s: %s', replace(t.value ->> 'trigger', '_', ' '), t.value ->> 'sentence')
    from jsonb_array_elements(d.evaluation -> 'triggers') with ordinality t(value, place)
    union all
    select 5, e.place, format('%s: %s by %s: %s', internal.utc_text((e.value ->> 'happened_at')::timestamptz),
      concat_ws(' ', replace(e.value ->> 'kind', '_', ' '), e.value ->> 'subject'), e.value ->> 'actor', e.value ->> 'reason')
    from jsonb_array_elements(d.events) with ordinality e(value, place)
  ) l(part, place, line)
  order by l.part, l.place
$$;
comment on function public.report_now() is
  'The canary''s report as it would be written now, a line each for Studio: status, what was found, criterion by criterion, triggers, and the '
  'events since the report before. Works with every function down; nothing is stored.';
revoke execute on function public.report_now() from public, anon, authenticated;
grant execute on function public.report_now() to service_role;
