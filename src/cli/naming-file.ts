import { FitError } from '../shared/errors/fit-error.ts';
import { InvalidInputError } from '../shared/errors/invalid-input-error.ts';

/** Does something with a file, and names it in what goes wrong. @param path of the file, or what else says which one it is */
export function namingFile<T>(path: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (!(error instanceof FitError || error instanceof InvalidInputError) || error.message.startsWith(path))
      throw error;
    const message = `${path}: ${error.message}`;
    throw error instanceof FitError
      ? new FitError(error.code, message, error.details)
      : new InvalidInputError(error.code, message, error.details);
  }
}
