import { parse } from '../../../shared/contracts/parse.ts';
import { type RolloutRequest, rolloutRequestSchema } from '../../../shared/contracts/rollout-request.ts';
import { InvalidInputError } from '../../../shared/errors/invalid-input-error.ts';
import type { CanaryOptions } from '../canary-options.ts';

/** The commands that ask one thing of the rollout. */
export type DecisionCommand = Exclude<CanaryOptions['command'], 'deploy' | 'report'>;

/**
 * What a command asks of the rollout.
 *
 * @throws InvalidInputError `missing_option`, `no_reason`, `invalid_input`
 */
export function requestOf(
  command: DecisionCommand,
  options: CanaryOptions,
  actor: () => string,
): RolloutRequest {
  const request = () => {
    const { reason, force, days, role, stage, operands } = options;
    switch (command) {
      case 'status':
      case 'evaluate':
        return { action: command };
      case 'promote':
        if (force && reason === undefined)
          throw noReason('promote --force', 'what is overridden, and why, is kept');
        return { action: command, actor: actor(), reason, force, stage };
      case 'rollback':
        if (reason === undefined) throw noReason(command, 'the canary log says why');
        return { action: command, actor: actor(), reason };
      case 'extend':
        if (days === undefined) throw missing('extend', '--days N');
        return { action: command, actor: actor(), days, reason };
      case 'approve':
        if (role === undefined) throw missing('approve', '--role ROLE');
        return { action: command, actor: actor(), role, note: operands.join(' ') || undefined };
      case 'note':
        return { action: command, actor: actor(), text: operands.join(' ') };
      case 'publishing':
        if (reason === undefined) throw noReason(command, 'the canary log says why');
        return { action: command, actor: actor(), publishing: operands[0] === 'on', reason };
    }
  };
  return parse(rolloutRequestSchema, request(), `what ${command} asks`);
}

function missing(command: string, option: string): InvalidInputError {
  return new InvalidInputError('missing_option', `${command} needs ${option}`);
}

function noReason(command: string, why: string): InvalidInputError {
  return new InvalidInputError('no_reason', `${command} needs --reason TEXT: ${why}`);
}
