import {
  accessSync,
  appendFileSync,
  constants,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, extname, resolve } from 'node:path';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';

/**
 * Asked before an evaluation that takes minutes, not after it.
 *
 * @param option the option that named the file, for the message
 * @throws InvalidInputError `unwritable_file` where a file of that name cannot be made
 */
export function requireWritable(path: string, option: string): void {
  const directory = dirname(resolve(path));
  const refuse = (reason: string) =>
    new InvalidInputError('unwritable_file', `${option} "${path}" cannot be written: ${reason}`);
  if (path === '' || (existsSync(path) && !statSync(path).isFile()))
    throw refuse('it is not the name of a file');
  if (!existsSync(directory)) throw refuse(`${directory} does not exist`);
  if (!statSync(directory).isDirectory()) throw refuse(`${directory} is not a directory`);
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    // One that is protected is not replaced either, though its directory would let it be.
    if (existsSync(path)) accessSync(path, constants.W_OK);
  } catch (error) {
    throw refuse((error as Error).message);
  }
}

/**
 * What an evaluation reads is not to be lost to what it writes.
 *
 * @param option the option that named the file, for the message
 * @param inputs files, and directories whose CSV files are read
 * @throws InvalidInputError `invalid_argument` where the file is one of them, by whatever name
 */
export function requireNoInput(path: string, option: string, inputs: readonly string[]): void {
  if (!existsSync(path)) return;
  const file = realpathSync(path);
  const places = inputs.filter((input) => existsSync(input)).map((input) => realpathSync(input));
  const isRead = places.includes(file) || (extname(file) === '.csv' && places.includes(dirname(file)));
  if (!isRead) return;
  throw new InvalidInputError(
    'invalid_argument',
    `${option} "${path}" is a file that is read, and would be lost: name another one`,
  );
}

/** A file that is written piece by piece and is there whole or not at all; until then another of its name stays. */
export class GrowingFile {
  readonly #path: string;
  readonly #partial: string;

  constructor(path: string) {
    this.#path = path;
    this.#partial = `${path}.partial`;
    this.#orNothing(() => writeFileSync(this.#partial, ''));
  }

  append(text: string): void {
    this.#orNothing(() => appendFileSync(this.#partial, text));
  }

  /** Puts the file in its place. */
  finish(): void {
    this.#orNothing(() => renameSync(this.#partial, this.#path));
  }

  abandon(): void {
    rmSync(this.#partial, { force: true });
  }

  #orNothing(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }
}

/** Writes a file: it is there whole or not at all. */
export function writeWhole(path: string, text: string): void {
  const file = new GrowingFile(path);
  file.append(text);
  file.finish();
}
