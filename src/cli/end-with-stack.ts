import type { Stack } from '../local/stack.ts';
import { exitWithError } from './exit-with-error.ts';

/** Ends this process, with the reason on standard error and status 1, when its stack has to stop. */
export function endWithStack(stack: Pick<Stack, 'failed' | 'stop'>): void {
  stack.failed.then(async (error) => {
    await stack.stop();
    exitWithError(error);
    process.exit();
  });
}
