// npm run rehearse -- --short, as a person runs it: a good rollout from its deploy to the last stage and back, and three that go wrong.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAULT_SESSIONS, type RehearsalReport } from '../../src/cli/rehearse/rehearsal.ts';
import { SHORT_PACE } from '../../src/cli/rehearse/rehearsal-pace.ts';
import { sessionsBetween } from '../cli/rehearse/sessions-between.ts';

const project = join(import.meta.dirname, '../..');
let report: RehearsalReport;
let status: number | null;
let told: string;

beforeAll(async () => {
  const { stdout, ...ended } = await run('--short', '--json');
  ({ status, told } = ended);
  if (stdout === '') throw new Error(`the rehearsal printed nothing; it said:\n${told}`);
  report = JSON.parse(stdout) as RehearsalReport;
});

function run(...options: string[]): Promise<{ status: number | null; stdout: string; told: string }> {
  const script = join(project, 'src', 'cli', 'rehearse', 'rehearse.ts');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--import', 'tsx', script, ...options],
      { cwd: project, maxBuffer: 64 * 1024 * 1024 },
      (_, stdout, stderr) => resolve({ status: child.exitCode, stdout, told: stderr }),
    );
  });
}

/** Kinds of the events of a rollout, in order. */
const kindsOf = (rollout: number) =>
  report.events.filter((event) => event.rollout === rollout).map(({ kind }) => kind);
const last = (kinds: readonly string[]) => kinds.at(-1);

describe('a rehearsal', () => {
  it('meets all that is expected of it, and ends with status 0', () => {
    expect(report.expectations.filter(({ met }) => !met)).toEqual([]);
    expect(status).toBe(0);
  });

  it('replays sessions of real prices one after the other', () => {
    const dates = told.match(/\d{4}-\d\d-\d\d(?= (canary|limited|full) day)/g)!;
    expect(dates.length).toBeGreaterThanOrEqual(SHORT_PACE.sessions);
    expect(dates).toEqual(sessionsBetween(report.first_session, dates.at(-1)!));
    expect(report.sessions).toBe(SHORT_PACE.sessions + FAULT_SESSIONS);
  });

  it('takes the good candidate through limited to full, held as insufficient first in each stage', () => {
    const decisions = kindsOf(1).filter((kind) =>
      ['deployed', 'evaluated', 'promoted', 'rolled_back'].includes(kind),
    );
    expect(decisions[0]).toBe('deployed');
    expect(decisions.filter((kind) => kind === 'promoted')).toHaveLength(2);
    const evaluated = report.events.filter(({ kind, rollout }) => rollout === 1 && kind === 'evaluated');
    for (const stage of ['canary', 'limited', 'full']) {
      const verdicts = evaluated.filter((event) => event.stage === stage).map(({ reason }) => reason);
      expect(verdicts[0], stage).toContain(': insufficient:');
      if (stage !== 'full') expect(verdicts.at(-1), stage).toContain(': pass:');
    }
  });

  it("records the provider's outage, and no rollback for it", () => {
    const kinds = kindsOf(1);
    expect(kinds).toContain('bars_missing');
    expect(kinds).toContain('job_dead');
    expect(kinds.indexOf('bars_missing')).toBeLessThan(kinds.indexOf('promoted'));
    expect(kinds.filter((kind) => kind === 'rolled_back')).toHaveLength(1);
  });

  it('rolls back at the word of an operator, and says how long it took', () => {
    expect(last(kindsOf(1))).toBe('rolled_back');
    const { actor } = report.events.findLast(({ rollout }) => rollout === 1)!;
    expect(actor).toBe('rehearsal');
    expect(report.rollback.database_seconds).toBeGreaterThan(0);
    expect(report.rollback.command_seconds).toBeGreaterThan(report.rollback.database_seconds);
  });

  it.each([
    [2, 'an overfit candidate', ['trigger', 'rolled_back'], /divergence/],
    [
      3,
      'a candidate whose member crashes',
      ['job_dead', 'forecast_missing', 'trigger', 'rolled_back'],
      /missing/,
    ],
    [4, 'a candidate whose forecasts are missing', ['forecast_missing', 'trigger', 'rolled_back'], /missing/],
  ])('rolls back by itself: rollout %i, %s', (rollout, _, wanted, reason) => {
    const events = report.events.filter((event) => event.rollout === rollout);
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(wanted));
    expect(events.at(-1)).toMatchObject({ kind: 'rolled_back', actor: 'automatic' });
    expect(events.at(-1)!.reason).toMatch(reason);
  });

  it('shows the summary of the first stage, with the decision and its evidence', () => {
    expect(report.summary).toMatch(/canary/);
    expect(report.summary).toMatch(/forecast_coverage/);
  });
});
