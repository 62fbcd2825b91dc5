import type { CriterionResult, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { AbsentForecast, RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { counted } from '../../wording/counted.ts';
import { listed, percent } from '../wording.ts';

/**
 * Every forecast of the candidate was there before its deadline. `n` is sessions on which all of them were.
 *
 * One that is late or missing fails. Where the bar itself did not come, nobody could forecast: the session does not count, another one has
 * to take its place, and while it is the latest one the stage is held. The baseline's own gaps are no fault of the candidate, and lose the
 * pair: the newest are named. Of a rollout whose symbols have all ended nothing can be told any more.
 */
export function judgeForecastCoverage({
  expected,
  criteria,
  symbols,
}: Pick<RolloutEvidence, 'expected' | 'criteria' | 'symbols'>): CriterionResult {
  const { sessions, not_there: absent, nothing_due: unseen } = expected;
  type Kind = Exclude<keyof (typeof sessions)[number], 'session_date'>;
  const sum = (kind: Kind) => sessions.reduce((total, session) => total + session[kind], 0);
  const late = sum('late');
  const missing = sum('forecast_missing');
  const withoutBar = sum('bar_missing');
  const there = sum('there');
  const baselineLost = sum('baseline_not_there');
  const due = there + late + missing;

  const covered = sessions.filter(
    (session) => session.there > 0 && session.late + session.forecast_missing + session.bar_missing === 0,
  ).length;
  const short = Math.max(0, criteria.minimum_sessions - covered);
  const ofCandidate = sessions.filter(
    (session) => session.there + session.late + session.forecast_missing + session.bar_missing > 0,
  );
  const isOut = (ofCandidate.at(-1)?.bar_missing ?? 0) > 0;

  let verdict: Verdict = 'pass';
  if (late + missing > 0) verdict = 'fail';
  else if (short !== 0 || isOut || unseen.count > 0 || symbols.length === 0) verdict = 'insufficient';

  const named = (is: (forecast: AbsentForecast) => boolean) => absent.filter(is).map(nameOf);
  const inState = (state: AbsentForecast['state']) =>
    named((forecast) => forecast.ensemble === 'candidate' && forecast.state === state);
  const names = {
    late: inState('late'),
    missing: inState('forecast_missing'),
    bar_missing: inState('bar_missing'),
    nothing_due: unseen.latest.map(({ symbol, horizon }) => `${symbol} ${horizon}`),
    baseline_not_there: named(({ ensemble }) => ensemble === 'baseline'),
  };
  const parts = [
    `${there} of ${counted(due, 'forecast')} due were there before the deadline, ${counted(covered, 'session')} in full`,
  ];
  if (symbols.length === 0) parts.push('no symbol is left in the rollout: all have ended');
  if (missing > 0) parts.push(`missing: ${listed(names.missing, missing)}`);
  if (late > 0) parts.push(`late: ${listed(names.late, late)}`);
  if (withoutBar > 0) parts.push(`without a bar to forecast from: ${listed(names.bar_missing, withoutBar)}`);
  if (unseen.count > 0) parts.push(`nothing due yet for ${listed(names.nothing_due, unseen.count)}`);
  if (short > 0) parts.push(`${counted(short, 'more session')} needed`);
  if (baselineLost > 0) {
    parts.push(
      `pairs lost because the baseline's is not there: ${listed(names.baseline_not_there, baselineLost)}`,
    );
  }
  return {
    criterion: 'forecast_coverage',
    verdict,
    n: covered,
    figures: {
      due,
      there,
      ...names,
      counts: {
        late,
        missing,
        bar_missing: withoutBar,
        nothing_due: unseen.count,
        baseline_not_there: baselineLost,
      },
      share: due > 0 ? there / due : null,
      sessions_covered: covered,
      minimum_sessions: criteria.minimum_sessions,
    },
    sentence: `${due > 0 ? `${percent(there / due)}: ` : ''}${parts.join('; ')}.`,
    bars_needed: verdict === 'insufficient' && short > 0 ? short : null,
  };
}

function nameOf({ symbol, horizon, session_date }: AbsentForecast): string {
  return `${symbol} ${horizon} ${session_date}`;
}
