import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';

/** Does something with a path, and says in our own words what the file system does not allow. @throws InvalidInputError `unreadable_file` */
export function readable<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    throw new InvalidInputError('unreadable_file', `${path} cannot be read: ${(error as Error).message}`);
  }
}
