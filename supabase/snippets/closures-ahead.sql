-- Days within a year on which New York does not trade, or closes at 13:00.
select session_date, to_char(session_date, 'Dy') as day, kind, reason, source, announced_at
from public.calendar_exceptions
where session_date between current_date and current_date + 365
order by session_date;
