import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Every executable of that name on the PATH, in its order. */
export function findOnPath(name: string, path = process.env.PATH ?? ''): string[] {
  return path
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .filter((file, i, all) => all.indexOf(file) === i && isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
