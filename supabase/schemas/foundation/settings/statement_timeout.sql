-- How long a statement of who comes through the Data API without a secret key may take. PostgREST sets it with each request for its role.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '3s';
notify pgrst, 'reload config';
