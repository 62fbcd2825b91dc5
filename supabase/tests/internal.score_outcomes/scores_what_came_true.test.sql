begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.score_outcomes');
select pg_temp.use_bars(3);
create temporary table stored as select internal.store_forecast(null, null, pg_temp.forecast(2)) as id;
create function pg_temp.scored() returns bigint language sql as $$
  select internal.score_outcomes();
  select count(*) from public.forecast_outcomes o join stored s on s.id = o.forecast_id
$$;
select is(pg_temp.scored(), 0::bigint, 'nothing before the bar is there');

insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
select b.symbol_id, '1D', '2015-01-08Z', 102, 104, 101, 103, 'csv', 'file', 'raw'
from public.bars b where b.bar_time = pg_temp.bar_time(2) and b.symbol_id = (select id from public.symbols where symbol = 'TEST');
select is(pg_temp.scored(), 1::bigint, 'then the forecast is scored');
select results_eq(
  'select outcome_time, outcome_close, is_target_session, round(realised_return::numeric, 12), round(error::numeric, 12), covered_50, covered_80,
     direction_correct from public.forecast_outcomes o join stored s on s.id = o.forecast_id',
  $$ values ('2015-01-08Z'::timestamptz, 103::double precision, true, round(ln(103.0 / 102), 12), round(-ln(103.0 / 102), 12), true, true, null::boolean) $$,
  'by the return from the bar it was made from to the next');
select results_eq(
  'select o.crps, o.log_score, o.pit from public.forecast_outcomes o join stored s on s.id = o.forecast_id',
  $$ select internal.crps(q, r), internal.log_score(q, r), internal.pit(q, r)
     from pg_temp.quantiles() q, (select realised_return as r from public.forecast_outcomes o join stored s on s.id = o.forecast_id) o $$,
  'with the scores of its distribution');

update public.forecast_outcomes set scored_at = now() - interval '1 day';
select is(internal.score_outcomes(), 0, 'repeating it changes nothing');
select pg_temp.restate_bar(3);
select is(internal.score_outcomes(), 1, 'a restated bar scores it anew');
delete from public.bars where bar_time = '2015-01-08Z' and symbol_id = (select id from public.symbols where symbol = 'TEST');
select is(pg_temp.scored(), 0::bigint, 'an outcome whose bar is gone goes with it');

select * from finish();
rollback;
