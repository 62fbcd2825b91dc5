begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.trigger_subject');
create function pg_temp.subject(p_trigger jsonb) returns text language sql as $$ select internal.trigger_subject('canary', p_trigger) $$;
select is(pg_temp.subject('{"trigger": "divergence", "subject": "TEST 1D", "figures": {"window_id": 139}}'), 'canary divergence TEST 1D 139',
  'a window above the largest');
select is(pg_temp.subject('{"trigger": "rmse_worse", "subject": "1D", "figures": {"ratio": 1.2}}'), 'canary rmse_worse 1D', 'a score');
select is(pg_temp.subject('{"trigger": "alert_storm", "subject": null, "figures": {"until": "2026-07-14T23:59:00Z"}}'),
  'canary alert_storm 2026-07-14', 'the storm of a day in UTC');
select is(pg_temp.subject('{"trigger": "missing_forecasts", "subject": null, "figures": {}}'), null, 'missing forecasts each time');

select * from finish();
rollback;
