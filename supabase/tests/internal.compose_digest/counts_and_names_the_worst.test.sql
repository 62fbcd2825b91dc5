begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.compose_digest');
select internal.add_rollout_event(null, 'deployed', 'Ada', 'a <test>') from generate_series(1, 2);
select internal.add_rollout_event(null, 'rolled_back', 'automatic', 'no forecast');
select matches((select internal.compose_digest(array_agg(id)) ->> 'text' from public.alert_deliveries),
  '^3 alerts since .* UTC: 1 rolled back, 2 deployed\. The worst:\n- Forecasts: rolled back, by automatic\. no forecast\n.*a &lt;test&gt;',
  'how many of each, the worst first, its marks once');

select * from finish();
rollback;
