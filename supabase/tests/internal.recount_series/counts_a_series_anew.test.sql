begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.recount_series');
select pg_temp.use_bars(5);
update public.bar_series set bars = 77, first_bar_time = '2000-01-01Z', restated_at = now() - interval '1 hour';
select internal.recount_series((pg_temp.use_symbol()).id, '1D', false);
select results_eq('select bars, first_bar_time, restated_at, restated_to from public.bar_series',
  $$ values (5, '2015-01-05Z'::timestamptz, now() - interval '1 minute', null::timestamptz) $$, 'from its bars');
select internal.recount_series((pg_temp.use_symbol()).id, '1D', true);
select results_eq('select restated_at >= now(), restated_at = stored_at, restated_to from public.bar_series',
  $$ values (true, true, '2015-01-09Z'::timestamptz) $$, 'one that was restated, now');
select internal.recount_series((pg_temp.use_symbol()).id, '1D', false);
select is((select restated_to from public.bar_series), '2015-01-09Z'::timestamptz, 'which is not forgotten');
alter table public.bars disable trigger user;
delete from public.bars;
select internal.recount_series((pg_temp.use_symbol()).id, '1D', true);
select is_empty('select from public.bar_series', 'without bars it has no row');

select * from finish();
rollback;
