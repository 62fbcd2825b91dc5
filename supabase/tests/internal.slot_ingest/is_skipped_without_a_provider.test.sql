begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_ingest');
select matches(internal.slot_ingest('2019-12-23', '08:00', '2019-12-23 13:00Z') ->> 'skipped', 'csv', 'with market_data csv nobody can be asked for bars');

select * from finish();
rollback;
