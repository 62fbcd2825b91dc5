import { FitError } from '../../errors/fit-error.ts';
import type { Hyperparameters } from '../forecaster.ts';
import type { NetworkHyperparameters } from './network-kind.ts';

/** Of a hyperparameter: its lowest and highest value, what it is a multiple of, and its default. */
export interface Rule {
  readonly lowest: number;
  readonly highest: number;
  readonly multipleOf?: number;
  readonly default?: number;
}

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
 * Hyperparameters with their defaults, in the order of the rules.
 *
 * @param member for messages
 * @throws FitError `invalid_hyperparameters` for a value that is missing, out of its range, or has another name, and for passes
 * with dropout where nothing is dropped
 */
export function parseByRules<H extends NetworkHyperparameters>(
  member: string,
  rules: Readonly<Record<keyof H, Rule>>,
  hyperparameters: Hyperparameters,
): H {
  const unknown = Object.keys(hyperparameters).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) {
    throw new FitError('invalid_hyperparameters', `${member} has no hyperparameter ${unknown}.`, {
      name: unknown,
    });
  }
  const parsed = Object.fromEntries(
    Object.entries<Rule>(rules).map(([name, rule]) => [
      name,
      parseValue(member, name, hyperparameters[name], rule),
    ]),
  ) as unknown as H;
  const { dropout, monteCarloPasses } = parsed;
  if (monteCarloPasses > 0 && dropout === 0) {
    throw new FitError(
      'invalid_hyperparameters',
      `${member}: monteCarloPasses is ${monteCarloPasses}, but with a dropout of 0 all passes are the same.`,
      { name: 'monteCarloPasses', value: monteCarloPasses },
    );
  }
  return parsed;
}

function parseValue(member: string, name: string, given: unknown, rule: Rule): number {
  const value = given ?? rule.default;
  const { lowest, highest, multipleOf } = rule;
  const inRange = typeof value === 'number' && value >= lowest && value <= highest;
  if (inRange && (multipleOf === undefined || value % multipleOf === 0)) return value;
  const kind =
    multipleOf === undefined ? 'number' : multipleOf === 1 ? 'whole number' : `multiple of ${multipleOf}`;
  throw new FitError(
    'invalid_hyperparameters',
    `${member}: ${name} is ${given}, but must be a ${kind} from ${lowest} to ${highest}.`,
    { name, value: (given as number | undefined) ?? null },
  );
}
