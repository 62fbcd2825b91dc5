begin;
\ir ../fixtures.psql
select plan(8);

select is(pg_temp.access('public.read_bars'), 'authenticated service_role, search_path=""', 'users call it');
select pg_temp.use_bars(5);
create function pg_temp.closes(p_limit integer default 250, p_before timestamptz default null, p_symbol text default 'TEST', p_timeframe text default '1D')
returns double precision[] language sql as $$
  select array_agg(b.close) from public.read_bars(p_symbol, p_timeframe, p_before, p_limit) b
$$;
select is(pg_temp.closes(), '{104, 103, 102, 101, 100}', 'newest first');
select is(pg_temp.closes(2), '{104, 103}', 'as many as asked');
select is(pg_temp.closes(2, pg_temp.bar_time(3)), '{102, 101}', 'those before a bar: the next page');
select is(num_nulls(pg_temp.closes(p_symbol => 'NONE'), pg_temp.closes(p_timeframe => '4h')), 2, 'none where there are none');
select pg_temp.is_refused(format('select * from public.read_bars(''TEST'', p_limit => %s)', given), 400, 'invalid_limit', format('a limit of %s', given))
from unnest(array['0', '1001', 'null']) given;

select * from finish();
rollback;
