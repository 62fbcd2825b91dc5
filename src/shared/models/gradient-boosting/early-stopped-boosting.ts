import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import { deriveSeed } from '../../numerics/derive-seed.ts';
import type { Resumable } from '../forecaster.ts';
import { inSequence, Part } from '../resumable/in-sequence.ts';
import { mapResult } from '../resumable/map-result.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import type { FeatureColumns } from './feature-matrix.ts';
import { type BoostingRules, GradientBoosting } from './gradient-boosting.ts';

/** Share of the rows, the latest, that choose the number of trees. */
const STOPPING_SHARE = 0.15;

/**
 * Boosts twice: first on the earlier 85 % of the rows, to learn from the others how many trees help; then that many on all
 * rows. None when no tree helps. A unit of work is one tree.
 *
 * @param columns rows in order of time
 * @param checkpoint of the same boosting
 * @throws FitError `invalid_artifact` for another's checkpoint
 */
export function earlyStoppedBoosting(
  columns: FeatureColumns,
  targets: Float64Array,
  objective: BoostingObjective,
  rules: BoostingRules,
  checkpoint?: Json,
): Resumable<BoostedTrees> {
  const rows = targets.length;
  const boost = (stoppingFrom: number, trees: number, purpose: string, resumed?: Json) =>
    new GradientBoosting(
      { columns, targets, stoppingFrom, base: 0 },
      objective,
      { ...rules, trees, seed: deriveSeed(rules.seed, purpose) },
      resumed,
    );

  const search = new Part(
    1,
    (resumed?: Json) =>
      mapResult(
        boost(rows - Math.ceil(STOPPING_SHARE * rows), rules.trees, 'search', resumed),
        ({ trees }) => trees.length,
      ),
    { encode: (trees) => trees, decode: (json) => readTreeCount(json, rules.trees) },
  );
  const all = new Part(1, (resumed?: Json) => boost(rows, search.result, 'all', resumed));
  return inSequence('GB', [search, all], () => all.result, checkpoint);
}

function readTreeCount(json: Json, most: number): number {
  if (typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= most) return json;
  throw new FitError(
    'invalid_artifact',
    `A checkpoint of boosting says that ${JSON.stringify(json)} trees help, which must be a whole number from 0 to ${most}`,
  );
}
