begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.note_changed_bars');
delete from public.outcomes_due;
select pg_temp.use_bars(5);
select is_empty('select from public.outcomes_due', 'nothing where nothing was forecast');
select internal.store_forecast(null, null, pg_temp.forecast(2));
delete from public.outcomes_due;
select pg_temp.restate_bar(3);
select results_eq('select since from public.outcomes_due', $$ select pg_temp.bar_time(2) $$, 'a restated bar: from the one before it on');
delete from public.outcomes_due;
delete from public.bars where bar_time = pg_temp.bar_time(2) and symbol_id = (select id from public.symbols where symbol = 'TEST');
select results_eq('select since from public.outcomes_due', $$ select pg_temp.bar_time(1) $$, 'one that goes, as well');
delete from public.outcomes_due;
delete from public.bars where symbol_id = (select id from public.symbols where symbol = 'TEST') and bar_time > pg_temp.bar_time(3);
select is_empty('select from public.outcomes_due', 'not what is later than every forecast and the bar after it');
select pg_temp.use_bars(4, 'OTHER');
select is_empty('select from public.outcomes_due', 'nor another symbol''s');

select * from finish();
rollback;
