begin;
\ir ../fixtures.psql
select plan(8);

select pg_temp.is_internal('internal.require_forecast_request');
select pg_temp.use_symbol();
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '1D', null) $$, 409, 'no_ensemble', 'no ensemble');
select pg_temp.use_ensemble();
select lives_ok($$ select internal.require_forecast_request('{TEST}', '1D', null) $$, 'with one a forecast can be made');
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '8h', null) $$, 400, 'unsupported_horizon', 'a horizon that is not offered');
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST, NONE}', '1D', null) $$, 404, 'unknown_symbol', 'a symbol that is not registered');
update public.symbols set active = false where symbol = 'TEST';
select lives_ok($$ select internal.require_forecast_request('{TEST}', '1D', null) $$, 'a secret key may ask for a symbol that is not active');
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '1D', '00000000-0000-0000-0000-000000000001') $$, 409,
  'inactive_symbol', 'a user may not');
update public.settings set value = 'false' where name = 'publishing_enabled';
select pg_temp.is_refused($$ select internal.require_forecast_request('{TEST}', '1D', null) $$, 409, 'publishing_disabled', 'the kill switch');

select * from finish();
rollback;
