begin;
\ir ../fixtures.psql
select plan(6);

select pg_temp.is_internal('internal.outcome_terms');
select pg_temp.use_bars(4);
create temporary table stored as select internal.store_forecast(null, null, pg_temp.forecast(2) || '{"members": [
  {"name": "LSTM", "weight": 0.75, "mean": 0.5, "probability_up": 0.25}, {"name": "GB", "weight": 0.25}]}') as id;
select internal.score_outcomes();
create temporary table terms as
select t.* from public.forecast_outcomes o join stored s on s.id = o.forecast_id cross join lateral internal.outcome_terms(array[o], 1, true) t;
select results_eq('select model, latest, n, weight, weights from pg_temp.terms order by model', $$
  values ('LSTM', 0, 1, 0.75, 1), ('ensemble', 0, 1, 0, 0) $$, 'one row for the ensemble, one for each member with a mean');
select is(t.error, (0.5::double precision - o.realised_return)::numeric, 'a member''s error is of its own mean')
from pg_temp.terms t, public.forecast_outcomes o join stored s on s.id = o.forecast_id where t.model = 'LSTM';
select is((t.crps, t.covered_90, t.confidences), (0::numeric, 0, 0), 'it has no CRPS, no coverage and no confidence') from pg_temp.terms t
where t.model = 'LSTM';

select results_eq($$ select t.model, t.n, t.error, t.squared_error, t.crps, t.moves, t.first_cutoff
  from public.forecast_outcomes o join stored s on s.id = o.forecast_id cross join lateral internal.outcome_terms(array[o], -1, true) t order by 1 $$,
  'select model, -n, -error, -squared_error, -crps, -moves, first_cutoff from pg_temp.terms order by 1', 'with the other sign the same is taken away');
select results_eq($$ select t.model, t.error
  from public.forecast_outcomes o join stored s on s.id = o.forecast_id cross join lateral internal.outcome_terms(array[o], 1, false) t $$,
  $$ select model, error from pg_temp.terms where model = 'ensemble' $$, 'members are left out where nobody asks for them');

select * from finish();
rollback;
