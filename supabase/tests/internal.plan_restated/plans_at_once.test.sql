begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.plan_restated');
select pg_temp.use_ensemble();
select pg_temp.use_bars(130);
select is(internal.plan_restated(array[(pg_temp.use_symbol()).id]), 1, 'plans what is missing');
select is(internal.plan_restated(array[(pg_temp.use_symbol()).id]), 0, 'once');
create function pg_temp.upload(p_factor double precision) returns jsonb language sql as $$
  select public.ingest_bars('TEST', '1D', 'csv', 'file', 'raw', (
    select jsonb_agg(jsonb_build_array(b.bar_time, b.open * p_factor, b.high * p_factor, b.low * p_factor, b.close * p_factor, b.volume))
    from public.bars b join public.symbols s on s.id = b.symbol_id where s.symbol = 'TEST'))
$$;
select pg_temp.upload(0.5);
select is((select count(*)::integer from public.jobs where kind = 'forecast'), 2, 'an upload that restates plans with it');
select pg_temp.upload(1);
select is((select count(*)::integer from public.jobs where kind = 'forecast'), 2, 'one that changes nothing does not');
update public.settings set value = 'false' where name = 'publishing_enabled';
select pg_temp.upload(2);
select is((select count(*)::integer from public.jobs where kind = 'forecast'), 2, 'nor does one while nothing is published');

select * from finish();
rollback;
