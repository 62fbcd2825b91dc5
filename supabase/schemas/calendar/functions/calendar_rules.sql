create or replace function internal.calendar_rules(p_calendar text) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('name', c.name, 'rule', c.rule, 'time_zone', c.time_zone, 'close', to_char(c.close_time, 'HH24:MI'),
    'half_day_close', to_char(c.half_day_close, 'HH24:MI'), 'known_from', c.known_from, 'known_until', c.known_until,
    'exceptions', (
      select coalesce(jsonb_agg(jsonb_build_array(x.session_date, x.kind) order by x.session_date), '[]')
      from (
        select e.session_date, case when bool_or(e.kind = 'closed') then 'closed' else 'half_day' end as kind
        from public.calendar_exceptions e
        -- What is code there is code where this is read.
        where e.calendar = c.name and e.source <> 'rules'
        group by e.session_date
      ) x))
  from public.calendars c where c.name = p_calendar
$$;
comment on function internal.calendar_rules(text) is
  'A calendar as TypeScript has it: {name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions: [[date, kind], ...]}, times as HH:MM; '
  'of New York only the exceptions that operators announced: the others are code. Null for one that is not there.';
revoke execute on function internal.calendar_rules(text) from public;
