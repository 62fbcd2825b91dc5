begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.require_forecast_request');
select pg_temp.use_symbol();
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '1D') $$, 409, 'no_ensemble', 'no ensemble');
select pg_temp.use_ensemble();
select lives_ok($$ select internal.require_forecast_request('{TEST}', '1D') $$, 'with one a forecast can be made');
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '8h') $$, 400, 'unsupported_horizon', 'a horizon that is not offered');
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST, NONE}', '1D') $$, 404, 'unknown_symbol', 'a symbol that is not registered');
update public.settings set value = 'false' where name = 'publishing_enabled';
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '1D') $$, 409, 'publishing_disabled', 'the kill switch');

select * from finish();
rollback;
