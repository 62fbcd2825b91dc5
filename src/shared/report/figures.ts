import type { Coverage, Figures } from '../contracts/evaluation-report.ts';
import { meanOf } from '../numerics/mean.ts';
import { COVERAGE_LEVELS } from '../scores/coverage.ts';
import { baseRate, directionalAccuracy } from '../scores/directional-accuracy.ts';
import { mae } from '../scores/mae.ts';
import { rmse } from '../scores/rmse.ts';
import type { ScoredForecasts } from '../scores/scored-forecasts.ts';
import { halfSessionFrom } from '../series/half-sessions.ts';
import { clusteredTest } from './clustered-test.ts';
import type { ScoredStretch } from './scored-stretch.ts';

/**
 * The figures of stretches together; each is a symbol's own, so that terciles are too. At least one bar in all.
 *
 * @param steps that a forecast looks ahead; default 1
 */
export function figures(stretches: readonly ScoredStretch[], steps = 1): Figures {
  const of = (pick: (stretch: ScoredStretch) => Float64Array): Float64Array =>
    Float64Array.from(stretches.flatMap((stretch) => Array.from(pick(stretch))));
  const both = (column: (scored: ScoredForecasts) => Float64Array): [number, number] => [
    meanOf(of(({ model }) => column(model))),
    meanOf(of(({ fhs }) => column(fhs))),
  ];
  const realised = of(({ model }) => model.realised);
  const forecast = of(({ model }) => model.mean);
  const unchanged = of(({ noChange }) => noChange.mean);
  const modelRmse = rmse(realised, forecast);
  const modelMae = mae(realised, forecast);
  const [crps, fhsCrps] = both(({ crps }) => crps);
  const [logScore, fhsLogScore] = both(({ logScore }) => logScore);
  const [lower, fhsLower] = both(({ pinball }) => pinball[0]);
  const [upper, fhsUpper] = both(({ pinball }) => pinball[1]);
  const differences = stretches.flatMap(({ times, model, fhs }) =>
    times.map((time, i) => ({ time: time.slice(0, 10), difference: model.crps[i] - fhs.crps[i] })),
  );
  return {
    n: realised.length,
    rmse: modelRmse,
    rmse_ratio: modelRmse / rmse(realised, unchanged),
    mae: modelMae,
    mae_ratio: modelMae / mae(realised, unchanged),
    directional_accuracy: directionalAccuracy(realised, forecast),
    base_rate: baseRate(realised),
    crps,
    crps_ratio: crps / fhsCrps,
    crps_t: clusteredTest(differences, steps)?.t ?? null,
    log_score: -logScore,
    log_score_gain: fhsLogScore - logScore,
    pinball_05: lower,
    pinball_05_ratio: lower / fhsLower,
    pinball_95: upper,
    pinball_95_ratio: upper / fhsUpper,
    coverage: COVERAGE_LEVELS.map((level, l) => ({
      level,
      share: meanOf(of(({ model }) => model.covered[l])),
      by_tercile: coverageByTercile(stretches, l),
      ...coverageByPosition(stretches, l),
      ...coverageOnEvents(stretches, l),
    })),
  };
}

/** Terciles within each stretch, then pooled. */
function coverageByTercile(stretches: readonly ScoredStretch[], level: number): [number, number, number] {
  const covered = [0, 0, 0];
  const bars = [0, 0, 0];
  for (const { model, fhs } of stretches) {
    const n = fhs.scale.length;
    const byScale = Array.from(fhs.scale.keys()).sort((a, b) => fhs.scale[a] - fhs.scale[b] || a - b);
    byScale.forEach((bar, rank) => {
      const tercile = Math.min(2, Math.floor((3 * rank) / n));
      covered[tercile] += model.covered[level][bar];
      bars[tercile]++;
    });
  }
  return [covered[0] / bars[0], covered[1] / bars[1], covered[2] / bars[2]];
}

/** Nothing where no bar is on an event. */
function coverageOnEvents(stretches: readonly ScoredStretch[], level: number): Pick<Coverage, 'on_events'> {
  const covered = stretches.flatMap(({ model, onEvent }) =>
    Array.from(model.covered[level]).filter((_, bar) => onEvent?.[bar]),
  );
  return covered.length === 0 ? {} : { on_events: meanOf(Float64Array.from(covered)) };
}

/** Nothing when the bars are not both halves of sessions. */
function coverageByPosition(
  stretches: readonly ScoredStretch[],
  level: number,
): Pick<Coverage, 'by_position'> {
  const covered = { first: 0, second: 0 };
  const bars = { first: 0, second: 0 };
  for (const { times, model } of stretches) {
    times.forEach((time, bar) => {
      const position = time.length > 10 ? halfSessionFrom(time)?.position : undefined;
      if (position === undefined) return;
      covered[position] += model.covered[level][bar];
      bars[position]++;
    });
  }
  if (bars.first === 0 || bars.second === 0) return {};
  return { by_position: [covered.first / bars.first, covered.second / bars.second] };
}
