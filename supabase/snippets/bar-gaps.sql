-- The bars that are missing. 100 rows; what was noticed last comes first.
select s.symbol, s.calendar, g.timeframe, g.bar_time, g.reason, g.message, g.noticed_at
from public.bar_gaps g
join public.symbols s on s.id = g.symbol_id
order by g.noticed_at desc, s.symbol, g.bar_time
limit 100;
