import { setTimeout as sleep } from 'node:timers/promises';
import { planWork } from '../../../plan-work.ts';
import { DeployError } from '../../deploy-error.ts';
import type { DeployContext, DeployPlan } from '../deploy-context.ts';
import { type DeployStep, stepState } from '../deploy-step.ts';
import { sqlText } from '../sql-text.ts';

/** What an ensemble has of a symbol and horizon, and how its work stands. */
interface Subject {
  readonly symbol: string;
  readonly horizon: string;
  readonly ensemble: string;
  readonly forecast: boolean;
  readonly window: boolean;
  readonly steps: number;
  readonly progress: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/**
 * Per symbol and horizon of the running rollout and ensemble: whether there is a forecast from the newest bar and a valid window, and
 * how the runs stand that are to make them.
 */
function subjectsSql({ candidate, baseline }: DeployPlan): string {
  return `select s.symbol, h.horizon, e.ensemble,
  exists (
    select from public.forecasts f
    where f.symbol_id = s.symbol_id and f.horizon = h.horizon and f.ensemble = e.ensemble and f.config_hash = e.config_hash
      and f.data_cutoff = (
        select max(b.bar_time) from public.bars b
        where b.symbol_id = s.symbol_id and b.timeframe = internal.timeframe_of(h.horizon))) as forecast,
  exists (
    select from public.vw_valid_windows v
    where v.symbol_id = s.symbol_id and v.horizon = h.horizon and v.config_hash = e.config_hash) as window,
  w.steps, w.progress, f.error_code, f.error_message
from public.rollouts r
join public.rollout_symbols s on s.rollout_id = r.id
cross join unnest(s.horizons) h(horizon)
cross join (values ('candidate', ${sqlText(candidate.hash)}), ('baseline', ${sqlText(baseline.hash)})) e(ensemble, config_hash)
cross join lateral (
  select coalesce(sum(j.steps + (j.status = 'succeeded')::integer), 0)::integer as steps, avg(j.progress)::double precision as progress
  from public.runs x join public.jobs j on j.run_id = x.id
  where x.config_hash = e.config_hash and x.ensemble = e.ensemble and x.params -> 'symbols' ? s.symbol
    and x.params ->> 'horizon' = h.horizon and x.created_at > now() - interval '1 day'
) w
left join lateral (
  select x.error_code, x.error_message from public.runs x
  where x.config_hash = e.config_hash and x.ensemble = e.ensemble and x.params -> 'symbols' ? s.symbol
    and x.params ->> 'horizon' = h.horizon and x.status = 'failed' and x.created_at > now() - interval '1 hour'
    and not exists (
      select from public.runs y
      where y.kind = x.kind and y.ensemble = x.ensemble and y.config_hash = x.config_hash and y.params -> 'symbols' ? s.symbol
        and y.params ->> 'horizon' = h.horizon and y.created_at > x.created_at and y.status <> 'failed')
  order by x.created_at desc limit 1
) f on true
where r.status = 'running'
order by 1, 2, 3`;
}

/** Plans what the canary's symbols lack, and waits for the workers. */
export function firstForecasts(context: DeployContext): DeployStep {
  const { plan, target, tell, patience } = context;
  const subjects = async () => (await target.query(subjectsSql(plan))) as unknown as readonly Subject[];
  return {
    name: 'first_forecasts',
    does: 'plans forecasts and the latest walk-forward window of both ensembles, and waits until the canary symbols have them',
    needsRollout: true,
    sql: ['select public.plan_work(1)', subjectsSql(plan)],
    async check() {
      return stepState({ pending: (await subjects()).flatMap(lacking) });
    },
    async run() {
      await planWork(target.store, 1);
      let said = '';
      let steps = -1;
      let changed = performance.now();
      for (;;) {
        const all = await subjects();
        const open = all.filter((subject) => lacking(subject).length > 0);
        if (open.length === 0) return;
        const failed = open.find(({ error_code }) => error_code !== null);
        if (failed !== undefined) {
          throw new DeployError(
            failed.error_code!,
            `${failed.symbol} ${failed.horizon} ${failed.ensemble}: ${failed.error_message}`,
          );
        }
        const now = all.reduce((sum, subject) => sum + subject.steps, 0);
        if (now !== steps) {
          steps = now;
          changed = performance.now();
        } else if (performance.now() - changed > patience) {
          throw new DeployError(
            'stalled',
            `No job made progress for ${Math.round(patience / 1000)} s: select * from vw_run_health says why; ${open.flatMap(lacking).join('; ')}`,
          );
        }
        const done = all.length - open.length;
        const share = all.reduce((sum, subject) => sum + (subject.progress ?? 0), 0) / all.length;
        const line = `first forecasts: ${done} of ${all.length} done (${Math.floor(share * 10) * 10} %)`;
        if (line !== said) tell(line);
        said = line;
        await sleep(target.pollInterval);
      }
    },
  };
}

function lacking({ symbol, horizon, ensemble, forecast, window }: Subject): string[] {
  return [
    ...(forecast ? [] : [`${symbol} ${horizon}: the ${ensemble} has no forecast from the newest bar`]),
    ...(window ? [] : [`${symbol} ${horizon}: the ${ensemble} has no validated window`]),
  ];
}
