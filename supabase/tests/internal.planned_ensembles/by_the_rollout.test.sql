begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.planned_ensembles');
select pg_temp.use_ensemble();
select pg_temp.use_symbol();
create function pg_temp.planned(p_symbol text) returns text[] language sql as $$
  select array_agg(e.ensemble) from public.symbols s, internal.planned_ensembles(s.id, '1D') e where s.symbol = p_symbol
$$;
select is(pg_temp.planned('TEST'), array['candidate'], 'what is active');
select pg_temp.use_rollout();
select is(pg_temp.planned('TEST'), array['baseline', 'candidate'], 'both where the rollout is');
select is(pg_temp.planned('AAPL'), array['baseline'], 'the baseline elsewhere');
select public.rollback_rollout('Bob', 'x');
select is(pg_temp.planned('TEST'), array['baseline'], 'and after a rollback');
update public.symbols set active = false where symbol = 'TEST';
select is(pg_temp.planned('TEST'), null, 'nothing for a symbol that is not active');

select * from finish();
rollback;
