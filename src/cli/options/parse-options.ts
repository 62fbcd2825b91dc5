import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { counted } from '../../shared/wording/counted.ts';
import { nearest } from './nearest.ts';
import {
  type Command,
  type CommandProgram,
  type Flag,
  type Operands,
  type Options,
  optionName,
  type Program,
  takesValue,
  type ValueOption,
  type ValuesOf,
} from './option.ts';

/**
 * The operands and options of a program without commands; null when help was asked for.
 *
 * @throws InvalidInputError `invalid_argument`, `invalid_input`
 */
export function parseOptions<Declared extends Program>(
  program: Declared,
  args: readonly string[],
): ({ readonly operands: readonly string[] } & ValuesOf<Declared['options']>) | null {
  const { given, words } = readWords(args, program.options);
  if (given.has('help')) return null;
  const name = program.usage.split(' [')[0];
  requireOperands(name, words, program.operands);
  const values: ValuesOf<Declared['options']> = valuesOf(program.options, given, name);
  return { ...values, operands: words };
}

type OptionsOf<
  Declared extends CommandProgram,
  Name extends keyof Declared['commands'],
> = Declared['options'] &
  (Declared['commands'][Name] extends { readonly options: infer Own extends Options } ? Own : unknown);

/** A command with what stands after it and its options. */
export type ParsedCommand<Declared extends CommandProgram> = {
  [Name in keyof Declared['commands'] & string]: {
    readonly command: Name;
    readonly operands: readonly string[];
  } & ValuesOf<OptionsOf<Declared, Name>>;
}[keyof Declared['commands'] & string];

/**
 * The command that a program is told, with its options; null when help was asked for.
 *
 * @throws InvalidInputError `invalid_argument`, `invalid_input`
 */
export function parseCommand<Declared extends CommandProgram>(
  program: Declared,
  args: readonly string[],
): ParsedCommand<Declared> | null {
  const commands: Readonly<Record<string, Command>> = program.commands;
  // Which command it is decides which options there are, but an option may stand before it: all of them say what is a value.
  const all = Object.assign({}, program.options, ...Object.values(commands).map(({ options }) => options));
  const { given, words } = readWords(args, all);
  if (given.has('help')) return null;
  const [name, ...operands] = words;
  if (name === undefined) {
    throw invalid(`A command is missing: use ${Object.keys(commands).join(', ')}; ${HELP}`);
  }
  if (!Object.hasOwn(commands, name)) {
    throw invalid(`There is no command "${name}": ${suggestion(name, Object.keys(commands))}`);
  }
  const { options = {}, operands: declared } = commands[name];
  requireOperands(name, operands, declared);
  const values = valuesOf({ ...program.options, ...options }, given, name);
  return { command: name, operands, ...values } as ParsedCommand<Declared>;
}

const HELP = '--help lists all';

/** By name on the command line, the value as text; undefined of a flag. */
type Given = ReadonlyMap<string, string | undefined>;

function readWords(args: readonly string[], options: Options): { given: Given; words: string[] } {
  const byName = new Map(
    Object.entries(options).map(([name, option]) => [optionName(name).slice(2), option]),
  );
  const { tokens } = parseArgs({
    // A value that may be missing is one that parseArgs does not know.
    args: args.map((arg) => (mayBeMissing(byName.get(arg.replace(/^--/, ''))) ? `${arg}=` : arg)),
    options: {
      help: { type: 'boolean', short: 'h' },
      ...Object.fromEntries(
        [...byName].map(([name, option]) => [
          name,
          { type: takesValue(option) ? 'string' : 'boolean' } as const,
        ]),
      ),
    },
    allowPositionals: true,
    // Refusals are said here.
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string | undefined>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = byName.get(token.name);
    if (token.name !== 'help' && option === undefined) {
      throw invalid(
        `There is no option ${token.rawName}: ${suggestion(token.rawName, [...byName.keys()].map(dashed))}`,
      );
    }
    if (option === undefined || !takesValue(option)) {
      if (token.value !== undefined)
        throw invalid(`Option ${token.rawName} takes no value, not "${token.value}"`);
    } else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))) {
      throw invalid(`Option ${token.rawName} needs a value: ${token.rawName} ${option.value}`);
    }
    given.set(token.name, token.value);
  }
  return { given, words };
}

function valuesOf<Declared extends Options>(
  options: Declared,
  given: Given,
  command: string,
): ValuesOf<Declared> {
  const names = Object.keys(options).map(optionName);
  const stray = [...given.keys()].map(dashed).find((name) => !names.includes(name));
  if (stray !== undefined) {
    throw invalid(`Option ${stray} is not one of ${command}: use ${names.join(', ')}`);
  }
  const values = Object.entries(options).map(([name, option]) => {
    const dashedName = optionName(name);
    const key = dashedName.slice(2);
    if (!takesValue(option)) return [name, given.has(key)];
    const written = given.get(key) ?? option.default;
    return [name, written === undefined ? undefined : readValue(dashedName, option.schema, written)];
  });
  return Object.fromEntries(values);
}

function readValue(name: string, schema: z.ZodType<unknown, string>, written: string): unknown {
  const outcome = schema.safeParse(written);
  if (outcome.success) return outcome.data;
  const [issue] = outcome.error.issues;
  const code = issue.code === 'custom' && issue.params?.code;
  throw new InvalidInputError(
    typeof code === 'string' ? code : 'invalid_input',
    `Option ${name} "${written}" is not valid: ${issue.message.replace('Invalid option: ', '')}`,
  );
}

function requireOperands(command: string, given: readonly string[], declared: Operands | undefined): void {
  const { name = '', least = 0, most = 0, choices } = declared ?? {};
  if (most === 0 && given.length > 0) throw invalid(`The command ${command} takes no "${given.join(' ')}"`);
  const wrong = choices !== undefined && given.some((word) => !choices.includes(word));
  if (given.length >= least && given.length <= most && !wrong) return;
  const found = given.length === 0 ? 'nothing' : `"${given.join(' ')}"`;
  const times = most === least && least > 1 ? ` (${counted(least, 'word')})` : '';
  const rule = choices === undefined || name === choices.join('|') ? '' : `, one of ${choices.join(', ')}`;
  throw invalid(`The command ${command} takes ${name}${times}${rule}, not ${found}`);
}

function suggestion(given: string, names: readonly string[]): string {
  const meant = nearest(given, names);
  return meant === undefined ? `use ${names.join(', ')}; ${HELP}` : `did you mean ${meant}?`;
}

function mayBeMissing(option: Flag | ValueOption | undefined): boolean {
  return option !== undefined && takesValue(option) && option.valueMayBeMissing === true;
}

function dashed(name: string): string {
  return `--${name}`;
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError('invalid_argument', message);
}
