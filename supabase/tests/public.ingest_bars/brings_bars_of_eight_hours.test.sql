begin;
\ir ../fixtures.psql
select plan(4);

create function pg_temp.upload(p_bars jsonb) returns jsonb language sql as $$
  select public.ingest_bars('TEST', '4h', 'csv', 'file', 'raw', p_bars)
$$;
select is(pg_temp.upload('[["2020-01-02T14:30Z", 1, 3, 1, 2, 5], ["2020-01-02T18:30Z", 2, 4, 2, 3, 6], ["2020-01-03T14:30Z", 3, 6, 3, 5, 7]]')
    -> 'derived' ->> 'stored', '1', 'half sessions bring those of eight hours');
select results_eq(
  $$ select b.bar_time, b.open, b.close from public.bars b join public.symbols s on s.id = b.symbol_id
     where s.symbol = 'TEST' and b.timeframe = '8h' $$,
  $$ values ('2020-01-03T14:30Z'::timestamptz, 2::double precision, 5::double precision) $$, 'from one afternoon through the next morning');
select is(horizons, array['1D', '4h', '8h'], 'and the horizons that are forecast from them') from public.symbols where symbol = 'TEST';
select throws_ok($$ select pg_temp.upload('[["2020-01-03T19:30Z", 1, 3, 1, 2, 5]]') $$, '23514', null, 'a half session begins at 09:30 or 13:30');

select * from finish();
rollback;
