begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.add_outcomes');
select pg_temp.use_bars(40);
select internal.store_forecast(null, null, pg_temp.forecast(i)) from generate_series(0, 39) i;
select internal.score_outcomes();
create temporary table outcomes as
select array_agg(o order by f.data_cutoff desc) as latest_first from public.forecast_outcomes o join public.forecasts f on f.id = o.forecast_id;
select results_eq('select latest, n from public.outcome_sums order by latest', 'values (0, 39), (30, 30), (250, 39)', 'the latest 30 are summed apart');
select internal.add_outcomes(latest_first[1:1], latest_first[1:1]) from outcomes;
select results_eq('select s.latest, s.n, s.crps from public.outcome_sums s order by s.latest', $$
  select w.latest, count(*)::integer, sum(o.crps::numeric)
  from (select row_number() over (order by o.outcome_time desc) as age, o.crps from public.forecast_outcomes o) o
  join (values (0), (30), (250)) w(latest) on w.latest = 0 or o.age <= w.latest group by w.latest order by w.latest $$,
  'what goes out as it came in changes nothing');
delete from public.forecast_outcomes where outcome_time = (select max(outcome_time) from public.forecast_outcomes);
select results_eq('select s.latest, s.n, s.first_outcome_time, s.last_outcome_time from public.outcome_sums s order by s.latest', $$
  values (0, 38, pg_temp.bar_time(1), pg_temp.bar_time(38)), (30, 30, pg_temp.bar_time(9), pg_temp.bar_time(38)),
    (250, 38, pg_temp.bar_time(1), pg_temp.bar_time(38)) $$, 'and an older one comes back for the last that goes');

select * from finish();
rollback;
