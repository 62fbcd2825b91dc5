begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.enqueue_delivery');
select pg_temp.use_symbol();
insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
select id, symbol, '1D', 'candidate', 'critical', 0.3, 0.41, 'window 7' from public.symbols where symbol = 'TEST';
update public.divergence_alerts set resolved_at = now(), resolution = 'fell';
select internal.add_rollout_event(null, 'kill_switch_on', 'Ada', 'why');
select internal.add_rollout_event(null, 'note', 'Ada', 'why');
select results_eq($$ select level, status, payload ->> 'text' from public.alert_deliveries order by id $$,
  $$ values ('critical', 'waiting', 'Divergence, level critical: TEST 1D, candidate, is at a divergence of 41.0 % (the level begins at 30.0 %). window 7'),
    ('kill_switch_on', 'waiting', 'Forecasts: kill switch on, by Ada. why') $$,
  'an alert, and what somebody decided; not its resolution, nor a note');

select * from finish();
rollback;
