begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.recount_gaps_of_days');
create function pg_temp.gaps(p_timeframe text default '1D') returns text[] language sql as $$
  select coalesce(array_agg(to_char(g.bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'MM-DD' else 'MM-DD HH24:MI' end) order by g.bar_time), '{}')
  from public.bar_gaps g join public.symbols s on s.id = g.symbol_id where s.symbol = 'TEST' and g.timeframe = p_timeframe
$$;
create function pg_temp.add(p_times text[], p_timeframe text default '1D') returns void language sql as $$
  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
  select (pg_temp.use_symbol()).id, p_timeframe, (t || 'Z')::timestamptz, 1, 1, 1, 1, 'csv', 'file', 'raw' from unnest(p_times) t
$$;
create function pg_temp.remove(p_times text[]) returns void language sql as $$
  delete from public.bars b using public.symbols s
  where s.id = b.symbol_id and s.symbol = 'TEST' and b.bar_time = any (array(select (t || 'Z')::timestamptz from unnest(p_times) t))
$$;
select pg_temp.add('{2015-01-12, 2015-01-16}');
select pg_temp.add('{"2015-01-12 14:30", "2015-01-13 18:30"}', '4h');
delete from public.bar_gaps;
select internal.recount_gaps_of_days('[{"calendar": "XNYS", "date": "2015-01-14"}, {"calendar": "weekdays", "date": "2015-01-15"}]');
select is(pg_temp.gaps(), '{01-14}', 'of the symbols of that calendar');

select * from finish();
rollback;
