begin;
\ir ../fixtures.psql
select plan(9);

select pg_temp.is_internal('internal.begin_job_anew');
select pg_temp.use_ensemble();
select pg_temp.use_bars(3);
select pg_temp.use_run('forecast', 1);
create temporary table claimed as select public.claim_job('{forecast}', '1') as job;
create function pg_temp.complete() returns void language sql as $$
  select public.complete_job((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid,
    jsonb_build_object('artifact', pg_temp.artifact(2), 'forecast', pg_temp.forecast(2)))
  from claimed
$$;
select is((select bars_restated_at from public.jobs), now() - interval '1 minute', 'a claim notes of which bars it is');
select public.save_step((job ->> 'id')::bigint, (job ->> 'lease_token')::uuid, '{"half": "done"}', 0.5) from claimed;
update claimed set job = public.claim_job('{forecast}', '1');
update public.bars set close = close + 0.5 where bar_time = pg_temp.bar_time(1);
select pg_temp.complete();
select is_empty('select from public.forecasts union all select from public.artifacts', 'of bars that were restated since nothing is stored');
select results_eq('select status, attempts::integer, progress, lease_until from public.jobs',
  $$ values ('queued', 0, 0::double precision, null::timestamptz) $$, 'the job waits again');
select is_empty('select from public.job_checkpoints', 'from its beginning');
delete from public.bars where bar_time = '2015-01-05Z';
update public.jobs set payload = payload || '{"last_bar": 2}';
update claimed set job = public.claim_job('{forecast}', '1');
select is((select job -> 'payload' ->> 'last_bar' from claimed), '1', 'from the last bar that there is');
insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, provider, feed, adjustment)
select (pg_temp.use_symbol()).id, '1D', '2015-01-05Z', 1, 1, 1, 1, 'csv', 'file', 'raw';
select pg_temp.complete();
select is((select status from public.jobs), 'succeeded', 'bars that were added since are nothing to it');
select is((select count(*)::integer from public.forecasts), 1, 'its forecast is stored');
update public.jobs set bars_restated_at = null;
select is(internal.begin_job_anew(j), false, 'a job without bars is of none') from public.jobs j;

select * from finish();
rollback;
