import type { Row } from 'postgres';
import type { Transaction } from './rolled-back.ts';

/** Of each series of the latest rollout, in the board's order: who serves, whether its forecast is there and its open alerts, as one query over everything gives it. */
export async function boardByQuery(sql: Transaction): Promise<readonly Row[]> {
  return await sql`
    select m.symbol, h.horizon, m.stage as joined_in, g.ensemble, p.session_date, p.state, a.alerts_open,
      coalesce(p.state <> 'there', false) or a.alerts_open > 0 as needs_attention
    from (select x.* from public.rollouts x order by x.id desc limit 1) r
    join public.rollout_symbols m on m.rollout_id = r.id
    cross join unnest(m.horizons) h(horizon)
    join public.vw_ensemble_assignments g on g.symbol_id = m.symbol_id and g.horizon = h.horizon and g.is_serving
    left join public.vw_forecast_presence p on p.symbol = m.symbol and p.horizon = h.horizon and p.ensemble = g.ensemble
    cross join lateral (
      select count(*)::integer as alerts_open
      from public.divergence_alerts d
      where d.symbol_id = m.symbol_id and d.horizon = h.horizon and d.ensemble = 'candidate' and d.resolved_at is null
    ) a
    order by needs_attention desc, m.symbol, h.horizon`;
}
