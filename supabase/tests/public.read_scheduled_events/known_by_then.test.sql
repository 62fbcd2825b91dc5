begin;
\ir ../fixtures.psql
select plan(5);
select pg_temp.use_symbol();

insert into public.symbols (symbol) values ('OTHER'), ('THIRD');
insert into public.scheduled_events (symbol, event_date, kind, time_of_day, known_at) values
  ('TEST', '2020-07-30', 'earnings', 'after', '2020-07-01 20:15:00.25Z'), ('TEST', '2020-04-30', 'split', null, null),
  ('TEST', '2020-04-30', 'earnings', null, null), ('OTHER', '2020-05-05', 'earnings', 'before', null), ('THIRD', '2020-05-05', 'earnings', null, null);

select pg_temp.is_for_service_role('public.read_scheduled_events');
select is(public.read_scheduled_events(array['TEST', 'OTHER', 'NONE'], '2020-04-30', '2020-07-30', '2020-07-01 20:15:01Z'),
  '{"TEST": [{"date": "2020-04-30", "kind": "earnings", "time": null, "known_at": null}, {"date": "2020-04-30", "kind": "split", "time": null, "known_at": null},
    {"date": "2020-07-30", "kind": "earnings", "time": "after", "known_at": "2020-07-01T20:15:01Z"}],
    "OTHER": [{"date": "2020-05-05", "kind": "earnings", "time": "before", "known_at": null}]}', 'by symbol and date, to the second after it was known');
select is(jsonb_array_length(public.read_scheduled_events(array['TEST'], '2020-04-30', '2020-07-30', '2020-07-01 20:15Z') -> 'TEST'), 2, 'what was known by then');
select is(public.read_scheduled_events(array['TEST'], '2020-05-01', '2020-07-29', '2021-01-01'), '{}', 'within the dates');
select is(public.read_scheduled_events('{}', '2020-05-01', '2020-07-29', '2021-01-01'), '{}', 'of no symbol, none');

select * from finish();
rollback;
