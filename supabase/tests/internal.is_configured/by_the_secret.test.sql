begin;
\ir ../fixtures.psql
select plan(5);

select is(pg_temp.access('internal.is_configured'), 'authenticated service_role, search_path=""', 'a view that users read calls it');
select is(internal.is_configured(), false, 'false without the secret');
select vault.create_secret('env(PLUMBLINE_PROJECT_URL)', 'project_url');
select is(internal.is_configured(), false, 'false for a variable that the CLI did not find');
select vault.update_secret(s.id, '') from vault.secrets s where s.name = 'project_url';
select is(internal.is_configured(), false, 'false for an empty one');
select vault.update_secret(s.id, 'https://a.supabase.co') from vault.secrets s where s.name = 'project_url';
select is(internal.is_configured(), true, 'true once it is there');

select * from finish();
rollback;
