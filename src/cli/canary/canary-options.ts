import type { z } from 'zod';
import { rolloutStageSchema } from '../../shared/contracts/names.ts';
import {
  type AnyVerb,
  EXTENSION_DAYS,
  ROLLOUT_VERB_NAMES,
  ROLLOUT_VERBS,
  type RolloutVerb,
} from '../../shared/contracts/rollout-verbs.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { ACTOR, JSON_FLAG } from '../bar-options.ts';
import { DATA_DIRECTORY } from '../data-directory.ts';
import type { Command, CommandProgram, Operands, Options } from '../options/option.ts';
import { type ParsedCommand, parseCommand } from '../options/parse-options.ts';
import { symbolList, text, wholeNumber } from '../options/value-schemas.ts';

/** Fields of the rollout's requests as options; a field that is no option is what stands after its command. */
export const FIELD_OPTIONS = {
  reason: { value: 'R', help: 'why, for the canary log', schema: text },
  force: { help: 'override what the judge does not pass; needs a reason' },
  stage: {
    value: 'STAGE',
    help: 'refuse when the present stage is another: somebody was faster',
    schema: rolloutStageSchema,
  },
  days: {
    value: 'N',
    help: 'by how many days',
    schema: wholeNumber(EXTENSION_DAYS.least, EXTENSION_DAYS.most),
  },
  role: { value: 'ROLE', help: 'the role that approves', schema: text },
} satisfies Options;

type Fields = typeof FIELD_OPTIONS;

/** The command of a verb: its fields are the options, but for who acts, which every command may be told. */
function commandOf(name: RolloutVerb): Command & { readonly options: Partial<Fields> } {
  const { help, request, operand }: AnyVerb = ROLLOUT_VERBS[name];
  const options = Object.entries(FIELD_OPTIONS).filter(([field]) => field in request);
  return {
    help,
    options: Object.fromEntries(options),
    ...(operand !== undefined && { operands: operandsOf(operand, request[operand]) }),
  };
}

function operandsOf(field: string, schema: z.ZodType): Operands {
  if (isSwitch(schema)) return { name: 'on|off', least: 1, most: 1, choices: ['on', 'off'] };
  return { name: field.toUpperCase(), least: schema.safeParse(undefined).success ? 0 : 1, most: Infinity };
}

/** Whether what stands after the command is `on` or `off`. */
export function isSwitch(schema: z.ZodType): boolean {
  return schema.safeParse(true).success;
}

const VERB_COMMANDS = Object.fromEntries(
  ROLLOUT_VERB_NAMES.map((name) => [name, commandOf(name)]),
) as Readonly<Record<RolloutVerb, ReturnType<typeof commandOf>>>;

const { status, evaluate, ...decisions } = VERB_COMMANDS;

export const CANARY = {
  usage: 'npm run canary -- COMMAND [OPTIONS]',
  commands: {
    deploy: {
      help: 'bring the candidate of the environment to the canary, step by step; again after any failure',
      options: {
        dryRun: { help: 'print every step with its SQL, touch nothing' },
        verifyOnly: { help: 'run the readiness checks only: exit 1 with a list of what is missing' },
        symbols: {
          value: 'A,B',
          help: "the canary's symbols",
          schema: symbolList,
          shownDefault: 'CANARY_SYMBOLS',
        },
        skipTests: { help: 'do not run npm test: the criterion on tests then stays insufficient' },
        allowOldBars: { help: 'deploy although bars end before the last session, to try it out' },
      },
    },
    status,
    evaluate,
    report: {
      help: 'the latest stored report',
      options: {
        summary: { help: 'the latest summary at the end of a stage' },
        now: { help: 'the report as it would be now, which is not stored' },
      },
    },
    ...decisions,
  },
  options: {
    json: JSON_FLAG,
    actor: ACTOR,
    data: DATA_DIRECTORY,
    remote: {
      value: 'REF',
      help: 'a hosted project instead, the linked one by default: SUPABASE_URL and SUPABASE_SECRET_KEY name it',
      schema: text,
      valueMayBeMissing: true,
    },
  },
} satisfies CommandProgram;

/** What `npm run canary` was asked to do. */
export type CanaryOptions = ParsedCommand<typeof CANARY>;
export type DeployOptions = Extract<CanaryOptions, { command: 'deploy' }>;
export type ReportOptions = Extract<CanaryOptions, { command: 'report' }>;
/** A command that asks one thing of the rollout. */
export type VerbOptions = Exclude<CanaryOptions, DeployOptions | ReportOptions>;

/** @returns null when help was asked for @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseCanaryOptions(args: readonly string[]): CanaryOptions | null {
  const options = parseCommand(CANARY, args);
  if (options?.command === 'deploy' && options.dryRun && options.verifyOnly) {
    throw new InvalidInputError('invalid_argument', 'Use --dry-run or --verify-only, not both');
  }
  if (options?.command === 'report' && options.summary && options.now) {
    throw new InvalidInputError('invalid_argument', 'Use --summary or --now, not both');
  }
  return options;
}
