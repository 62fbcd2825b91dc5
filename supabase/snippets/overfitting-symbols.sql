-- Which symbols and horizons have overfitting windows among those validated in the last seven days? The worst first.
select symbol, horizon, overfitting_count, latest_validation_date, mean_divergence, max_divergence
from public.vw_overfitting_symbols
order by max_divergence desc, symbol, horizon;
