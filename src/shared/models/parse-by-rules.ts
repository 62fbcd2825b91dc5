import { FitError } from '../errors/fit-error.ts';
import type { Hyperparameters } from './forecaster.ts';

/** Of a hyperparameter: its lowest and highest value, what it is a multiple of, and its default. */
export interface Rule {
  readonly lowest: number;
  readonly highest: number;
  readonly multipleOf?: number;
  readonly default?: number;
}

/**
 * Hyperparameters with their defaults, in the order of the rules.
 *
 * @param member for messages
 * @throws FitError `invalid_hyperparameters` for a value that is missing, out of its range, or has another name
 */
export function parseByRules<H extends object>(
  member: string,
  rules: Readonly<Record<keyof H, Rule>>,
  hyperparameters: Hyperparameters,
): H {
  const unknown = Object.keys(hyperparameters).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) {
    throw new FitError('invalid_hyperparameters', `${member} has no hyperparameter ${unknown}`, {
      name: unknown,
    });
  }
  return Object.fromEntries(
    Object.entries<Rule>(rules).map(([name, rule]) => [
      name,
      parseValue(member, name, hyperparameters[name], rule),
    ]),
  ) as unknown as H;
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
    `${member}: ${name} is ${given}, but must be a ${kind} from ${lowest} to ${highest}`,
    { name, value: (given as number | undefined) ?? null },
  );
}
