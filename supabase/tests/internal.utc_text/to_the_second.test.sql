begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.utc_text');
select is(internal.utc_text('2026-11-23 12:00:01.9+01'), '2026-11-23 11:00:01 UTC', 'in UTC');

select * from finish();
rollback;
