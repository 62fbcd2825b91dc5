begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.tick_retention');
select ok(internal.tick_retention('2019-12-23 13:00Z') ?& array['runs', 'cron_ticks', 'worker_requests'], 'by kind');

select * from finish();
rollback;
