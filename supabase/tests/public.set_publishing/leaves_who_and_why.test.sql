begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_for_service_role('public.set_publishing');
select is(public.set_publishing('Ada', true, 'x'), '{"publishing": true, "changed": false, "event_id": null}', 'it is on already');
select is(public.set_publishing('Ada', false, 'wrong prices') ->> 'changed', 'true', 'off');
select is(internal.setting('publishing_enabled'), 'false', 'the setting');
select results_eq($$ select kind, actor, reason from public.rollout_events $$, $$ values ('kill_switch_on', 'Ada', 'wrong prices') $$, 'the event');
select pg_temp.is_refused($$ select public.set_publishing('Ada', null, 'x') $$, 400, 'invalid_setting', 'on or off');

select * from finish();
rollback;
