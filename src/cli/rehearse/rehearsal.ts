import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDataDirectory, removeDataDirectory } from '../../local/data-directory.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { canaryReportSchema } from '../../shared/contracts/canary-report.ts';
import { parse } from '../../shared/contracts/parse.ts';
import { reportMarkdown } from '../../shared/rollout/report-markdown.ts';
import { CODE_VERSION } from '../../shared/version.ts';
import { PROJECT_DIRECTORY } from '../data-directory.ts';
import { MovedClock } from './moved-clock.ts';
import { workWithPlantedMember } from './planted-worker.ts';
import {
  crashingCandidate,
  goodCandidate,
  type HashedConfiguration,
  legacyBaseline,
  overfitCandidate,
} from './rehearsal-configurations.ts';
import type { RehearsalPace } from './rehearsal-pace.ts';
import { Replay } from './replay.ts';
import type { ReplayedPrices } from './replayed-prices.ts';
import { startReplayedProvider } from './replayed-provider.ts';

/** Something that a rehearsal is to show, and whether it did. */
export interface Expectation {
  readonly name: string;
  readonly met: boolean;
  /** What was seen. */
  readonly seen: string;
}

/** A row of the canary log. */
export interface LoggedEvent {
  readonly happened_at: string;
  readonly rollout: number | null;
  readonly stage: string | null;
  readonly kind: string;
  readonly actor: string;
  readonly reason: string;
}

export interface RehearsalReport {
  readonly sessions: number;
  readonly first_session: string;
  readonly last_session: string;
  readonly events: readonly LoggedEvent[];
  readonly expectations: readonly Expectation[];
  /** Seconds that a rollback took: in the database, and by `npm run canary -- rollback` from its start to its end. */
  readonly rollback: { readonly database_seconds: number; readonly command_seconds: number };
  /** The day-8 summary of the good candidate's first stage, Markdown. */
  readonly summary: string | null;
}

/** Window sizes of a rehearsal: fits on them take tenths of a second. */
const REHEARSAL_SIZES = { train: 500, validation: 125, test: 125, step: 125 };
/** Bars before the first session that is replayed. */
export const HISTORY = REHEARSAL_SIZES.train + REHEARSAL_SIZES.validation + REHEARSAL_SIZES.test + 10;
/** Sessions of the rollouts that follow the good candidate's, one each. */
export const FAULT_SESSIONS = 3;

const OPERATOR = 'rehearsal';
/** Preflight, which runs the commit's tests, is not rehearsed: what it would find is given. */
const TESTS_GIVEN = { passed: 1, failed: 0 };
/** The session on which the provider is out, counted from 0. */
const OUTAGE = 1;

/**
 * Replays a rollout from its first deploy to its last stage, rolls it back, and then replays three that go wrong.
 *
 * @param prices history and sessions: the last {@link FAULT_SESSIONS} are those of the rollouts that go wrong
 * @param say gets lines for people
 */
export async function rehearse(
  prices: ReplayedPrices,
  pace: RehearsalPace,
  say: (line: string) => void,
): Promise<RehearsalReport> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'plumbline-rehearsal-'));
  const provider = await startReplayedProvider(prices.symbols);
  const stack = await startStack({
    projectDirectory: PROJECT_DIRECTORY,
    dataDirectory,
    port: 0,
    fsync: false,
    netPause: 100,
    functionInstances: { 'forecast-worker': 2 },
    environment: { TIINGO_TOKEN: 'none-is-needed-here', TIINGO_BASE_URL: provider.url },
    log: () => {},
  });
  try {
    const clock = await MovedClock.install(stack.databaseUrl, dataDirectory);
    try {
      const replay = new Replay(stack, clock, prices, provider);
      return await new Rehearsal(dataDirectory, stack, replay, pace, say).run();
    } finally {
      await clock.end();
    }
  } finally {
    await stack.stop();
    await provider.stop();
    removeDataDirectory(openDataDirectory(dataDirectory));
  }
}

class Rehearsal {
  readonly #dataDirectory: string;
  readonly #stack: Stack;
  readonly #replay: Replay;
  readonly #prices: ReplayedPrices;
  readonly #pace: RehearsalPace;
  readonly #say: (line: string) => void;
  readonly #expectations: Expectation[] = [];
  #summary: string | null = null;

  constructor(
    dataDirectory: string,
    stack: Stack,
    replay: Replay,
    pace: RehearsalPace,
    say: (line: string) => void,
  ) {
    this.#dataDirectory = dataDirectory;
    this.#stack = stack;
    this.#replay = replay;
    this.#prices = replay.prices;
    this.#pace = pace;
    this.#say = say;
  }

  async run(): Promise<RehearsalReport> {
    const { sessions } = this.#prices;
    const [good, faulty] = [sessions.slice(0, -FAULT_SESSIONS), sessions.slice(-FAULT_SESSIONS)];
    await this.#setUp(good[0]);
    await this.#goodCandidate(good);
    const rollback = await this.#operatorRollsBack();
    await this.#overfitCandidate(faulty[0]);
    await this.#crashedMember(faulty[1]);
    await this.#workersDown(faulty[2]);
    return {
      sessions: sessions.length,
      first_session: sessions[0],
      last_session: sessions.at(-1)!,
      events: await this.#events(),
      expectations: this.#expectations,
      rollback,
      summary: this.#summary,
    };
  }

  /** Only the replayed symbols, small windows, short stages, history, and a schedule that begins now. */
  async #setUp(date: string): Promise<void> {
    const { sql } = this.#stack;
    const { stageDays, criteria } = this.#pace;
    await this.#replay.setNewYorkTime(date, '05:00');
    await sql`update public.symbols set active = false`;
    // Cron ticks by the real clock all the while: without the lock, it and this would take the rows in different orders.
    await sql.begin(async (transaction) => {
      await transaction`lock table public.schedule_slots in share row exclusive mode`;
      await transaction`update public.schedule_slots set active_since = now()`;
    });
    await sql`update public.settings set value = ${sql.json({
      '1D': REHEARSAL_SIZES,
      '4h': { train: 300, validation: 100, test: 100, step: 100 },
    })} where name = 'window_sizes'`;
    await sql`update public.settings set value = '1' where name = 'validation_windows'`;
    await sql`update public.settings set value = ${sql.json({
      canary: { days: stageDays, horizons: ['1D'] },
      limited: { days: stageDays, horizons: ['1D', '4h'] },
      full: { days: stageDays, horizons: ['1D', '4h'] },
    })} where name = 'rollout_stages'`;
    // Once a day is enough for a ratio, and a fourth of a session's time.
    await sql`update public.schedule_slots set local_times = '{07:40}' where slot = 'measure_health'`;
    // Timed before there is anything in it, and then on a machine that may be busy: the ratio of a real project says more.
    await sql`
      update public.settings set value = value || ${sql.json({ health_ratio: 100, ...criteria })}
      where name = 'rollout_criteria'`;
    await this.#replay.storeHistory(date);
    const names = this.#prices.symbols.map(({ symbol }) => symbol);
    // Eight hours, which half sessions bring along, have no window sizes here.
    await sql`
      update public.symbols set stage = 'limited', horizons = array_remove(horizons, '8h') where symbol = any (${names})`;
    this.#say(
      `${names.join(', ')} have ${HISTORY} bars of history; the clock says ${await this.#replay.now()}`,
    );
  }

  async #goodCandidate(sessions: readonly string[]): Promise<void> {
    await this.#replay.setNewYorkTime(sessions[0], '06:00');
    await this.#deploy(goodCandidate());
    await this.#replay.work();
    for (const [i, date] of sessions.entries()) {
      await this.#replay.playSession(date, i === OUTAGE ? { outage: [this.#prices.symbols[0].symbol] } : {});
      const rollout = await this.#latestRollout();
      const evaluation = await this.#latestEvaluation();
      this.#say(`${date} ${evaluation?.status_line ?? `${rollout.stage}: not evaluated`}`);
      if (rollout.status !== 'running') break;
      if (i === 0) await this.#expectHeld(evaluation);
      if (evaluation?.verdict !== 'pass' || !rollout.is_due || rollout.stage === 'full') continue;
      this.#summary ??= await this.#summaryOf(rollout.id);
      await this.#stack.sql`
        select public.promote_rollout(${OPERATOR}, ${`stage ${rollout.stage} passed`}, false, ${rollout.stage})`;
      this.#say(`Promoted from ${rollout.stage}`);
    }
    const reached = await this.#stagesReached();
    this.#expect('it passes, and is promoted through limited to full', reached === 'limited full', reached);
    const outage = await this.#eventOf('bars_missing');
    this.#expectEvent("the provider's outage is noted, and rolls nothing back", 'bars_missing', outage);
    this.#expect(
      'every symbol is then served by the candidate',
      (await this.#serving()) === 'candidate',
      await this.#serving(),
    );
  }

  /** After one session there is nothing to decide on. */
  async #expectHeld(evaluation: { verdict: string; status_line: string } | undefined): Promise<void> {
    this.#expect(
      'after one session a good candidate is held as insufficient',
      evaluation?.verdict === 'insufficient',
      evaluation?.status_line,
    );
    let refusal = 'not refused';
    try {
      await this.#stack.sql`select public.promote_rollout(${OPERATOR}, 'too early')`;
    } catch (error) {
      const { detail, message } = error as { detail?: string; message: string };
      refusal = `${detail}: ${message}`;
    }
    this.#expect('a promotion before its time is refused', refusal.startsWith('not_ready'), refusal);
  }

  /** By the command, as an operator does. */
  async #operatorRollsBack(): Promise<RehearsalReport['rollback']> {
    const began = performance.now();
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[
        '--import',
        'tsx',
        join(PROJECT_DIRECTORY, 'src', 'cli', 'canary', 'canary.ts'),
        'rollback',
        '--json',
      ],
      ...['--data', this.#dataDirectory, '--actor', OPERATOR, '--reason', 'a rollback is rehearsed'],
    ]);
    const commandSeconds = (performance.now() - began) / 1000;
    const answer = JSON.parse(stdout) as { seconds: number };
    await this.#expectRolledBack('an operator rolls back by one command', 'rehearsed');
    const serving = await this.#serving();
    this.#expect('every symbol is then served by the baseline', serving === 'baseline', serving);
    return { database_seconds: answer.seconds, command_seconds: commandSeconds };
  }

  async #overfitCandidate(date: string): Promise<void> {
    this.#say(`${date}: a candidate that learned its training part by heart`);
    await this.#replay.setNewYorkTime(date, '06:00');
    // The functions know nothing of the planted member.
    await this.#setMaxWorkers(0);
    await this.#deploy(overfitCandidate());
    await workWithPlantedMember(this.#stack);
    await this.#setMaxWorkers(2);
    await this.#replay.playSession(date, {
      after: async () => (await this.#latestRollout()).status !== 'running',
    });
    await this.#expectRolledBack('the overfit candidate is caught and rolled back', 'divergence');
  }

  async #crashedMember(date: string): Promise<void> {
    this.#say(`${date}: a candidate with a member that fails`);
    await this.#replay.setNewYorkTime(date, '06:00');
    await this.#deploy(crashingCandidate());
    await this.#replay.playSession(date, {
      after: async () => (await this.#latestRollout()).status !== 'running',
    });
    this.#expectEvent(
      'the dead job of a crashed member is noted',
      'job_dead',
      await this.#eventOf('job_dead'),
    );
    await this.#expectRolledBack('the crashed member leaves a forecast missing, which rolls back', 'missing');
  }

  async #workersDown(date: string): Promise<void> {
    this.#say(`${date}: the function that forecasts is down`);
    await this.#replay.setNewYorkTime(date, '06:00');
    await this.#deploy(goodCandidate());
    await this.#replay.work();
    await this.#replay.playSession(date, {
      forecastersDown: true,
      after: async () => (await this.#latestRollout()).status !== 'running',
    });
    this.#expectEvent(
      'a missing forecast is noted',
      'forecast_missing',
      await this.#eventOf('forecast_missing'),
    );
    await this.#expectRolledBack('a missing forecast rolls back, judged by the database alone', 'missing');
  }

  async #deploy(candidate: HashedConfiguration): Promise<void> {
    const { sql } = this.#stack;
    const baseline = legacyBaseline();
    const canary = this.#prices.symbols.slice(0, 3).map(({ symbol }) => symbol);
    const [{ health }] = await sql<
      { health: Readonly<Record<string, unknown>> }[]
    >`select public.measure_queries(20) as health`;
    await sql`
      select public.start_rollout(${OPERATOR}, ${sql.json(candidate.configuration as never)}, ${candidate.hash},
        ${sql.json(baseline.configuration as never)}, ${baseline.hash}, ${canary}, ${CODE_VERSION}, null,
        ${sql.json(TESTS_GIVEN)}, ${sql.json(health as never)})`;
    await sql`select public.plan_work()`;
  }

  async #latestRollout(): Promise<{ id: number; status: string; stage: string; is_due: boolean }> {
    const [row] = await this.#stack.sql<{ id: string; status: string; stage: string; is_due: boolean }[]>`
      select r.id, r.status, r.stage, r.stage_due_at <= now() as is_due from public.rollouts r order by r.id desc limit 1`;
    return { ...row, id: Number(row.id) };
  }

  async #latestEvaluation(): Promise<{ verdict: string; status_line: string } | undefined> {
    const [row] = await this.#stack.sql<{ verdict: string; status_line: string }[]>`
      select e.verdict, e.status_line from public.rollout_evaluations e
      join (select r.id, r.stage from public.rollouts r order by r.id desc limit 1) r on r.id = e.rollout_id and r.stage = e.stage
      order by e.id desc limit 1`;
    return row;
  }

  async #summaryOf(rollout: number): Promise<string | null> {
    const [row] = await this.#stack.sql<{ document: unknown }[]>`
      select public.canary_report(c.id) as document
      from public.canary_reports c where c.rollout_id = ${rollout} and c.is_summary order by c.id limit 1`;
    return row === undefined ? null : reportMarkdown(parse(canaryReportSchema, row.document, 'the summary'));
  }

  async #stagesReached(): Promise<string> {
    const rows = await this.#stack.sql<{ to: string }[]>`
      select e.figures ->> 'to' as to from public.rollout_events e where e.kind = 'promoted' order by e.id`;
    return rows.map((row) => row.to).join(' ');
  }

  async #serving(): Promise<string> {
    const rows = await this.#stack.sql<{ ensemble: string }[]>`
      select distinct v.ensemble from public.vw_serving_ensembles v order by 1`;
    return rows.map((row) => row.ensemble).join(' and ');
  }

  async #eventOf(kind: string): Promise<string | undefined> {
    const [row] = await this.#stack.sql<{ reason: string }[]>`
      select e.reason from public.rollout_events e where e.kind = ${kind}
        and e.rollout_id = (select max(r.id) from public.rollouts r) order by e.id limit 1`;
    return row?.reason;
  }

  async #expectRolledBack(name: string, word: string): Promise<void> {
    const rollout = await this.#latestRollout();
    const reason = (await this.#eventOf('rolled_back')) ?? 'no such event';
    this.#expect(
      name,
      rollout.status === 'rolled_back' && reason.includes(word),
      `${rollout.status}: ${reason}`,
    );
  }

  #expectEvent(name: string, kind: string, reason: string | undefined): void {
    this.#expect(name, reason !== undefined, reason ?? `no event ${kind}`);
  }

  #expect(name: string, met: boolean, seen: string | undefined): void {
    this.#expectations.push({ name, met, seen: seen ?? 'nothing' });
    this.#say(`${met ? 'met' : 'NOT MET'}: ${name} (${seen ?? 'nothing'})`);
  }

  async #setMaxWorkers(count: number): Promise<void> {
    await this.#stack.sql`select public.change_setting('max_workers', ${count}::text::jsonb)`;
  }

  async #events(): Promise<LoggedEvent[]> {
    const rows = await this.#stack.sql<LoggedEvent[]>`
      select to_char(e.happened_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI') as happened_at, e.rollout_id::integer as rollout,
        e.stage, e.kind, e.actor, e.reason
      from public.rollout_events e order by e.id`;
    return [...rows];
  }
}
