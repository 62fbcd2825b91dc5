begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.are_weights_refuted');
select pg_temp.use_bars(130);
create function pg_temp.refuted(p_since interval) returns boolean language sql as $$
  select internal.are_weights_refuted(s.id, '1D', 'feedfacefeedface', now() - p_since) from public.symbols s where s.symbol = 'TEST'
$$;
select is(pg_temp.refuted('1 hour'), false, 'nothing speaks against them without a window');
select pg_temp.use_window(119, 0.3);
select is(pg_temp.refuted('1 hour'), true, 'an overfitted window does');
select is(pg_temp.refuted('0'), false, 'not one that was there before: the fit knew of it');
select pg_temp.use_window(129, 0.1);
select is(pg_temp.refuted('1 hour'), false, 'nor one that a later window follows');
select pg_temp.use_window(129, 0.16);
select is(pg_temp.refuted('1 hour'), true, 'a divergence above the level warning does, although it is no verdict');
update public.settings set value = '{"warning": 0.17, "overfitting": 0.2, "critical": 0.3}' where name = 'divergence_levels';
select is(pg_temp.refuted('1 hour'), false, 'the level is that of the setting');

select * from finish();
rollback;
