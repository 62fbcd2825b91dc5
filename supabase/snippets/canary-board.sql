-- How does the latest rollout stand, symbol by symbol and horizon by horizon?
select *
from public.vw_canary_board
order by symbol, horizon;
