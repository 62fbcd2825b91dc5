import type { z } from 'zod';

/** An option without a value: given or not. */
export interface Flag {
  /** What it does, in the imperative. */
  readonly help: string;
}

/** An option with a value. */
export interface ValueOption extends Flag {
  /** What stands for the value in the help, such as `DIR`. */
  readonly value: string;
  /** From the text that is given to the value; its messages say the rule. */
  readonly schema: z.ZodType<unknown, string>;
  /** Taken as if it were given; without it the option is undefined when it is not given. */
  readonly default?: string;
  /** How the help names the default where it is not {@link default} itself. */
  readonly shownDefault?: string;
  /** Whether it may be given without a value, which then is empty: `--remote`, `--remote=REF`. */
  readonly valueMayBeMissing?: true;
}

/** Options of a command by name, in the order in which the help shows them; `dryRun` is `--dry-run` on the command line. */
export type Options = Readonly<Record<string, Flag | ValueOption>>;

/** What stands beside the options, such as `FILE` or `TEXT`. */
export interface Operands {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** The only words it may be; default any. */
  readonly choices?: readonly string[];
}

/** A command of a program: `npm run canary -- NAME`. */
export interface Command {
  readonly help: string;
  /** Default none. */
  readonly operands?: Operands;
  /** Beside those of the program. */
  readonly options?: Options;
}

/** What a program takes, declared once: parsing, `--help` and errors come from it. */
export interface Program {
  /** How it is called: `npm start [-- OPTIONS]`. */
  readonly usage: string;
  /** Below the usage, before the options. */
  readonly about?: string;
  /** What it takes beside options; default nothing. Of a program without commands. */
  readonly operands?: Operands;
  /** Of every command, or of the program itself when it has no commands. */
  readonly options: Options;
}

/** A program that is told what to do by its first word. */
export interface CommandProgram extends Program {
  readonly commands: Readonly<Record<string, Command>>;
}

type ValueOf<One> = One extends ValueOption
  ? z.output<One['schema']> | (One extends { readonly default: string } ? never : undefined)
  : boolean;

/** The values of declared options. Every option is there; one that was not given has its default, false, or undefined. */
export type ValuesOf<Declared extends Options> = {
  readonly [Name in keyof Declared]: ValueOf<Declared[Name]>;
};

export function takesValue(option: Flag | ValueOption): option is ValueOption {
  return 'schema' in option;
}

/** An option's name on the command line. */
export function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
