begin;
\ir ../fixtures.psql
select plan(15);

create function pg_temp.upload(p_bars jsonb, p_replace boolean default false) returns jsonb language sql as $$
  select public.ingest_bars('TEST', '1D', 'csv', 'file', null, p_bars, p_replace)
$$;
create function pg_temp.days(p_first integer, p_last integer, p_close double precision default 2) returns jsonb language sql as $$
  select jsonb_agg(jsonb_build_array('2020-01-01'::date + d, 1, 9, 1, p_close, null)) from generate_series(p_first, p_last) d
$$;
create function pg_temp.closes() returns double precision[] language sql as $$
  select array_agg(b.close order by b.bar_time) from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST'
$$;
select is(pg_temp.upload(pg_temp.days(1, 9)) - array['stored_at', 'first', 'last', 'symbol', 'timeframe', 'stored', 'inserted'],
  '{"given": 9, "changed": 0, "deleted": 0, "adjustment": "unknown"}', 'what a file does not say is not known');
select throws_ok($$ select pg_temp.upload(pg_temp.days(1, 1, 3) || pg_temp.days(9, 9)) $$, 'PT409',
  '1 of the bars differ from the stored ones of TEST 1D, so that the series is restated, but the upload lacks 7 of 9 stored bars (2020-01-03, '
  '2020-01-04, 2020-01-05, 2020-01-06, 2020-01-07 and 2 more, from 2020-01-03 to 2020-01-09). A restated series must hold every stored bar: send it whole, or '
  'send replace=true (plumbline ingest --replace) to delete the bars that it lacks', 'few bars over the whole span are refused');
select pg_temp.is_refused($$ select pg_temp.upload(pg_temp.days(8, 12, 3)) $$, 409, 'restated_history', 'the last bars alone, too');
select is(pg_temp.closes(), array_fill(2::double precision, array[9]), 'nothing of them is stored');
select is(pg_temp.upload(pg_temp.days(1, 1) || pg_temp.days(9, 10)) ->> 'inserted', '1', 'few bars that change nothing add theirs');
select is(pg_temp.upload(pg_temp.days(2, 3, 3), true) - array['stored_at', 'first', 'last', 'symbol', 'timeframe', 'adjustment'],
  '{"given": 2, "inserted": 0, "changed": 2, "deleted": 8, "stored": 2}', 'where it is meant the answer counts them');
select is(pg_temp.closes(), array[3, 3]::double precision[], 'and the upload is the series');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'all', pg_temp.days(2, 3, 3)) $$, 409, 'mixed_sources',
  'prices that are said to be adjusted are no piece of it');
select is(public.ingest_bars('TEST', '1D', 'csv', 'file', 'all', pg_temp.days(2, 3, 3), true) ->> 'adjustment', 'all', 'but may replace it');
select is(pg_temp.upload(pg_temp.days(4, 4)) ->> 'adjustment', 'all', 'bars that say nothing are added as what is there');
select is(pg_temp.upload(pg_temp.days(2, 4, 4)) - array['stored_at', 'first', 'last', 'symbol', 'timeframe', 'stored', 'inserted'],
  '{"given": 3, "changed": 3, "deleted": 0, "adjustment": "unknown"}', 'and are not taken to be so where they restate it');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', null, pg_temp.days(4, 4, 3), false, null, now() - interval '1 hour') $$,
  409, 'series_changed', 'what was checked against bars that are others by now');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', null, pg_temp.days(4, 4, 3), false, null, '-infinity') $$,
  409, 'series_changed', 'or against none, where there are some');
select pg_temp.is_refused($$ select public.ingest_bars('OTHER', '1D', 'csv', 'file', null, pg_temp.days(4, 4, 3), false, null, now()) $$,
  409, 'series_changed', 'or against some that are gone');
select is(public.ingest_bars('OTHER', '1D', 'csv', 'file', null, pg_temp.days(4, 4, 3), false, null, '-infinity') ->> 'stored', '1',
  'and is taken where there are none still');

select * from finish();
rollback;
