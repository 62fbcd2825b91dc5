begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.use_bars(130);
create temporary table stored as select pg_temp.use_window(119) as a, pg_temp.use_window(129) as b;
create function pg_temp.valid(p_hash text default 'feedfacefeedface') returns integer[] language sql as $$
  select array_agg(w.window_id order by w.window_id)
  from public.vw_valid_windows w join public.symbols s on s.id = w.symbol_id
  where s.symbol = 'TEST' and w.horizon = '1D' and w.config_hash = p_hash
$$;
select is(pg_temp.valid(), array[119, 129], 'windows on the bars as they are stored');
select is(pg_temp.valid('cafecafecafecafe'), null, 'of one configuration');
-- A bar put in before them moves the ordinals.
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment, ingested_at)
select id, '1D', '2014-12-31Z', 1, 1, 1, 1, 'csv', 'file', 'raw', now() - interval '1 minute' from public.symbols where symbol = 'TEST';
select is(pg_temp.valid(), null, 'not when their ordinals mean other bars');

select * from finish();
rollback;
