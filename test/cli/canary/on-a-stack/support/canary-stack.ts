import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { parseCanaryOptions } from '../../../../../src/cli/canary/canary-options.ts';
import type { DeployContext, DeployPlan } from '../../../../../src/cli/canary/deploy/deploy-context.ts';
import { KeptResults } from '../../../../../src/cli/canary/deploy/kept-results.ts';
import { functionsCheckedOnce } from '../../../../../src/cli/canary/deploy/preflight/functions-check.ts';
import { runCommand } from '../../../../../src/cli/canary/run-command.ts';
import { embeddedTarget } from '../../../../../src/cli/canary/target/embedded-target.ts';
import { PROJECT_DIRECTORY } from '../../../../../src/cli/data-directory.ts';
import { openDataDirectory, removeDataDirectory } from '../../../../../src/local/data-directory.ts';
import { NEW_YORK } from '../../../../../src/shared/calendars/built-in-calendars.ts';
import { isSession } from '../../../../../src/shared/calendars/sessions.ts';
import { callAs, sampleCsv, stackAccess } from '../../../../end-to-end/support/stack-clients.ts';
import { LIGHT_SIZES, lightEnsemble } from '../../../../support/light-ensemble.ts';
import { stack } from '../../../../support/own-stack.ts';

/** The canary's symbols in these tests. */
export const SYMBOLS = ['CANA', 'CANB'];
const BARS = 420;

/** What these tests deploy. */
export const PLAN: DeployPlan = {
  actor: 'Ada',
  candidate: lightEnsemble('candidate'),
  baseline: lightEnsemble('baseline'),
  symbols: SYMBOLS,
  codeVersion: '0.0.0-test',
  source: { commit: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00', clean: true },
  skipTests: false,
  allowOldBars: false,
  variables: {},
  secrets: {},
};

/** The same plan with a candidate that has not forecast yet. */
export function planOfSeed(seed: number): DeployPlan {
  return { ...PLAN, candidate: lightEnsemble('candidate', seed) };
}

/** Small windows, and bars of the symbols up to the last session whose forecasts were due. */
export async function prepareCanary(sql: postgres.Sql, symbols: readonly string[] = SYMBOLS): Promise<void> {
  await sql`select public.change_setting('window_sizes', ${sql.json({ '1D': LIGHT_SIZES })})`;
  // No deadline passes while a file runs: one that would is put off.
  await sql`
    select public.change_setting('forecast_deadline_minutes', '165')
    from (select (now() at time zone 'America/New_York')::date as today) d
    where internal.is_session(d.today) and internal.session_close(d.today)
      + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer)
      between now() and now() + interval '15 minutes'`;
  const [{ last }] = await sql<{ last: string }[]>`
    select max(d.day::date)::text as last
    from generate_series((now() at time zone 'America/New_York')::date - 14, (now() at time zone 'America/New_York')::date,
      interval '1 day') d(day)
    where internal.is_session(d.day::date) and internal.session_close(d.day::date)
      + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) <= now()`;
  for (const [k, symbol] of symbols.entries()) {
    const { status, body } = await callAs('secret', `ingest-bars?symbol=${symbol}`, {
      body: barsUntil(last, 300 * k),
      contentType: 'text/csv',
    });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
}

/** Real prices, a stretch of the S&P 500, under the dates of the latest sessions. */
function barsUntil(last: string, from: number): string {
  const [header, ...lines] = sampleCsv(from + BARS).split('\n');
  const rows: string[] = [];
  let day = new Date(`${last}T00:00:00Z`);
  for (const line of lines.slice(from, from + BARS).reverse()) {
    while (!isSession(day.toISOString().slice(0, 10), NEW_YORK)) day = new Date(day.getTime() - 86_400_000);
    rows.unshift([day.toISOString().slice(0, 10), ...line.split(',').slice(1)].join(','));
    day = new Date(day.getTime() - 86_400_000);
  }
  return [header, ...rows].join('\n');
}

/** Once for all of a file's tests. */
const checkFunctions = functionsCheckedOnce();

/** A deploy's context against the stack of these tests, with a place of its own for what it keeps. */
export function canaryContext(plan: Partial<DeployPlan> = {}): {
  context: DeployContext;
  said: string[];
  end(): Promise<void>;
} {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-canary-'));
  const target = embeddedTarget(stackAccess(), () => stack.databaseUrl);
  const said: string[] = [];
  const context: DeployContext = {
    plan: { ...PLAN, ...plan },
    target,
    kept: new KeptResults(join(directory, 'data')),
    tell: (line) => said.push(line),
    runTests: async () => ({ passed: 12, failed: 0, ran_at: '2026-01-02T03:04:05.000Z' }),
    checkFunctions,
    now: () => new Date().toISOString(),
    patience: 60_000,
  };
  return {
    context,
    said,
    async end() {
      await target.close();
      const data = join(directory, 'data');
      // Of root's directories a part may be elsewhere.
      if (existsSync(data)) removeDataDirectory(openDataDirectory(data));
      rmSync(directory, { recursive: true });
    },
  };
}

/** Ends what an earlier test has left running. */
export async function endRollout(sql: postgres.Sql): Promise<void> {
  const [running] = await sql`select id from public.rollouts where status = 'running'`;
  if (running !== undefined) await sql`select public.rollback_rollout('Tester', 'the next test begins')`;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The same command in this process: what it would print, and its status; it throws what is refused. */
export async function run(...args: string[]): Promise<{ status: number; text: string; document: Figures }> {
  const options = parseCanaryOptions(['--data', stack.dataDirectory, ...args]);
  if (options === null) throw new Error('only help was asked for');
  const result = await runCommand(options, process.env, () => {});
  return { ...result, document: JSON.parse(JSON.stringify(result.document)) };
}

/** JSON that a test looks into. */
// biome-ignore lint/suspicious/noExplicitAny: what it holds is what the tests are about
type Figures = any;

/** `npm run canary` on the stack of these tests, as a person runs it. */
export function canary(...args: string[]): Promise<Ended> {
  const child = spawn('npm', ['run', 'canary', '--', '--data', stack.dataDirectory, ...args], {
    cwd: PROJECT_DIRECTORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
