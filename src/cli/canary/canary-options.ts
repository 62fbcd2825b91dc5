import { parseArgs } from 'node:util';
import { type RolloutStage, rolloutStageSchema, symbolSchema } from '../../shared/contracts/names.ts';
import { parse } from '../../shared/contracts/parse.ts';
import { InvalidInputError } from '../../shared/errors/invalid-input-error.ts';
import { DEFAULT_DATA_DIRECTORY } from '../data-directory.ts';

export const CANARY_USAGE = `npm run canary -- COMMAND [OPTIONS]

  deploy                        bring the candidate of the environment to the canary, step by step; again after any failure
         --dry-run              print every step with its SQL, touch nothing
         --verify-only          run the readiness checks only: exit 1 with a list of what is missing
         --symbols A,B          the canary's symbols (default: CANARY_SYMBOLS)
         --skip-tests           do not run npm test: the criterion on tests then stays insufficient
         --allow-old-bars       deploy although bars end before the last session, to try it out
  status                        how the rollout stands
  evaluate                      judge now, store and show criterion by criterion
  report [--summary | --now]    the latest stored report; the summary at the end of a stage; or as it would be now
  promote [--force --reason R]  to the next stage; --force overrides what the judge does not pass
         --stage STAGE          refused when the present stage is another: somebody was faster
  rollback --reason R           back to the baseline, at once
  extend --days N [--reason R]  the stage lasts longer
  approve --role ROLE [TEXT]    a role approves the stage
  note TEXT                     a note in the canary log
  publishing on|off --reason R  the kill switch: off hides every forecast

  --json                 print one JSON document on standard output, all else on standard error
  --actor NAME           who acts (default: git's user.name, or USER)
  --data DIR             the data directory of the embedded stack (default: .plumbline)
  --remote[=REF]         a hosted project instead, the linked one by default: SUPABASE_URL and SUPABASE_SECRET_KEY name it
`;

const COMMANDS = {
  deploy: ['dry-run', 'verify-only', 'symbols', 'skip-tests', 'allow-old-bars'],
  status: [],
  evaluate: [],
  report: ['summary', 'now'],
  promote: ['force', 'reason', 'stage'],
  rollback: ['reason'],
  extend: ['days', 'reason'],
  approve: ['role'],
  note: [],
  publishing: ['reason'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type CanaryCommand = keyof typeof COMMANDS;

/** What `npm run canary` was asked to do. */
export interface CanaryOptions {
  readonly command: CanaryCommand;
  /** What stands after the command. */
  readonly operands: readonly string[];
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly verifyOnly: boolean;
  readonly skipTests: boolean;
  readonly allowOldBars: boolean;
  readonly summary: boolean;
  readonly now: boolean;
  readonly force: boolean;
  readonly reason: string | undefined;
  readonly role: string | undefined;
  /** What the caller takes the present stage for. */
  readonly stage: RolloutStage | undefined;
  readonly days: number | undefined;
  /** Undefined: the environment's. */
  readonly symbols: readonly string[] | undefined;
  /** Undefined: whoever works on this machine. */
  readonly actor: string | undefined;
  readonly data: string;
  /** Undefined: the embedded stack. Empty: the linked project. */
  readonly remote: string | undefined;
}

/** Of every command. */
const COMMON = ['json', 'actor', 'data', 'remote', 'help'];

/** @returns null when help was asked for @throws InvalidInputError `invalid_argument`, `invalid_input` */
export function parseCanaryOptions(args: readonly string[]): CanaryOptions | null {
  const { values, positionals } = readArguments(args);
  if (values.help) return null;
  const [name, ...operands] = positionals;
  if (!Object.hasOwn(COMMANDS, name ?? '')) {
    throw new InvalidInputError(
      'invalid_argument',
      `${name === undefined ? 'a command is missing' : `"${name}" is not a command`}: use ${Object.keys(COMMANDS).join(', ')}; --help says more`,
    );
  }
  const command = name as CanaryCommand;
  const allowed: readonly string[] = [...COMMON, ...COMMANDS[command]];
  const stray = Object.keys(values).find((option) => !allowed.includes(option));
  if (stray !== undefined)
    throw new InvalidInputError('invalid_argument', `--${stray} is no option of ${command}`);
  requireOperands(command, operands);
  if (values['dry-run'] && values['verify-only']) {
    throw new InvalidInputError('invalid_argument', 'use --dry-run or --verify-only, not both');
  }
  if (values.summary && values.now) {
    throw new InvalidInputError('invalid_argument', 'use --summary or --now, not both');
  }
  const symbols = values.symbols
    ?.split(',')
    .map((symbol) => parse(symbolSchema, symbol.trim().toUpperCase(), `--symbols "${values.symbols}"`));
  return {
    command,
    operands,
    json: values.json ?? false,
    dryRun: values['dry-run'] ?? false,
    verifyOnly: values['verify-only'] ?? false,
    skipTests: values['skip-tests'] ?? false,
    allowOldBars: values['allow-old-bars'] ?? false,
    summary: values.summary ?? false,
    now: values.now ?? false,
    force: values.force ?? false,
    reason: values.reason,
    role: values.role,
    stage: values.stage === undefined ? undefined : parse(rolloutStageSchema, values.stage, '--stage'),
    days: values.days === undefined ? undefined : wholeNumber('--days', values.days),
    symbols: symbols === undefined ? undefined : [...new Set(symbols)],
    actor: values.actor,
    data: values.data ?? DEFAULT_DATA_DIRECTORY,
    remote: values.remote,
  };
}

function requireOperands(command: CanaryCommand, operands: readonly string[]): void {
  const wanted: Partial<Record<CanaryCommand, string>> = { note: 'TEXT', publishing: 'on or off' };
  if (command === 'publishing' && operands.length === 1 && ['on', 'off'].includes(operands[0])) return;
  if (command === 'note' && operands.length > 0) return;
  if (command === 'approve') return;
  if (wanted[command] !== undefined)
    throw new InvalidInputError('invalid_argument', `${command} takes ${wanted[command]}`);
  if (operands.length > 0)
    throw new InvalidInputError('invalid_argument', `${command} takes no "${operands.join(' ')}"`);
}

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({
      // Alone it means the linked project; parseArgs knows no optional values.
      args: args.map((arg) => (arg === '--remote' ? '--remote=' : arg)),
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        'verify-only': { type: 'boolean' },
        'skip-tests': { type: 'boolean' },
        'allow-old-bars': { type: 'boolean' },
        summary: { type: 'boolean' },
        now: { type: 'boolean' },
        force: { type: 'boolean' },
        reason: { type: 'string' },
        role: { type: 'string' },
        stage: { type: 'string' },
        days: { type: 'string' },
        symbols: { type: 'string' },
        actor: { type: 'string' },
        data: { type: 'string' },
        remote: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new InvalidInputError('invalid_argument', (error as Error).message);
  }
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1_000) return Number(text);
  throw new InvalidInputError('invalid_argument', `${name} ${text}: a whole number from 1 to 1000 is needed`);
}
