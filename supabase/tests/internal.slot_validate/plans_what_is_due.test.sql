begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.slot_validate');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
select is(internal.slot_validate('2019-12-23', '08:00', '2019-12-23 13:00Z'), '{"windows": 2}', 'nothing was validated yet');

select * from finish();
rollback;
