begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.score_due_outcomes');
select pg_temp.use_bars(15);
select internal.store_forecast(null, null, pg_temp.forecast(n)) from generate_series(0, 14) n;
delete from public.outcomes_due;
select results_eq('select taken, scored from internal.score_due_outcomes(5)', 'values (0, 0)', 'none is due');
insert into public.outcomes_due (symbol_id, horizon, since)
select s.id, h.horizon, pg_temp.bar_time(0) from public.symbols s cross join (values ('1D'), ('1D'), ('4h')) h(horizon) where s.symbol = 'TEST';
select results_eq('select taken, scored from internal.score_due_outcomes(5)', 'values (3, 10)', 'those of ten bars, each once');
select results_eq('select horizon, since from public.outcomes_due', $$ select '1D', pg_temp.bar_time(10) from generate_series(1, 2) $$, 'the rest stays due');
select results_eq('select taken, scored from internal.score_due_outcomes(1)', 'values (1, 4)', 'and comes next: the last waits for its bar');
select results_eq('select taken, scored from internal.score_due_outcomes(5)', 'values (1, 0)', 'nothing is scored twice');

select * from finish();
rollback;
