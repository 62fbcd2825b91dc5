import { parse } from '../../../shared/contracts/parse.ts';
import { type RolloutRequest, rolloutRequestSchema } from '../../../shared/contracts/rollout-request.ts';
import { type AnyVerb, ROLLOUT_VERBS } from '../../../shared/contracts/rollout-verbs.ts';
import { InvalidInputError } from '../../../shared/errors/invalid-input-error.ts';
import { type Flag, optionName, takesValue, type ValueOption } from '../../options/option.ts';
import { FIELD_OPTIONS, isSwitch, type VerbOptions } from '../canary-options.ts';

/**
 * What a command asks of the rollout.
 *
 * @param actor of a verb that names who acts
 * @throws InvalidInputError `missing_option`, `no_reason`, `invalid_input`
 */
export function requestOf(
  { command, operands, ...options }: VerbOptions,
  actor: () => string,
): RolloutRequest {
  const { request: fields, operand, needsReason }: AnyVerb = ROLLOUT_VERBS[command];
  const given: Readonly<Record<string, unknown>> = options;
  const wanted = (field: string): unknown => {
    if (field === operand)
      return isSwitch(fields[field]) ? operands[0] === 'on' : operands.join(' ') || undefined;
    return field === 'actor' ? actor() : given[field];
  };
  const request = Object.fromEntries(Object.keys(fields).map((field) => [field, wanted(field)]));
  for (const [field, schema] of Object.entries(fields)) {
    const isNeeded = !schema.safeParse(undefined).success || (field === 'reason' && needsReason?.(request));
    if (isNeeded && request[field] === undefined) throw missing(command, field);
  }
  return parse(rolloutRequestSchema, { action: command, ...request }, `What ${command} asks`);
}

function missing(command: string, field: string): InvalidInputError {
  const option = Object.entries<Flag | ValueOption>(FIELD_OPTIONS).find(([name]) => name === field)?.[1];
  const value = option !== undefined && takesValue(option) ? ` ${option.value}` : '';
  return new InvalidInputError(
    field === 'reason' ? 'no_reason' : 'missing_option',
    `The command ${command} needs ${optionName(field)}${value}: ${option?.help}`,
  );
}
