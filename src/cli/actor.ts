import { spawnSync } from 'node:child_process';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';
import { PROJECT_DIRECTORY } from './data-directory.ts';

/**
 * Who acts: the name given, else git's `user.name`, else the environment's USER. It stands in the log of what operators did.
 *
 * @throws InvalidInputError `no_actor`
 */
export function actorOf(
  given: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (given !== undefined && given.trim() === '') {
    throw new InvalidInputError('no_actor', '--actor is empty: the log names who acts');
  }
  const name = given?.trim() || gitName() || environment.USER?.trim();
  if (name) return name;
  throw new InvalidInputError(
    'no_actor',
    'Nobody is named: git has no user.name and USER is not set; say who acts with --actor NAME',
  );
}

function gitName(): string | undefined {
  const { status, stdout } = spawnSync('git', ['config', 'user.name'], {
    cwd: PROJECT_DIRECTORY,
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : undefined;
}
