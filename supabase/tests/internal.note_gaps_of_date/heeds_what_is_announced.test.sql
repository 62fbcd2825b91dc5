begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.note_gaps_of_date');
create function pg_temp.gaps() returns date[] language sql as $$
  select array_agg((g.bar_time at time zone 'UTC')::date order by g.bar_time) from public.bar_gaps g
  join public.symbols s on s.id = g.symbol_id where s.symbol = 'TEST' and g.bar_time >= '2015-03-10Z'
$$;
select pg_temp.use_bars(60);
delete from public.bars b using public.symbols s where s.id = b.symbol_id and s.symbol = 'TEST' and b.bar_time = '2015-03-11Z';
select is(pg_temp.gaps(), '{2015-03-11}', 'a gap');
select public.announce_closure('2015-03-11', 'A storm');
select is(pg_temp.gaps(), null, 'which is none once a closure is announced');
select public.withdraw_closure('2015-03-11');
select is(pg_temp.gaps(), '{2015-03-11}', 'and is one again');

select * from finish();
rollback;
