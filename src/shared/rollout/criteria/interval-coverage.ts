import type { CriterionResult, Figures, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { normalCdf, normalQuantile } from '../../numerics/distributions/normal.ts';
import { COVERAGE_LEVELS } from '../../scores/coverage.ts';
import { counted } from '../../wording/counted.ts';
import { coveragePower, originsForPower, type WrongCoverage } from '../comparison/coverage-power.ts';
import { type IntervalCoverage, intervalCoverages } from '../comparison/coverage-test.ts';
import type { HorizonPairs } from '../comparison/forecast-origins.ts';
import { figure, listed, percent } from '../wording.ts';
import { criterionByHorizon, type HorizonRow } from './by-horizon.ts';
import { sessionsOf } from './sessions-needed.ts';

/** The interval that is judged; the others are shown beside it. */
const JUDGED = 0.9;
/**
 * What is further from nominal fails. Honest forecasts come that near: over years the ensemble's 90 % intervals cover 90.0 % at `1D`, 88.1 %
 * at `4h` and 85.7 % at `8h` (README).
 */
const TOLERANCE = 0.05;
/** What must be seen with the wanted power: intervals half as wide as they should be. Of a normal distribution 59 % lie within those of 90 %. */
const HALF_AS_WIDE = 2 * normalCdf(normalQuantile((1 + JUDGED) / 2) / 2) - 1;
/** Shown beside it. */
const MILDLY_NARROW = 0.75;
const WANTED_POWER = 0.8;
/** Symbols of a simulated session. More of them make the power hardly larger, since all share one fate on a third of the days, and cost as much each. */
const MOST_SIMULATED = 50;

/**
 * The candidate's 90 % intervals cover what they should. `n` is sessions.
 *
 * A confidence sequence for the mean coverage by forecast origin (wagers, time-uniform, each bound at the setting's confidence). It fails when
 * the sequence lies more than {@link TOLERANCE} from nominal; where it excludes nominal by less, or intervals half as wide as they should be would
 * be seen with a probability below {@link WANTED_POWER}, it is insufficient. "Consistent" without power says nothing.
 */
export function judgeIntervalCoverage(
  horizons: readonly HorizonPairs[],
  evidence: Pick<RolloutEvidence, 'criteria' | 'symbols'>,
): CriterionResult {
  const { criteria } = evidence;
  const rows = horizons.map((pairs) => judgeHorizon(pairs, evidence));
  return criterionByHorizon('interval_coverage', horizons, rows, {
    method: 'confidence sequence by wagers, time-uniform',
    confidence: criteria.confidence,
    tolerance: TOLERANCE,
  });
}

function judgeHorizon(
  pairs: HorizonPairs,
  { criteria, symbols }: Pick<RolloutEvidence, 'criteria' | 'symbols'>,
): HorizonRow {
  const { horizon, origins, sessions, unusable } = pairs;
  const covering = (actual: number, symbolsADay: number): WrongCoverage => ({
    symbols: Math.max(1, Math.min(MOST_SIMULATED, Math.floor(symbolsADay))),
    nominal: JUDGED,
    actual,
    level: 1 - criteria.confidence,
  });
  if (origins.length === 0) {
    const sentence =
      unusable.length > 0
        ? `${horizon}: no pair can be judged (${listed(unusable)}).`
        : `${horizon}: no forecast has come true yet.`;
    const expected = symbols.filter(({ horizons }) => horizons.includes(horizon)).length;
    const enough = originsForPower(covering(HALF_AS_WIDE, expected), WANTED_POWER);
    return {
      verdict: 'insufficient',
      figures: { horizon, sessions: 0, pairs: 0, unusable },
      sentence,
      needed:
        enough === null
          ? null
          : Math.max(criteria.minimum_sessions, Math.ceil(enough / originsASession(horizon))),
    };
  }
  const coverages = intervalCoverages(origins, criteria.confidence);
  const judged = coverages[COVERAGE_LEVELS.indexOf(JUDGED)];
  // The fewest there are on average: symbols that are missing on some days are not to be counted.
  const symbolsADay = pairs.pairs / origins.length;
  const power = coveragePower(covering(HALF_AS_WIDE, symbolsADay), origins.length);
  const powerOfMild = coveragePower(covering(MILDLY_NARROW, symbolsADay), origins.length);
  const { lower, upper } = judged.interval;
  const short = Math.max(0, criteria.minimum_sessions - sessions);

  let verdict: Verdict = 'pass';
  const reasons: string[] = [];
  if (upper < JUDGED - TOLERANCE || lower > JUDGED + TOLERANCE) {
    verdict = 'fail';
    reasons.push(`more than ${percent(TOLERANCE)} from nominal beyond doubt`);
  } else if (upper < JUDGED || lower > JUDGED) {
    verdict = 'insufficient';
    reasons.push(`nominal is excluded, but not by ${percent(TOLERANCE)}`);
  } else {
    if (power < WANTED_POWER) {
      verdict = 'insufficient';
      reasons.push(`the power is below ${WANTED_POWER}`);
    }
    if (short !== 0) {
      verdict = 'insufficient';
      reasons.push(`${counted(short, 'more session')} needed at least`);
    }
  }
  if (unusable.length > 0) {
    if (verdict === 'pass') verdict = 'insufficient';
    reasons.push(`not judged: ${listed(unusable)}`);
  }
  const isPowerShort = verdict === 'insufficient' && upper >= JUDGED && lower <= JUDGED;
  const enough = isPowerShort ? originsForPower(covering(HALF_AS_WIDE, symbolsADay), WANTED_POWER) : null;
  const more = enough === null ? null : Math.max(0, enough - origins.length);
  return {
    verdict,
    figures: {
      horizon,
      sessions,
      pairs: pairs.pairs,
      unusable,
      coverage: coverages.map(coverageFigures),
      power_half_as_wide: figure(power),
      half_as_wide_covers: figure(HALF_AS_WIDE),
      power_covering_75: figure(powerOfMild),
      wanted_power: WANTED_POWER,
    },
    sentence:
      `${horizon}: the 90 % interval held ${percent(judged.share)} of ${counted(pairs.pairs, 'outcome')} in ${counted(sessions, 'session')} ` +
      `(${percent(lower)} to ${percent(upper)}); intervals half as wide, which cover ${percent(HALF_AS_WIDE, 0)}, would be seen with ` +
      `probability ${power.toFixed(2)}, ones that cover ${percent(MILDLY_NARROW)} with ${powerOfMild.toFixed(2)}` +
      `${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}.`,
    needed: isPowerShort ? sessionsOf(more, pairs, short) : null,
  };
}

/** Forecasts of one symbol that are made in a session. */
function originsASession(horizon: string): number {
  return horizon === '4h' ? 2 : 1;
}

function coverageFigures({ level, share, interval }: IntervalCoverage): Figures {
  return { level, share: figure(share), lower: figure(interval.lower), upper: figure(interval.upper) };
}
