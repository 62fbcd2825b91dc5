begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.gap_message');
select is(internal.gap_message('SPY', '1D', '2025-11-28Z', 'XNYS'), 'SPY has no 1D bar of 2025-11-28, a session of XNYS', 'a day');
select is(internal.gap_message('SPY', '4h', '2025-11-28T14:30Z', 'XNYS'), 'SPY has no 4h bar of 2025-11-28 14:30 UTC, a session of XNYS', 'half a session');

select * from finish();
rollback;
