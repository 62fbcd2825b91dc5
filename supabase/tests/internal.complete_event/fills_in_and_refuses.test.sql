begin;
\ir ../fixtures.psql
select plan(22);
select pg_temp.use_symbol();

create function pg_temp.today() returns date language sql as $$ select (now() at time zone 'America/New_York')::date $$;
create function pg_temp.known(p_date date) returns timestamptz language sql as $$
  select e.known_at from public.scheduled_events e where e.event_date = p_date
$$;

select pg_temp.is_internal('internal.complete_event');
insert into public.scheduled_events (symbol, event_date) values ('test', '2020-04-30'), ('TEST', pg_temp.today()), ('TEST', pg_temp.today() + 90);
select results_eq($$ select e.symbol_id, e.symbol, e.kind, e.time_of_day from public.scheduled_events e where e.event_date = '2020-04-30' $$,
  $$ select s.id, 'TEST', 'earnings', null::text from public.symbols s where s.symbol = 'TEST' $$, 'symbol and date are enough');
select is(pg_temp.known('2020-04-30'), null, 'history of which nobody wrote down since when it was known');
select is(pg_temp.known(pg_temp.today()), now(), 'an event of today is known since it was stored');
select is(pg_temp.known(pg_temp.today() + 90), now(), 'and one that is to come');
insert into public.scheduled_events (symbol, event_date, kind, time_of_day, known_at, source)
values ('TEST', pg_temp.today() + 9, ' Split ', '', now() - interval '9 days', '');
select results_eq($$ select e.kind, e.time_of_day, e.known_at, e.source from public.scheduled_events e where e.event_date = pg_temp.today() + 9 $$,
  $$ select 'split', null::text, now() - interval '9 days', null::text $$, 'empty texts are nothing, and what is said stands');

update public.scheduled_events set event_date = pg_temp.today() + 10 where kind = 'split';
select is(pg_temp.known(pg_temp.today() + 10), now(), 'a date that is moved is known since then');
update public.scheduled_events set event_date = pg_temp.today() + 11, known_at = now() - interval '1 day' where kind = 'split';
select is(pg_temp.known(pg_temp.today() + 11), now() - interval '1 day', 'unless it is said otherwise');
update public.scheduled_events set time_of_day = 'after' where kind = 'split';
select is(pg_temp.known(pg_temp.today() + 11), now() - interval '1 day', 'another time of day moves nothing');
update public.symbols set symbol = 'RENAMED' where symbol = 'TEST';
select is(string_agg(distinct e.symbol, ' '), 'RENAMED', 'a renamed symbol keeps its events') from public.scheduled_events e;
select is(pg_temp.known(pg_temp.today() + 11), now() - interval '1 day', 'as they were');

create function pg_temp.refused(p_values text, p_status integer, p_code text, p_description text) returns text language sql as $$
  select pg_temp.is_refused(format('insert into public.scheduled_events (symbol, event_date, kind, time_of_day, known_at, source) values (%s)', p_values),
    p_status, p_code, p_description)
$$;
select pg_temp.refused($$ 'TEST', '2020-04-30', null, null, null, null $$, 404, 'unknown_symbol', 'a symbol that is not there');
select pg_temp.refused($$ 'RENAMED', null, null, null, null, null $$, 400, 'invalid_date', 'no date');
select pg_temp.refused($$ 'RENAMED', '1720-04-30', null, null, null, null $$, 400, 'invalid_date', 'a date of long ago');
select pg_temp.refused($$ 'RENAMED', pg_temp.today() + 800, null, null, null, null $$, 400, 'invalid_date', 'a date far ahead');
select pg_temp.refused($$ 'RENAMED', '2020-04-30', '10-Q', null, null, null $$, 400, 'invalid_kind', 'a kind that is no word');
select pg_temp.refused($$ 'RENAMED', '2020-04-30', null, 'noon', null, null $$, 400, 'invalid_event_time', 'another time of day');
select pg_temp.refused($$ 'RENAMED', '2020-04-30', null, null, null, repeat('x', 101) $$, 400, 'invalid_source', 'a long source');
select pg_temp.refused($$ 'RENAMED', pg_temp.today() + 90, null, null, now() + interval '25 hours', null $$, 400, 'invalid_known_at', 'known in future');
select pg_temp.refused($$ 'RENAMED', '2020-05-01', null, null, '2020-05-02 04:00:01Z', null $$, 400, 'known_after_event', 'known after its date');
select pg_temp.refused($$ 'RENAMED', '2020-05-01', null, null, '-infinity', null $$, 400, 'known_after_event', 'known for ever');
select throws_ok($$ insert into public.scheduled_events (symbol, event_date) values ('RENAMED', '2020-04-30') $$, '23505', null, 'a date has one event of a kind');

select * from finish();
rollback;
