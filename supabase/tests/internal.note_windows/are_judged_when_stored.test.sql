begin;
\ir ../fixtures.psql
select plan(7);

select pg_temp.is_internal('internal.note_windows');
select pg_temp.use_bars(130);
create function pg_temp.valid() returns boolean[] language sql as $$ select array_agg(v.is_valid order by v.window_id) from public.window_validity v $$;
select pg_temp.use_window(129);
select is(pg_temp.valid(), array[true], 'on the bars as they are stored');
update public.bars set ingested_at = now() + interval '1 minute' where bar_time = pg_temp.bar_time(50);
select pg_temp.use_window(129);
select is(pg_temp.valid(), array[false], 'not on bars that changed while it was validated');
update public.bars set ingested_at = now() - interval '1 minute' where bar_time = pg_temp.bar_time(50);
select is(pg_temp.valid(), array[true], 'until they are older again');
update public.ensemble_validation_metrics set window_id = 128;
select is(pg_temp.valid(), array[false], 'not when its ordinal is of another bar');
update public.ensemble_validation_metrics set divergence = 0.125;
select is((select v.divergence from public.window_validity v), 0.125::double precision, 'with its divergence as it is now');
delete from public.overfitting_tests;
select is(pg_temp.valid(), null, 'and not without its companion');

select * from finish();
rollback;
