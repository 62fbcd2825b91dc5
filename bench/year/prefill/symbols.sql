-- The registry and the settings.
update public.symbols set active = false;
insert into public.symbols (symbol, name, stage, horizons, created_at)
select 'Y' || lpad(i::text, 5, '0'), format('Simulated %s', i), case when i <= 3 then 'canary' when i <= 13 then 'limited' else 'full' end,
  (select array_agg(z.horizon order by z.horizon) from simulated.size z), p.at - interval '10 years'
from simulated.plan p cross join generate_series(1, p.symbols) i;
insert into simulated.subject
select substr(s.symbol, 2)::integer, s.id, s.symbol from public.symbols s where s.active;

update public.settings set value = '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}' where name = 'market_data';
update public.schedule_slots set active_since = (select min(s.close) from simulated.session s where s.place >= 0);
