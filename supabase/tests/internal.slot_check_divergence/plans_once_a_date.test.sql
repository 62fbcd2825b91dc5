begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.slot_check_divergence');
update public.symbols set active = false;
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
select pg_temp.use_window(169);
select is(internal.slot_check_divergence('2019-12-23', '08:00', '2019-12-23 13:00Z'), '{"checks": 1}', 'of the windows that stand');
select is(internal.slot_check_divergence('2019-12-23', '09:00', '2019-12-23 14:00Z'), '{"checks": 0}', 'once a date');

select * from finish();
rollback;
