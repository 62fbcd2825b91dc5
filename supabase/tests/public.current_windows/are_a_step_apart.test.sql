begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.current_windows');
select pg_temp.use_ensemble();
select pg_temp.use_bars(170);
create temporary table stored as select w, pg_temp.use_window(w) as id from unnest(array[129, 149, 159, 169]) w;
create function pg_temp.windows(p_windows integer) returns integer[] language sql as $$
  select array_agg(s.w order by i.place) from unnest(public.current_windows('TEST', '1D', p_windows)) with ordinality i(id, place)
  join stored s on s.id = i.id
$$;
select is(pg_temp.windows(3), array[129, 149, 169], 'from the latest bar on, oldest first');
select is(pg_temp.windows(null), array[149, 169], 'as many as the setting validation_windows says');
delete from public.ensemble_validation_metrics where window_id = 169 and symbol = 'TEST';
select is(pg_temp.windows(2), array[149], 'from the latest bar on although its window is missing');
select is(pg_temp.windows(null), array[159], 'or from the latest validated one');

select * from finish();
rollback;
