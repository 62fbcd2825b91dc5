-- The registry, the ensembles and the settings.
update public.symbols set active = false;
insert into public.symbols (symbol, name, stage, horizons, created_at)
select 'Y' || lpad(i::text, 5, '0'), format('Simulated %s', i), case when i <= 3 then 'canary' when i <= 13 then 'limited' else 'full' end,
  (select array_agg(z.horizon order by z.horizon) from simulated.size z), p.at - interval '10 years'
from simulated.plan p cross join generate_series(1, p.symbols) i;
insert into simulated.subject
select substr(s.symbol, 2)::integer, s.id, s.symbol from public.symbols s where s.active;

insert into public.ensembles (ensemble, configuration, config_hash)
select e.ensemble, e.configuration, e.config_hash
from jsonb_to_recordset($plan$ENSEMBLES$plan$) as e(ensemble text, configuration jsonb, config_hash text)
on conflict (ensemble) do update set configuration = excluded.configuration, config_hash = excluded.config_hash, active = true;

update public.settings set value = '{"provider": "alpaca", "feed": "iex", "adjustment": "all"}' where name = 'market_data';
update public.schedule_slots set active_since = (select min(s.close) from simulated.session s where s.place >= 0);
