import type { CriterionResult, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { ExpectedForecast, RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { counted } from '../../wording/counted.ts';
import { listed, percent } from '../wording.ts';

/**
 * Every forecast of the candidate was there before its deadline. `n` is sessions on which all of them were.
 *
 * One that is late or missing fails. Where the bar itself did not come, nobody could forecast: the session does not count, another one has
 * to take its place, and while it is the latest one the stage is held. The baseline's own gaps are no fault of the candidate, and lose the
 * pair: they are named.
 */
export function judgeForecastCoverage({ expected, criteria, symbols }: RolloutEvidence): CriterionResult {
  const candidate = expected.filter(({ ensemble }) => ensemble === 'candidate');
  const inState = (state: ExpectedForecast['state']) =>
    candidate.filter((forecast) => forecast.state === state);
  const late = inState('late');
  const missing = inState('forecast_missing');
  const withoutBar = inState('bar_missing');
  const there = candidate.length - late.length - missing.length - withoutBar.length;
  const baselineLost = expected.filter(({ ensemble, state }) => ensemble === 'baseline' && state !== 'there');

  const sessions = new Map<string, boolean>();
  for (const { session_date, state } of candidate) {
    sessions.set(session_date, (sessions.get(session_date) ?? true) && state === 'there');
  }
  const covered = [...sessions.values()].filter(Boolean).length;
  const unseen = symbols.flatMap(({ symbol, horizons }) =>
    horizons
      .filter((horizon) => !candidate.some((one) => one.symbol === symbol && one.horizon === horizon))
      .map((horizon) => `${symbol} ${horizon}`),
  );
  const short = Math.max(0, criteria.minimum_sessions - covered);
  const latest = [...sessions.keys()].sort().at(-1);
  const isOut = withoutBar.some(({ session_date }) => session_date === latest);

  let verdict: Verdict = 'pass';
  if (late.length + missing.length > 0) verdict = 'fail';
  else if (short !== 0 || isOut || unseen.length > 0) verdict = 'insufficient';

  const due = candidate.length - withoutBar.length;
  const parts = [
    `${there} of ${counted(due, 'forecast')} due were there before the deadline, ${counted(covered, 'session')} in full`,
  ];
  if (missing.length > 0) parts.push(`missing: ${listed(missing.map(nameOf))}`);
  if (late.length > 0) parts.push(`late: ${listed(late.map(nameOf))}`);
  if (withoutBar.length > 0) parts.push(`without a bar to forecast from: ${listed(withoutBar.map(nameOf))}`);
  if (unseen.length > 0) parts.push(`nothing due yet for ${listed(unseen)}`);
  if (short > 0) parts.push(`${counted(short, 'more session')} needed`);
  if (baselineLost.length > 0) {
    parts.push(`pairs lost because the baseline's is not there: ${listed(baselineLost.map(nameOf))}`);
  }
  return {
    criterion: 'forecast_coverage',
    verdict,
    n: covered,
    figures: {
      due,
      there,
      late: late.map(nameOf),
      missing: missing.map(nameOf),
      bar_missing: withoutBar.map(nameOf),
      nothing_due: unseen,
      baseline_not_there: baselineLost.map(nameOf),
      share: due > 0 ? there / due : null,
      sessions_covered: covered,
      minimum_sessions: criteria.minimum_sessions,
    },
    sentence: `${due > 0 ? `${percent(there / due)}: ` : ''}${parts.join('; ')}.`,
    bars_needed: verdict === 'insufficient' && short > 0 ? short : null,
  };
}

function nameOf({ symbol, horizon, session_date }: ExpectedForecast): string {
  return `${symbol} ${horizon} ${session_date}`;
}
