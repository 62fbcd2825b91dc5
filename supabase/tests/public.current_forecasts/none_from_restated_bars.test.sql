begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.use_ensemble();
select public.seed_ensemble('baseline', '{"seed": 2}', 'decafdecafdecaff');
select pg_temp.use_bars(5);
create function pg_temp.issue(p_ordinal integer, p_ensemble text, p_close integer) returns void language plpgsql as $$
declare
  v_id bigint := internal.store_forecast(null, null, pg_temp.forecast(p_ordinal) || jsonb_build_object('ensemble', p_ensemble, 'last_close', p_close,
    'config_hash', case p_ensemble when 'candidate' then 'feedfacefeedface' else 'decafdecafdecaff' end));
begin
  update public.forecasts set issued_at = clock_timestamp() where id = v_id;
end
$$;
create function pg_temp.current() returns text language sql as $$
  select string_agg(format('%s %s', c.ensemble, c.last_close), ', ') from public.current_forecasts c where c.symbol = 'TEST'
$$;
select pg_temp.issue(3, 'candidate', 611), pg_temp.issue(3, 'baseline', 611);
select is(pg_temp.current(), 'candidate 611', 'the latest one');
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
select (pg_temp.use_symbol()).id, '1D', t, 1, 1, 1, 1, 'csv', 'file', 'raw' from unnest('{2014-12-31Z, 2015-01-12Z}'::timestamptz[]) t;
select is(pg_temp.current(), 'candidate 611', 'bars that are added leave it current');
update public.bars b set open = b.open / 2, high = b.high / 2, low = b.low / 2, close = b.close / 2;
select is(pg_temp.current(), null, 'one that was made before a split is of another scale');
select pg_temp.issue(6, 'candidate', 305);
select is(pg_temp.current(), 'candidate 305', 'until there is one from the new bars');
update public.ensembles set active = false where ensemble = 'candidate';
select is(pg_temp.current(), null, 'nor does the one of before come back with the baseline');
select is((select count(*)::integer from public.forecasts), 3, 'though it stays stored');
update public.ensembles set active = true;
-- The series ends earlier than the last forecast began.
delete from public.bars where bar_time >= '2015-01-12Z';
select is(pg_temp.current(), null, 'nor one from a bar that is gone');
select pg_temp.issue(5, 'candidate', 306);
select is(pg_temp.current(), 'candidate 306', 'but the one from the last that there is');

select * from finish();
rollback;
