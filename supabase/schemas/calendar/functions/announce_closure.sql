create or replace function public.announce_closure(p_date date, p_reason text, p_kind text default 'closed', p_calendar text default 'XNYS')
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_closed text := internal.closed_because(p_date, p_calendar);
begin
  if p_kind is null or p_kind not in ('closed', 'half_day') then
    perform internal.refuse(400, 'unknown_kind', format('A closure is closed or half_day, not %s', p_kind));
  end if;
  if p_reason is null or btrim(p_reason) = '' then
    perform internal.refuse(400, 'no_reason', 'A closure needs its reason: it is what skipped slots will say');
  end if;
  if p_kind = 'half_day' and (select c.half_day_close from public.calendars c where c.name = p_calendar) is null then
    perform internal.refuse(409, 'no_half_days', format('The calendar %s has no half days: it does not say when one closes', p_calendar));
  end if;
  if v_closed is not null and not exists (
    select from public.calendar_exceptions e
    where e.calendar = p_calendar and e.session_date = p_date and e.source = 'operator' and e.kind = 'closed') then
    perform internal.refuse(409, 'no_session', format('%s is no session of %s: %s', p_date, p_calendar, v_closed));
  end if;
  insert into public.calendar_exceptions (calendar, session_date, kind, reason, source, announced_at)
  values (p_calendar, p_date, p_kind, btrim(p_reason), 'operator', now())
  on conflict (calendar, session_date, source) do update
    set kind = excluded.kind, reason = excluded.reason, announced_at = excluded.announced_at;
  return jsonb_build_object('calendar', p_calendar, 'date', p_date, 'kind', p_kind, 'reason', btrim(p_reason));
end
$$;
comment on function public.announce_closure(date, text, text, text) is
  'Adds a closure (or, with half_day, an early close) that an exchange announced to its calendar, with its reason; the schedule heeds it at once. '
  'Repeating it with another reason or kind corrects it. Raises unknown_kind, no_reason, no_half_days, no_session, unknown_calendar, calendar_ends.';
revoke execute on function public.announce_closure(date, text, text, text) from public, anon, authenticated;
grant execute on function public.announce_closure(date, text, text, text) to service_role;
