-- The forecasts that should be there by now. 100 rows; what is missing comes first.
select symbol, stage, horizon, ensemble, session_date, state, newest_bar, issued_at
from public.vw_forecast_presence
order by state = 'there', state, symbol, horizon, ensemble
limit 100;
