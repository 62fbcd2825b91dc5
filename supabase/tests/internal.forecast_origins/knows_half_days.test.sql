begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.forecast_origins');
select results_eq($$ select horizon, data_cutoff, ends_at from internal.forecast_origins('2026-11-25', '2026-11-27') order by data_cutoff, horizon $$,
  $$ values ('1D', '2026-11-25 00:00Z'::timestamptz, '2026-11-25 21:00Z'::timestamptz), ('4h', '2026-11-25 14:30Z', '2026-11-25 18:30Z'),
    ('8h', '2026-11-25 14:30Z', '2026-11-25 18:30Z'), ('4h', '2026-11-25 18:30Z', '2026-11-25 21:00Z'),
    ('1D', '2026-11-27 00:00Z', '2026-11-27 18:00Z'), ('4h', '2026-11-27 14:30Z', '2026-11-27 18:00Z') $$,
  'two halves a session, one on a half day, none on Thanksgiving');

select * from finish();
rollback;
