begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.run_slot');
create function pg_temp.slot(p_date date, p_made_up boolean default false) returns text language sql as $$
  select internal.run_slot('canary_report', p_date, '08:00', internal.new_york_time(p_date, '08:01'), p_made_up)
$$;
select is(pg_temp.slot('2019-12-23'), 'done', 'a slot of a session');
select is(pg_temp.slot('2019-12-23', true), 'done', 'is not repeated');
select is(attempts::integer, 1, 'not even when it is made up for') from public.slot_runs;
select is(pg_temp.slot('2019-12-25'), 'skipped', 'on a holiday it is skipped');
alter function internal.report_canary(date, time, timestamptz) rename to report_canary_away;
select is(pg_temp.slot('2019-12-26'), 'failed', 'an error fails the slot and not the tick');
select results_eq('select slot_date, status, reason is null from public.slot_runs order by slot_date',
  $$ values ('2019-12-23'::date, 'done', true), ('2019-12-25', 'skipped', false), ('2019-12-26', 'failed', false) $$, 'each with its reason');

select * from finish();
rollback;
