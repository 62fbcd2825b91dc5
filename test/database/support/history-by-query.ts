import type { Row } from 'postgres';
import type { Transaction } from './rolled-back.ts';

/** The reports over history as a query over all outcomes gives them, by view: what the views must say, which read sums. */
export async function historyByQuery(sql: Transaction): Promise<Record<string, readonly Row[]>> {
  return {
    vw_forecast_quality: await sql`
      select s.symbol, s.horizon, s.ensemble, s.config_hash, p.outcomes as latest, count(*)::integer as n,
        min(s.outcome_time) as first_outcome_time, max(s.outcome_time) as last_outcome_time,
        avg(s.covered_50::integer)::double precision as coverage_50, avg(s.covered_80::integer)::double precision as coverage_80,
        avg(s.covered_90::integer)::double precision as coverage_90, avg(s.covered_95::integer)::double precision as coverage_95,
        avg(s.crps) as mean_crps, avg(s.log_score) as mean_log_score, avg(s.error) as mean_error, avg(s.absolute_error) as mean_absolute_error,
        sqrt(avg(s.error * s.error)) as rmse, sqrt(avg(s.realised_return * s.realised_return)) as no_change_rmse,
        count(s.direction_correct)::integer as n_directions, avg(s.direction_correct::integer)::double precision as directional_accuracy,
        avg((s.realised_return > 0)::integer) filter (where s.direction_correct is not null)::double precision as base_rate,
        avg(s.confidence) as mean_confidence,
        avg(((s.probability_up >= 0.5) = (s.realised_return > 0))::integer) filter (where s.confidence is not null)::double precision
          as confidence_came_true
      from (
        select f.symbol, f.horizon, f.ensemble, f.config_hash, f.probability_up, f.confidence, o.*,
          row_number() over (
            partition by f.symbol, f.horizon, f.ensemble, f.config_hash order by o.outcome_time desc, f.id desc) as age
        from public.forecasts f join public.forecast_outcomes o on o.forecast_id = f.id
      ) s
      join (values (30), (250), (null)) p(outcomes) on p.outcomes is null or s.age <= p.outcomes
      group by s.symbol, s.horizon, s.ensemble, s.config_hash, p.outcomes`,
    vw_model_performance: await sql`
      select f.symbol, f.horizon, f.ensemble, f.config_hash, m.model, count(*)::integer as n, max(o.outcome_time) as last_outcome_time,
        avg(m.weight) as mean_weight, sqrt(avg((m.mean - o.realised_return) ^ 2)) as rmse, sqrt(avg(o.realised_return ^ 2)) as no_change_rmse,
        avg(m.mean - o.realised_return) as mean_error,
        avg(((m.probability_up >= 0.5) = (o.realised_return > 0))::integer) filter (where o.realised_return <> 0)::double precision
          as directional_accuracy,
        avg((o.realised_return > 0)::integer) filter (where o.realised_return <> 0)::double precision as base_rate,
        avg(o.crps) filter (where m.model = 'ensemble') as mean_crps,
        avg(o.covered_90::integer) filter (where m.model = 'ensemble')::double precision as coverage_90,
        sqrt(avg((m.mean - o.realised_return) ^ 2)) / nullif(sqrt(avg(o.realised_return ^ 2)), 0) as rmse_to_no_change
      from public.forecasts f
      join public.forecast_outcomes o on o.forecast_id = f.id
      cross join lateral (
        select 'ensemble' as model, null::double precision as weight, f.forecast_return as mean, f.probability_up
        union all
        select x.name, x.weight, x.mean, x.probability_up
        from jsonb_to_recordset(f.members) x(name text, weight double precision, mean double precision, probability_up double precision)
        where x.mean is not null
      ) m
      group by f.symbol, f.horizon, f.ensemble, f.config_hash, m.model`,
    vw_rmse_against_baseline: await sql`
      select c.symbol, c.horizon, c.config_hash as candidate_hash, b.config_hash as baseline_hash, count(*)::integer as n,
        min(oc.outcome_time) as first_outcome_time, max(oc.outcome_time) as last_outcome_time, sqrt(avg(oc.error ^ 2)) as candidate_rmse,
        sqrt(avg(ob.error ^ 2)) as baseline_rmse, sqrt(avg(oc.realised_return ^ 2)) as no_change_rmse, avg(oc.crps) as candidate_crps,
        avg(ob.crps) as baseline_crps, sqrt(avg(oc.error ^ 2)) / nullif(sqrt(avg(ob.error ^ 2)), 0) as rmse_ratio,
        avg(oc.crps) / nullif(avg(ob.crps), 0) as crps_ratio
      from public.forecasts c
      join public.ensembles ec on ec.ensemble = 'candidate' and ec.config_hash = c.config_hash
      join public.forecast_outcomes oc on oc.forecast_id = c.id
      join public.forecasts b on b.symbol_id = c.symbol_id and b.horizon = c.horizon and b.ensemble = 'baseline' and b.data_cutoff = c.data_cutoff
      join public.ensembles eb on eb.ensemble = 'baseline' and eb.config_hash = b.config_hash
      join public.forecast_outcomes ob on ob.forecast_id = b.id
      where c.ensemble = 'candidate'
      group by c.symbol, c.horizon, c.config_hash, b.config_hash`,
  };
}
