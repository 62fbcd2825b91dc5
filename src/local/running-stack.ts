import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlumblineError } from '../shared/errors/plumbline-error.ts';
import { readKeys } from './keys.ts';
import { StackLock } from './processes/stack-lock.ts';
import type { Stack } from './stack.ts';

/** No stack runs on the data directory: code `no_stack`. */
export class NoStackError extends PlumblineError {}

/** The stack that runs on a data directory, as another process sees it. @throws NoStackError `no_stack` */
export function findRunningStack(
  dataDirectory: string,
): Pick<Stack, 'url' | 'publishableKey' | 'secretKeys'> {
  const url = StackLock.servingAt(dataDirectory);
  const keys = url === null ? null : readKeys(dataDirectory);
  if (url === null || keys === null) {
    throw new NoStackError('no_stack', `No stack serves from ${dataDirectory}; start one with npm start`);
  }
  return { url, publishableKey: keys.publishableKey, secretKeys: keys.secretKeys };
}

/** The database of the stack that runs on a data directory, as role postgres. @throws NoStackError `no_stack` */
export function findRunningDatabase(dataDirectory: string): string {
  const keys = readKeys(dataDirectory);
  // Of root's stacks the database may live elsewhere, behind a link: see openDataDirectory.
  const file = ['cluster', join('postgres-home', 'cluster')]
    .map((place) => join(dataDirectory, place, 'postmaster.pid'))
    .find((path) => existsSync(path));
  // The fourth line is the port: see Postgres' "Database File Layout".
  const port = file === undefined ? Number.NaN : Number(readFileSync(file, 'utf8').split('\n')[3]);
  if (keys === null || !Number.isInteger(port)) {
    throw new NoStackError('no_stack', `No Postgres runs on ${dataDirectory}; start one with npm start`);
  }
  return `postgresql://postgres:${keys.databasePasswords.postgres}@127.0.0.1:${port}/postgres?sslmode=disable`;
}
