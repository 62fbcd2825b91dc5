begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.large_divergences');
select pg_temp.use_bars(140);
select pg_temp.use_rollout();
create function pg_temp.found() returns jsonb language sql as $$ select internal.large_divergences(r) from public.rollouts r $$;
select pg_temp.use_window(119, 0.4);
select is(pg_temp.found() #>> '{0, subject}', 'TEST 1D', 'above the largest');
select pg_temp.use_window(139, 0.25);
select is(pg_temp.found(), '[]', 'the latest is at it');
select pg_temp.use_window(139, 0.2501);
select is(pg_temp.found() #>> '{0, figures, divergence}', '0.2501', 'just above');
update public.ensemble_validation_metrics set divergence = 0.1 where window_id = 139;
select is(pg_temp.found(), '[]', 'not when its row says so no more');
select pg_temp.restate_bar(130);
select is(pg_temp.found() #>> '{0, figures, window_id}', '119', 'the one before, where it stands no more');
update public.rollout_symbols set horizons = '{4h}';
select is(pg_temp.found(), '[]', 'only where the rollout has come to');

select * from finish();
rollback;
