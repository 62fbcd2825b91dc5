begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.serving_ensemble');
select pg_temp.use_symbol();
create function pg_temp.serving(p_symbol text) returns text language sql as $$
  select (internal.serving_ensemble(s.id, '1D')).ensemble from public.symbols s where s.symbol = p_symbol
$$;
select is(pg_temp.serving('TEST'), null, 'none is configured');
select pg_temp.use_ensemble();
select is(pg_temp.serving('TEST'), 'candidate', 'the candidate without a rollout');
select pg_temp.use_rollout();
select is(array[pg_temp.serving('TEST'), pg_temp.serving('AAPL')], array['candidate', 'baseline'], 'by the rollout');
update public.ensembles set active = false where ensemble = 'candidate';
select is(pg_temp.serving('TEST'), 'baseline', 'the baseline in place of a candidate that is not active');
update public.ensembles set active = false;
select is(pg_temp.serving('TEST'), null, 'none when neither is');

select * from finish();
rollback;
