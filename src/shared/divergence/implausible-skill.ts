import type { Foresight } from './foresight.ts';

/**
 * Nobody forecasts daily returns this well: a relative RMSE below it on test, of returns as they are and in units of the volatility
 * expected before each bar, is a leak until shown otherwise. Both, because a few days of a crash decide the first alone: an AR(p) that met
 * March 2020 came to 0.960 of MSFT's.
 */
export const IMPLAUSIBLE_RELATIVE_RMSE = 0.98;

/**
 * The same for the CRPS relative to filtered historical simulation, below it on validation and on test alike. One part is not enough: where
 * volatility has just fallen the benchmark's level is wrong for a while, and an honest ensemble came to 0.954 (AMZN 2003), to 0.76 with
 * test volatility halved; but its larger ratio of the two parts was never below 0.968. What leaks does so in every part.
 */
const IMPLAUSIBLE_RELATIVE_CRPS = 0.96;

/**
 * The same for the {@link Foresight} on validation and test. Forecasts that know the past only had at most 0.23 and 0.32 (the shipped
 * ensemble; 0.35 with test volatility halved) on 479 windows of 26 series, chance on 500 bars being about 0.045. A mean that peeks has 1,
 * and a scale that knows the day's range 0.25 to 0.79: where much of a move comes overnight the range does not say much.
 */
const IMPLAUSIBLE_FORESIGHT: Foresight = { mean: 0.3, scale: 0.38 };

/** What the skill is judged by. */
export interface SkillEvidence {
  /** RMSE on test over that of "no change" on the same bars: as it is, and with each bar in units of its expected volatility. */
  readonly relativeRmse: { readonly plain: number; readonly standardised: number };
  /** CRPS over that of filtered historical simulation on the same bars. */
  readonly relativeCrps: { readonly validation: number; readonly test: number };
  /** Over validation and test. */
  readonly foresight: Foresight;
  /** Above which it is implausible; default {@link IMPLAUSIBLE_FORESIGHT}. */
  readonly foresightLimit?: Foresight;
  /** Steps of a forecast; default 1. */
  readonly horizon?: number;
}

/** No limit of a rank correlation is above this, whatever chance may do: what peeks comes nearer to 1. */
const LARGEST_FORESIGHT_LIMIT = 0.9;

/**
 * Why a model is too good to be true, a sentence for each finding; empty when it is not.
 *
 * Over several steps outcomes overlap, and so many fewer say something by themselves: limits lie further from no
 * skill, by the root of the steps, as chance does.
 */
export function implausibleSkill({
  relativeRmse: { plain, standardised },
  relativeCrps: { validation, test },
  foresight,
  foresightLimit = IMPLAUSIBLE_FORESIGHT,
  horizon = 1,
}: SkillEvidence): string[] {
  const reasons: string[] = [];
  const widened = (limit: number) => (horizon === 1 ? limit : 1 - (1 - limit) * Math.sqrt(horizon));
  const rmseLimit = widened(IMPLAUSIBLE_RELATIVE_RMSE);
  const crpsLimit = widened(IMPLAUSIBLE_RELATIVE_CRPS);
  if (Math.max(plain, standardised) < rmseLimit) {
    reasons.push(
      `RMSE on test is ${plain.toFixed(4)} of no change (standardised ${standardised.toFixed(4)}); below ${rmseLimit} it is a leak until shown otherwise.`,
    );
  }
  if (Math.max(validation, test) < crpsLimit) {
    reasons.push(
      `CRPS on validation and test is ${validation.toFixed(4)} and ${test.toFixed(4)} of filtered historical simulation; ` +
        `both below ${crpsLimit} are a leak until shown otherwise.`,
    );
  }
  const foresees = (of: keyof Foresight, what: string) => {
    const limit = Math.min(LARGEST_FORESIGHT_LIMIT, foresightLimit[of] * Math.sqrt(horizon));
    if (foresight[of] <= limit) return;
    reasons.push(
      `The ${of} goes with ${what} of the very bar it forecasts (rank correlation ${foresight[of].toFixed(2)}); ` +
        `above ${limit} it is a leak until shown otherwise.`,
    );
  };
  foresees('mean', 'the return');
  foresees('scale', 'the size');
  return reasons;
}
