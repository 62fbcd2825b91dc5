begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_internal('internal.note_window_validity');
-- Whatever happens to bars and windows, what is stored is what a count of the bars gives.
create view pg_temp.counted as
select m.id as metrics_id
from public.ensemble_validation_metrics m
join public.overfitting_tests o on o.metrics_id = m.id
where m.updated_at >= (
    select max(b.ingested_at) from public.bars b
    where b.symbol_id = m.symbol_id and b.timeframe = m.horizon and b.bar_time between o.first_bar_time and o.last_bar_time)
  and m.window_id = (
    select count(*) - 1 from public.bars b
    where b.symbol_id = m.symbol_id and b.timeframe = m.horizon and b.bar_time <= o.last_bar_time);
create function pg_temp.counts(p_valid integer, p_description text) returns text language sql as $$
  select is(format('%s: %s', cardinality(w.ids), w.ids), format('%s: %s', p_valid, array(select c.metrics_id from pg_temp.counted c order by 1)),
    p_description)
  from (select array(select v.metrics_id from public.vw_valid_windows v order by 1) as ids) w
$$;
create function pg_temp.put_in(p_time timestamptz, p_ago interval) returns void language sql as $$
  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment, ingested_at)
  select id, '1D', p_time, 1, 1, 1, 1, 'csv', 'file', 'raw', now() - p_ago from public.symbols where symbol = 'TEST'
$$;
select pg_temp.use_bars(170);
select pg_temp.use_window(n) from generate_series(119, 160) n;
select pg_temp.counts(42, 'all stand');
select pg_temp.restate_bar(30);
select pg_temp.counts(11, 'those over a restated bar do not');
select pg_temp.put_in('2015-01-10Z', '1 minute');
select pg_temp.counts(0, 'nor those after one that was put in');
delete from public.bars where bar_time = '2015-01-10Z';
select pg_temp.counts(11, 'until it is taken out');
select pg_temp.put_in('2016-01-02Z', '-1 minute');
select pg_temp.counts(11, 'one that was added at the end changes nothing');
delete from public.bars where bar_time >= pg_temp.bar_time(155);
select pg_temp.counts(5, 'one that was deleted at the end those that end with it');
delete from public.bars;
select pg_temp.counts(0, 'and without bars none stands');

select is_empty('select from public.window_validity v join public.ensemble_validation_metrics m on m.id = v.metrics_id where v.divergence <> m.divergence',
  'each has its window''s divergence');

select * from finish();
rollback;
