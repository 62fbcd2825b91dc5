begin;
\ir ../fixtures.psql
select plan(22);

select pg_temp.is_for_service_role('public.rename_symbol');
select pg_temp.use_bars(200);
select pg_temp.use_rollout();
select internal.store_forecast(null, internal.store_artifact(null, pg_temp.artifact(150)), pg_temp.forecast(150));
select pg_temp.use_window(150, 0.4) as window \gset
insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
select s.id, s.symbol, '1D', 'candidate', 'critical', 0.3, 0.4, 'x' from public.symbols s where s.symbol = 'TEST';
insert into public.ensemble_weights (symbol_id, symbol, horizon, ensemble, config_hash, data_cutoff, method, weights, samples, span_days, reason_code, reason)
select s.id, s.symbol, '1D', 'candidate', 'feedfacefeedface', now(), 'calibrated', '{"LSTM": 0.5, "ARIMA_GARCH": 0.5}', 100, 30, null, null
from public.symbols s where s.symbol = 'TEST';
select public.change_setting('largest_move', '{"default": 3, "TEST": 12}');
select internal.add_rollout_event(r.id, 'forecast_missing', 'automatic', 'TEST was not there', '{"symbol": "TEST"}', 'TEST 1D candidate 2019-12-23'),
  internal.add_rollout_event(r.id, 'trigger', 'automatic', 'x', '{}', 'canary divergence TEST 1D 150'),
  internal.add_rollout_event(r.id, 'trigger', 'automatic', 'x', '{}', 'canary divergence TESTS 1D 150'),
  internal.add_rollout_event(r.id, 'promoted', 'Ada', 'x', '{"to": "limited", "reached": {"TEST": ["1D"], "SPY": ["1D"]}}')
from public.rollouts r where r.status = 'running';

select pg_temp.is_refused($$ select public.rename_symbol('NONE', 'NEW', 'Ada') $$, 404, 'unknown_symbol', 'a symbol that is not there');
select pg_temp.is_refused($$ select public.rename_symbol('TEST', 'TEST', 'Ada') $$, 400, 'same_symbol', 'its own name');
select pg_temp.is_refused($$ select public.rename_symbol('TEST', 'new', 'Ada') $$, 400, 'invalid_symbol', 'lower case');
select pg_temp.is_refused($$ select public.rename_symbol('TEST', null, 'Ada') $$, 400, 'invalid_symbol', 'none');
select pg_temp.is_refused($$ select public.rename_symbol('TEST', 'SPY', 'Ada') $$, 409, 'symbol_in_use', 'another one''s');
select pg_temp.is_refused($$ select public.rename_symbol('TEST', 'NEW', '') $$, 400, 'no_actor', 'nobody');
insert into public.configurations (config_hash, configuration) values ('facefeedfacefeed', '{"companions": ["TEST"]}');
update public.ensembles set config_hash = 'facefeedfacefeed' where ensemble = 'candidate';
select pg_temp.is_refused($$ select public.rename_symbol('TEST', 'NEW', 'Ada') $$, 409, 'symbol_is_companion', 'one that a configuration names');
insert into public.configurations (config_hash, configuration) values ('deadbeefdeadbeef', '{"covariates": [{"symbol": "TEST", "measure": "range"}]}');
update public.ensembles set config_hash = 'deadbeefdeadbeef' where ensemble = 'candidate';
select pg_temp.is_refused($$ select public.rename_symbol('TEST', 'NEW', 'Ada') $$, 409, 'symbol_is_covariate', 'one that it reads');
update public.ensembles set config_hash = 'feedfacefeedface' where ensemble = 'candidate';

select is(public.rename_symbol('TEST', 'NEW.A', 'Ada', 'merger') - 'symbol_id',
  '{"from": "TEST", "to": "NEW.A", "events": 3, "jobs": 0, "released": 0, "runs": 0}', 'it says what was renamed');
select is_empty($$
  select from public.symbols where symbol = 'TEST' union all select from public.forecasts where symbol = 'TEST'
  union all select from public.ensemble_validation_metrics where symbol = 'TEST' union all select from public.ensemble_weights where symbol = 'TEST'
  union all select from public.rollout_symbols where symbol = 'TEST' union all select from public.divergence_alerts where symbol = 'TEST' $$,
  'no table knows the old name');
select results_eq($$ select
    (select count(*) from public.bars b where b.symbol_id = s.id), (select count(*) from public.forecasts f where f.symbol = s.symbol),
    (select count(*) from public.ensemble_validation_metrics m where m.symbol = s.symbol),
    (select count(*) from public.ensemble_weights w where w.symbol = s.symbol),
    (select count(*) from public.rollout_symbols m where m.symbol = s.symbol),
    (select count(*) from public.divergence_alerts a where a.symbol = s.symbol)
  from public.symbols s where s.symbol = 'NEW.A' $$, 'values (200::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint, 1::bigint)',
  'its history has the new one');
select is(internal.setting('largest_move'), '{"default": 3, "NEW.A": 12}', 'so has the setting');
select bag_eq($$ select subject from public.rollout_events where subject is not null and kind <> 'evaluated' $$,
  $$ values ('NEW.A 1D candidate 2019-12-23'), ('canary divergence NEW.A 1D 150'), ('canary divergence TESTS 1D 150') $$,
  'what was noticed is not noticed again');
select is((select figures -> 'reached' from public.rollout_events where kind = 'promoted'), '{"NEW.A": ["1D"], "SPY": ["1D"]}', 'nor reached anew');
select is((select reason from public.rollout_events where kind = 'forecast_missing'), 'TEST was not there', 'the log''s words stay');
select pg_temp.is_refused($$ update public.rollout_events set subject = 'x' $$, 409, 'append_only', 'and are closed again');
select results_eq($$ select old_symbol, new_symbol, actor, reason from public.symbol_renames $$, $$ values ('TEST', 'NEW.A', 'Ada', 'merger') $$,
  'who and why is kept');
select pg_temp.is_refused($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2020-01-02T00:00:00Z", 1, 1, 1, 1, 1]]') $$,
  409, 'symbol_renamed', 'an upload under the old name');
select is_empty($$ select from public.symbols where symbol = 'TEST' $$, 'which registers nothing');
insert into public.symbols (symbol) values ('TEST');
select lives_ok($$ select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', '[["2020-01-02T00:00:00Z", 1, 1, 1, 1, 1]]') $$,
  'unless somebody registers it on purpose');
select is(public.rename_symbol('NEW.A', 'BACK', 'Ada') ->> 'events', '3', 'and again');

select * from finish();
rollback;
