begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.enqueue_divergence_alert');
select pg_temp.use_symbol();
insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, threshold, divergence, message)
select id, symbol, '1D', 'candidate', 'critical', 0.3, 0.41, 'window 7' from public.symbols where symbol = 'TEST';
insert into public.divergence_alerts (symbol_id, symbol, horizon, ensemble, level, divergence, message)
select id, symbol, '1D', 'candidate', 'implausible', 0.01, 'window 8' from public.symbols where symbol = 'TEST';
update public.divergence_alerts set resolved_at = now(), resolution = 'fell';
select results_eq($$ select level, status, payload ->> 'text' from public.alert_deliveries order by id $$,
  $$ values ('critical', 'waiting', 'Divergence, level critical: TEST 1D, candidate, is at a divergence of 41.0 % (the level begins at 30.0 %). window 7'),
    ('implausible', 'waiting', 'Implausible skill: TEST 1D, candidate, is at a divergence of 1.0 %. window 8') $$,
  'what is opened, in a sentence; not what is resolved');

select * from finish();
rollback;
