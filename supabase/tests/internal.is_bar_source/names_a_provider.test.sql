begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.is_bar_source');
select is_empty($$
  select * from (values
    ('{"provider": "cboe"}'::jsonb, true), ('{"provider": "cboe", "first_date": "2010-01-04"}', true), ('{"provider": "cboe", "feed": "eod"}', false),
    ('{"provider": "tiingo", "adjustment": "raw"}', true), ('{"provider": "tiingo"}', false), ('{"provider": "csv"}', false),
    ('{"provider": "alpaca", "feed": "sip", "adjustment": "raw"}', true), ('{"provider": "cboe", "first_date": 2010}', false),
    ('{"provider": "cboe", "first_date": "2010-02-30"}', false), ('{}', false), ('"cboe"', false), ('[]', false)
  ) v(value, good)
  where internal.is_bar_source(v.value) is distinct from v.good $$, 'with what it needs, and nothing else');

select * from finish();
rollback;
