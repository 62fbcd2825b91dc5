begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.deliver_alerts');
select internal.add_rollout_event(null, 'kill_switch_on', 'Ada', 'why');
select is(internal.deliver_alerts(), '{"sent": 0, "skipped": 1}', 'without an address nothing is sent, now or later');
select vault.create_secret('https://hooks.example.test/x', 'alert_webhook_url');
select is(internal.deliver_alerts(), '{"sent": 0}', 'not even when there is one');
select internal.add_rollout_event(null, 'kill_switch_off', 'Ada', 'why');
select is(internal.deliver_alerts(), '{"sent": 1}', 'what comes later is sent');
select is(internal.deliver_alerts(), '{"sent": 0}', 'once');
select results_eq($$ select url, convert_from(body, 'UTF8')::jsonb, timeout_milliseconds from net.http_request_queue $$,
  $$ values ('https://hooks.example.test/x', '{"text": "Forecasts: kill switch off, by Ada. why"}'::jsonb, 10000) $$, 'as Slack takes it');

select * from finish();
rollback;
