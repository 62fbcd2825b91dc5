import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRunningDatabase, findRunningStack, NoStackError } from '../../../local/running-stack.ts';
import type { CanaryOptions } from '../canary-options.ts';
import { embeddedTarget } from './embedded-target.ts';
import type { Target } from './target.ts';

/**
 * What a command works on: with `--remote` the hosted project, else the stack that runs on the data directory. Where none runs and
 * the directory has a stack's data, one is started for the time of the command.
 *
 * @param tell gets lines for people
 * @throws NoStackError `no_stack` when the directory has no data; InvalidInputError what `remoteTarget` refuses
 */
export async function openTarget(
  { remote, data }: Pick<CanaryOptions, 'remote' | 'data'>,
  environment: Readonly<Record<string, string | undefined>>,
  tell: (line: string) => void,
): Promise<Target> {
  if (remote !== undefined) {
    const { remoteTarget } = await import('./remote-target.ts');
    return remoteTarget(remote, environment);
  }
  const running = runningTarget(data);
  if (running !== null) return running;
  if (!existsSync(join(data, 'keys.json'))) {
    throw new NoStackError(
      'no_stack',
      `${data} has no data and no stack runs on it: npm start makes both, or name another directory with --data DIR`,
    );
  }
  tell(`No stack runs on ${data}: starting one for this command`);
  // Only here: the rest of the commands should not wait for all that a stack is made of.
  const { startTemporaryStack } = await import('./temporary-stack.ts');
  const stack = await startTemporaryStack(data, environment);
  return embeddedTarget(
    stack,
    () => stack.databaseUrl,
    () => {
      tell('The stack that was started for this command ends with it: npm start keeps one');
      return stack.stop();
    },
  );
}

/** The stack that runs on a data directory; null when none does. */
export function runningTarget(data: string): Target | null {
  try {
    return embeddedTarget(findRunningStack(data), () => findRunningDatabase(data));
  } catch (error) {
    if (error instanceof NoStackError) return null;
    throw error;
  }
}
