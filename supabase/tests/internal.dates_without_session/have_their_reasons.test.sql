begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.dates_without_session');
update public.symbols set active = false;
select pg_temp.use_symbol();
select results_eq($$ select closed_date from internal.dates_without_session('2019-12-20', '2019-12-25') order by 1 $$,
  $$ values ('2019-12-21'::date), ('2019-12-22'), ('2019-12-25') $$, 'New York''s');
insert into public.symbols (symbol, calendar) values ('EURUSD', 'weekdays');
select results_eq($$ select closed_date, because from internal.dates_without_session('2019-12-20', '2019-12-25') order by 1 $$,
  $$ values ('2019-12-21'::date, 'Saturday'), ('2019-12-22', 'Sunday') $$, 'and those of currencies');
insert into public.symbols (symbol, calendar) values ('BTC', '24/7');
select is_empty($$ select from internal.dates_without_session('2019-12-20', '2019-12-25') $$, 'none with what trades every day');

select * from finish();
rollback;
