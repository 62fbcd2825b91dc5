begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.reach_stage');
insert into public.symbols (symbol) values ('SPX');
update public.symbols set active = symbol in ('AAPL', 'SPX'), horizons = '{1D,4h}';
select pg_temp.use_rollout();
create function pg_temp.reached(p_stage text) returns text[] language sql as $$ select internal.reach_stage(r.id, p_stage) from public.rollouts r $$;
select is(pg_temp.reached('canary'), '{}', 'nothing new');
select is(pg_temp.reached('limited'), array['AAPL'], 'the symbols of the stage');
select is(pg_temp.reached('full'), array['SPX'], 'then the others');
update public.symbols set horizons = '{1D,8h}' where symbol = 'TEST';
select is(pg_temp.reached('full'), array['TEST'], 'and further horizons');
select results_eq($$ select symbol, stage, horizons from public.rollout_symbols order by 1 $$, $$ values ('AAPL', 'limited', array['1D', '4h']),
  ('SPX', 'full', array['1D', '4h']), ('TEST', 'canary', array['1D', '8h']) $$, 'as the registry has them');

select * from finish();
rollback;
