begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.forecast_subject');
select is(internal.forecast_subject('TEST', '1D', 'candidate', '2026-11-20', '2026-11-20'), 'TEST 1D candidate 2026-11-20', 'a day''s');
select is(internal.forecast_subject('TEST', '4h', 'baseline', '2026-11-20', '2026-11-20 18:30Z'), 'TEST 4h baseline 2026-11-20 13:30', 'a session has two of 4h');
select is(internal.forecast_subject('TEST', '1D', null, '2026-11-20', '2026-11-20'), 'TEST 1D 2026-11-20', 'a bar');

select * from finish();
rollback;
