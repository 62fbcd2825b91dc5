-- Days within a year on which an exchange whose calendar is in use does not trade, or closes early.
select e.calendar, e.session_date, to_char(e.session_date, 'Dy') as day, e.kind, e.reason, e.source, e.announced_at
from public.calendar_exceptions e
where e.session_date between current_date and current_date + 365
  and (e.calendar = 'XNYS' or exists (select from public.symbols s where s.active and s.calendar = e.calendar))
order by e.session_date, e.calendar;
