import { join } from 'node:path';
import { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { LOCK_FILE } from './data-directory.ts';
import { readKeys } from './keys.ts';
import { StackLock } from './processes/stack-lock.ts';
import type { Stack } from './stack.ts';

/** No stack runs on the data directory: code `no_stack`. */
export class NoStackError extends PlumblineError {}

/** The stack that runs on a data directory, as another process sees it. @throws NoStackError `no_stack` */
export function findRunningStack(
  dataDirectory: string,
): Pick<Stack, 'url' | 'publishableKey' | 'secretKeys'> {
  const url = StackLock.servingAt(join(dataDirectory, LOCK_FILE));
  const keys = url === null ? null : readKeys(dataDirectory);
  if (url === null || keys === null) {
    throw new NoStackError('no_stack', `no stack serves from ${dataDirectory}; start one with npm start`);
  }
  return { url, publishableKey: keys.publishableKey, secretKeys: keys.secretKeys };
}
