begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.settle_deliveries');
select internal.add_rollout_event(null, 'kill_switch_on', 'Ada', i::text) from generate_series(1, 6) i;
update public.alert_deliveries set status = 'sent', attempts = 1, sent_at = now() - interval '1 minute', net_request_id = -id;
update public.alert_deliveries set sent_at = now() - interval '1 hour' where id = (select max(id) from public.alert_deliveries);
insert into net._http_response (id, status_code, error_msg, timed_out, created)
select a.net_request_id, r.status, r.error, r.timed_out, now()
from (values (1, 200, null, false), (2, 503, null, false), (3, 404, null, false), (4, null, 'Couldn''t connect to server', false),
  (5, null, 'Timeout was reached', true)) r(n, status, error, timed_out)
join (select net_request_id, row_number() over (order by id) as n from public.alert_deliveries) a on a.n = r.n;
select internal.settle_deliveries(now());
select results_eq('select status from public.alert_deliveries order by id',
  $$ values ('delivered'), ('waiting'), ('failed'), ('waiting'), ('unknown'), ('unknown') $$,
  'delivered; again after 5xx and no connection; failed at 4xx; unknown where it may have arrived');
select ok(bool_and(next_attempt_at > now()), 'not at once again') from public.alert_deliveries where status = 'waiting';

select * from finish();
rollback;
