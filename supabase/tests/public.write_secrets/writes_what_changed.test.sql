begin;
\ir ../fixtures.psql
select plan(16);

select pg_temp.is_for_service_role('public.write_secrets');
create function pg_temp.stored() returns jsonb language sql as $$
  select jsonb_object_agg(s.name, s.decrypted_secret) from vault.decrypted_secrets s
$$;
select is(public.write_secrets('{"project_url": "https://a.supabase.co", "cron_secret_key": "sb_secret_1"}', 'Ada', true),
  '{"project_url": "created", "cron_secret_key": "created"}', 'a dry run says what it would do');
select is(pg_temp.stored(), null, 'and does nothing');
select is(public.write_secrets('{"project_url": "https://a.supabase.co", "cron_secret_key": "sb_secret_1"}', 'Ada'),
  '{"project_url": "created", "cron_secret_key": "created"}', 'what is not there is created');
select is(public.write_secrets('{"project_url": "https://a.supabase.co", "cron_secret_key": "sb_secret_2"}', ' Ada '),
  '{"project_url": "unchanged", "cron_secret_key": "updated"}', 'what changed is updated');
select is(pg_temp.stored(), '{"project_url": "https://a.supabase.co", "cron_secret_key": "sb_secret_2"}', 'Vault has the new ones');
select is(public.write_secrets('{"cron_secret_key": "sb_secret_2"}', 'Ada'), '{"cron_secret_key": "unchanged"}', 'again: nothing');
select is(public.write_secrets('{"alert_webhook_url": "https://hooks.test/x"}', 'Ada') ->> 'alert_webhook_url', 'created', 'the webhook too');
select results_eq($$ select actor, figures from public.rollout_events where kind = 'secrets_written' order by id $$,
  $$ values ('Ada', '{"project_url": "created", "cron_secret_key": "created"}'::jsonb), ('Ada', '{"cron_secret_key": "updated"}'),
    ('Ada', '{"alert_webhook_url": "created"}') $$, 'an event for each change, with names alone');
select is_empty($$ select from public.rollout_events where reason ~ 'sb_secret|https' $$, 'and never a value');
select pg_temp.is_refused($$ select public.write_secrets('{"project_url": "https://a.supabase.co/rest"}', 'Ada') $$, 400, 'invalid_secret',
  'an address with a path is refused');
select pg_temp.is_refused($$ select public.write_secrets('{"cron_secret_key": "sb secret"}', 'Ada') $$, 400, 'invalid_secret', 'a key with a blank');
select pg_temp.is_refused($$ select public.write_secrets('{"cron_secret_key": null}', 'Ada') $$, 400, 'invalid_secret', 'no value');
select pg_temp.is_refused($$ select public.write_secrets('{"other": "sb_secret_1"}', 'Ada') $$, 400, 'unknown_secret', 'another secret');
select pg_temp.is_refused($$ select public.write_secrets('[]', 'Ada') $$, 400, 'invalid_input', 'no object');
select pg_temp.is_refused($$ select public.write_secrets('{}', ' ') $$, 400, 'no_actor', 'nobody');

select * from finish();
rollback;
