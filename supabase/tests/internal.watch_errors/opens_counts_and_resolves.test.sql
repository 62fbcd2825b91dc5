begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.watch_errors');
select is(internal.watch_errors() ->> 'opened', '0', 'nothing went wrong');
select public.record_error('forecast', 'internal_error', 'x') from generate_series(1, 3);
select is(internal.watch_errors(), '{"opened": 1, "seen_again": 0, "resolved": 0}', 'one alert for the three');
select is(internal.watch_errors(), '{"opened": 0, "seen_again": 0, "resolved": 0}', 'looking again counts nothing twice');
select is(internal.watch_errors(now() + interval '1 day'), '{"opened": 0, "seen_again": 0, "resolved": 1}', 'resolved a day after the last');
select results_eq('select occurrences, resolution like ''none for 24 hours; the last of 3 was at %'' from public.error_alerts',
  'values (3, true)', 'and it says so');

select * from finish();
rollback;
