begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.stage_length');
update public.settings set value = jsonb_set(value, '{limited, days}', '0.5') where name = 'rollout_stages';
select is(array[internal.stage_length('canary'), internal.stage_length('limited')], array[interval '168 hours', interval '12 hours'], 'days and parts of days');

select * from finish();
rollback;
