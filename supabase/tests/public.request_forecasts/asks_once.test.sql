begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_for_service_role('public.request_forecasts');
select pg_temp.use_ensemble();
select pg_temp.use_vault();
select pg_temp.use_bars(110);
select pg_temp.use_bars(110, 'OTHER');
create temporary table asked as select public.request_forecasts('{TEST, OTHER}', '1D', '00000000-0000-0000-0000-000000000001') as run_id;
select results_eq('select r.requested_via, r.requested_by, r.jobs_total, r.quota_used, r.status from public.runs r join asked a on a.run_id = r.id',
  $$ values ('http', '00000000-0000-0000-0000-000000000001'::uuid, 2, 2, 'queued') $$, 'a run for who asked, a job a symbol');
select results_eq($$ select payload ->> 'symbol', payload -> 'last_bar', priority::integer from public.jobs order by 1 $$,
  $$ values ('OTHER', '109'::jsonb, 40), ('TEST', '109', 40) $$, 'after what is scheduled and has a deadline');
select ok(cardinality(pg_temp.requests()) > 0, 'workers are asked for');
select is(public.request_forecasts('{OTHER, TEST}', '1D'), run_id, 'the same question on the same bars is the same run') from asked;
select pg_temp.is_refused($$ select public.request_forecasts('{TEST, NONE}', '1D') $$, 404, 'unknown_symbol', 'all or nothing');
select pg_temp.use_rollout();
create temporary table mixed as select public.request_forecasts('{TEST, OTHER}', '1D') as run_id;
select is(r.ensemble, null, 'a run of symbols that both serve has no ensemble') from public.runs r join mixed m on m.run_id = r.id;
select results_eq($$
    select j.payload ->> 'symbol', j.payload ->> 'ensemble', j.config_hash, j.run_id = m.run_id
    from mixed m join public.jobs j on j.run_id = m.run_id or j.id in (select x.job_id from public.joined_jobs x where x.run_id = m.run_id) order by 1 $$,
  $$ values ('OTHER', 'baseline', 'decafdecafdecaff', true), ('TEST', 'candidate', null, false) $$, 'its jobs have theirs; what is open it joins');

select * from finish();
rollback;
