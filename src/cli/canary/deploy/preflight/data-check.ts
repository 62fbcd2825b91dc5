import type { DeployContext } from '../deploy-context.ts';
import { type Missing, type StepState, stepState } from '../deploy-step.ts';
import { sqlTexts } from '../sql-text.ts';

/** One symbol and horizon of the canary, with its bars and what they should be. */
interface Coverage {
  readonly symbol: string;
  readonly horizon: string;
  readonly active: boolean | null;
  readonly offered: boolean | null;
  readonly bars: number;
  readonly needed: number;
  readonly newest: string | null;
  readonly last_session: string | null;
}

/** Per symbol and horizon: bars stored and needed for a window, their last day, and the last session whose forecasts were due. */
export function dataSql(symbols: readonly string[]): string {
  return `select w.symbol, h.horizon, s.active, h.horizon = any (s.horizons) as offered, b.bars,
  (z.sizes ->> 'train')::integer + (z.sizes ->> 'validation')::integer + (z.sizes ->> 'test')::integer as needed,
  b.newest::text as newest, l.date::text as last_session
from unnest(${sqlTexts(symbols)}) w(symbol)
cross join jsonb_array_elements_text(internal.setting('rollout_stages') #> '{canary,horizons}') h(horizon)
cross join lateral (select internal.window_sizes(h.horizon) as sizes) z
left join public.symbols s on s.symbol = w.symbol
cross join lateral (
  select max(d.session_date) as date
  from internal.calendar_days(coalesce(s.calendar, 'XNYS'), current_date - 14, current_date + 1) d
  where d.closes_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) <= now()
) l
cross join lateral (
  select count(*)::integer as bars, max(x.bar_time at time zone 'UTC')::date as newest
  from public.bars x where x.symbol_id = s.id and x.timeframe = h.horizon
) b
order by 1, 2`;
}

/** Whether every canary symbol has the bars of a window, up to the last session. */
export async function checkData({ target, plan }: DeployContext): Promise<StepState> {
  const rows = (await target.query(dataSql(plan.symbols))) as unknown as readonly Coverage[];
  const missing: Missing[] = [];
  const notes: string[] = [];
  for (const row of rows) {
    const subject = `${row.symbol} ${row.horizon}`;
    const late = row.newest !== null && row.last_session !== null && row.newest < row.last_session;
    if (row.active === null || row.bars === 0) {
      missing.push({
        what: `${subject} has no bars`,
        remedy: `npm run plumbline -- ingest ${row.symbol}.csv, or let the schedule fetch them (setting market_data)`,
      });
    } else if (!row.active) {
      missing.push({
        what: `${row.symbol} is not active`,
        remedy: `set symbols.active of ${row.symbol} to true`,
      });
    } else if (row.bars < row.needed) {
      missing.push({
        what: `${subject} has ${row.bars} bars, and a window takes ${row.needed}`,
        remedy: 'store a longer history',
      });
    } else if (!row.offered) {
      // A symbol joins with the horizons that it has.
      notes.push(`${subject} is left out: the symbol has no such horizon`);
    } else if (late && !plan.allowOldBars) {
      missing.push({
        what: `${subject} ends ${row.newest}, and the last session was ${row.last_session}`,
        remedy: 'store the bars since, or deploy with --allow-old-bars to try it out',
      });
    } else {
      notes.push(`${subject}: ${row.bars} bars, ${late ? 'old: ' : ''}up to ${row.newest}`);
    }
  }
  return stepState({ missing, notes });
}
