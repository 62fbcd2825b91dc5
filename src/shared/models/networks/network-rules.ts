import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters } from '../forecaster.ts';
import { parseByRules, type Rule } from '../parse-by-rules.ts';
import type { NetworkHyperparameters } from './network-kind.ts';

/** Of what every member made of networks has. */
export const NETWORK_RULES: Readonly<Record<keyof NetworkHyperparameters, Rule>> = {
  lookback: { lowest: 2, highest: 120, multipleOf: 1 },
  learningRate: { lowest: 1e-6, highest: 1 },
  dropout: { lowest: 0, highest: 0.9 },
  epochs: { lowest: 1, highest: 1000, multipleOf: 1 },
  batchSize: { lowest: 1, highest: 1024, multipleOf: 1 },
  networks: { lowest: 1, highest: 10, multipleOf: 1, default: 1 },
  monteCarloPasses: { lowest: 0, highest: 200, multipleOf: 1, default: 0 },
};

/**
 * Hyperparameters of a member made of networks.
 *
 * @param member for messages
 * @throws FitError `invalid_hyperparameters` as `parseByRules`, and for passes with dropout where nothing is dropped
 */
export function parseNetworkRules<H extends NetworkHyperparameters>(
  member: string,
  rules: Readonly<Record<keyof H, Rule>>,
  hyperparameters: Hyperparameters,
): H {
  const parsed = parseByRules<H>(member, rules, hyperparameters);
  const { dropout, monteCarloPasses } = parsed;
  if (monteCarloPasses > 0 && dropout === 0) {
    throw new FitError(
      'invalid_hyperparameters',
      `${member}: monteCarloPasses is ${monteCarloPasses}, but with a dropout of 0 all passes are the same`,
      { name: 'monteCarloPasses', value: monteCarloPasses },
    );
  }
  return parsed;
}

/** @throws FitError `invalid_hyperparameters` naming the hyperparameter to lower */
export function requireAtMost(
  member: string,
  [what, value]: readonly [what: string, value: number],
  most: number,
  [advice, name, given]: readonly [advice: string, name: string, given: number],
): void {
  if (value <= most) return;
  throw new FitError(
    'invalid_hyperparameters',
    `${member}: ${what} is ${value}, but may be ${most} at most: lower ${advice}`,
    { name, value: given },
  );
}
