-- How far did validation and test part company, day by day (New York) and by ensemble? The last 30 days; divergences in percent.
select day, ensemble, symbols, windows, round((100 * mean_divergence)::numeric, 1) as mean_percent,
  round((100 * largest_divergence)::numeric, 1) as largest_percent, largest_divergence_of, above_warning, above_overfitting, above_critical,
  overfitting_windows, implausible_windows, alerts_opened
from public.vw_daily_divergence
where day > (now() at time zone 'America/New_York')::date - 30
order by day desc, ensemble;
