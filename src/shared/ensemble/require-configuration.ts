import { InvalidInputError } from '../errors/invalid-input-error.ts';
import { type Hyperparameters, MEMBER_NAMES, type MemberName } from '../models/forecaster.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';
import {
  BASELINE_MEMBERS,
  type MemberRegistry,
  type RegisteredMember,
  requireMember,
} from './member-registry.ts';

/** Weights may miss 1 by this much: thirds have no exact sum. */
const WEIGHT_TOLERANCE = 1e-9;

/** With a larger step levels jump about instead of adapting. */
export const LARGEST_CONFORMAL_STEP = 0.1;

/** A member as a configuration asks for it. */
export interface ConfiguredMember extends RegisteredMember {
  readonly name: MemberName;
  readonly weight: number;
  /** Hyperparameters to try; at least one. */
  readonly grid: readonly Hyperparameters[];
}

/**
 * The members of a configuration with their grids, in the order of `MEMBER_NAMES`, whatever the configuration's own order.
 *
 * @throws InvalidInputError `member_not_available`; `member_not_allowed` for a member of the baseline alone in another ensemble;
 *   `invalid_configuration` when weights are not positive or do not sum to 1,
 *   there is no mean factor or one is outside 0 to 1, `refitEvery` or `seed` are not whole numbers in their range, a grid is
 *   empty, the weighting is unknown, or the conformal step is outside 0 to 0.1
 */
export function requireConfiguration(
  configuration: EnsembleConfiguration,
  registry?: MemberRegistry,
): readonly ConfiguredMember[] {
  const { conformalStep, grids, meanFactors, refitEvery, seed, weighting, weights } = configuration;
  for (const name of [...Object.keys(weights), ...Object.keys(grids ?? {})]) {
    requireMember(name, registry);
    requireAllowed(name as MemberName, configuration);
  }

  const members = MEMBER_NAMES.filter((name) => weights[name] !== undefined).map((name) => {
    const member = requireMember(name, registry);
    return { ...member, name, weight: weights[name]!, grid: grids?.[name] ?? member.forecaster.grid };
  });
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  if (
    members.length === 0 ||
    members.some(({ weight }) => !(weight > 0)) ||
    !(Math.abs(sum - 1) <= WEIGHT_TOLERANCE)
  ) {
    throw invalid(`Weights ${JSON.stringify(weights)} sum to ${sum}: each must be positive and the sum 1`);
  }
  const empty = members.find(({ grid }) => grid.length === 0);
  if (empty !== undefined) throw invalid(`The grid of ${empty.name} is empty: it must have a candidate`);
  if (meanFactors.length === 0 || meanFactors.some((factor) => !(factor >= 0 && factor <= 1))) {
    throw invalid(`Mean factors [${meanFactors}] must be numbers from 0 to 1, at least one`);
  }
  if (!Number.isInteger(refitEvery) || refitEvery < 1) {
    throw invalid(`The value of refitEvery is ${refitEvery}, but must be a whole number of bars, at least 1`);
  }
  if (weighting !== undefined && weighting !== 'simple_avg' && weighting !== 'calibrated') {
    throw invalid(`The weighting is ${weighting}, but must be simple_avg or calibrated`);
  }
  if (conformalStep !== undefined && !(conformalStep > 0 && conformalStep <= LARGEST_CONFORMAL_STEP)) {
    throw invalid(
      `The value of conformalStep is ${conformalStep}, but must be above 0 and at most ${LARGEST_CONFORMAL_STEP}`,
    );
  }
  if (!Number.isInteger(seed)) throw invalid(`The seed is ${seed}, but must be a whole number`);
  return members;
}

/** @throws InvalidInputError `member_not_allowed` */
function requireAllowed(member: MemberName, { ensemble }: EnsembleConfiguration): void {
  if (ensemble === 'baseline' || !BASELINE_MEMBERS.includes(member)) return;
  throw new InvalidInputError(
    'member_not_allowed',
    `The ensemble ${ensemble} may not have the member ${member}: it is of the legacy baseline alone`,
    { member, ensemble },
  );
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError('invalid_configuration', message);
}
