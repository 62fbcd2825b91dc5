import { describe, expect, it } from 'vitest';
import { statusText } from '../../../src/cli/canary/commands/status-text.ts';
import { wrappedTable } from '../../../src/cli/canary/commands/wrapped-table.ts';
import { ROLLOUT_VERBS } from '../../../src/shared/contracts/rollout-verbs.ts';

const NOTHING = {
  rollout: null,
  publishing: true,
  automatic_rollback: true,
  decision: null,
  not_ready: null,
  latest_evaluation: null,
  events: [],
  board: [],
  board_rows: 0,
};

const ROLLOUT = {
  ...{ id: 3, status: 'running', stage: 'canary', candidate_hash: 'aaaa', baseline_hash: 'bbbb' },
  started_at: '2026-11-02T14:00:00+00:00',
  stage_started_at: '2026-11-02T14:00:00+00:00',
  stage_due_at: '2026-11-09T14:00:00+00:00',
  ended_at: null,
  ended_because: null,
};

describe('the status for people', () => {
  it('says that there is no rollout', () => {
    expect(statusText(NOTHING)).toBe('No rollout yet: npm run canary -- deploy begins one.');
  });

  it('says what is not as usual: the kill switch, and triggers that roll nothing back', () => {
    const text = statusText({ ...NOTHING, publishing: false, automatic_rollback: false });
    expect(text).toContain('The kill switch is on');
    expect(text).toContain('automatic_rollback is false');
  });

  it('says what a promotion lacks, or that it lacks nothing', () => {
    const running = { ...NOTHING, rollout: ROLLOUT };
    const waiting = { decision: 'hold', not_ready: ['stage canary was not evaluated yet'] } as const;
    expect(statusText({ ...running, ...waiting })).toContain(
      'Decision: hold. A promotion lacks:\n  - stage canary was not evaluated yet',
    );
    expect(statusText({ ...running, decision: 'promote', not_ready: [] })).toContain(
      'Decision: promote. A promotion lacks nothing: npm run canary -- promote',
    );
  });

  it('says why and when a rollout ended, in its second line', () => {
    const ended = {
      status: 'rolled_back',
      ended_at: '2026-11-04T15:30:00+00:00',
      ended_because: 'a forecast is missing',
    };
    const text = statusText({ ...NOTHING, rollout: { ...ROLLOUT, ...ended } });
    expect(text.split('\n')[1]).toBe('Rolled back 2026-11-04 15:30 UTC, stage canary: a forecast is missing');
  });

  it('shows no figure where there is none', () => {
    const row = {
      ...{ symbol: 'AAPL', horizon: '1D', ensemble: 'candidate', last_cutoff: null, state: null, pairs: 0 },
      ...{
        rmse_ratio: null,
        crps_ratio: null,
        coverage_90: null,
        scored: 0,
        divergence: null,
        verdict: null,
      },
      alerts_open: 0,
    };
    const text = statusText({ ...NOTHING, rollout: ROLLOUT, board: [row], board_rows: 1 });
    expect(text).not.toMatch(/NaN|null|undefined/);
    expect(text).toMatch(/AAPL +1D +candidate +none/);
    expect(text).not.toContain('rows');
    expect(statusText({ ...NOTHING, rollout: ROLLOUT, board: [row], board_rows: 3000 })).toContain(
      '1 of 3000 rows, those that need attention first: vw_canary_board has all.',
    );
  });
});

describe('a rollback for people', () => {
  it('names what it overtook and what has no forecast now', () => {
    const text = ROLLOUT_VERBS.rollback.says({
      event_id: 7,
      ...{
        rollout_id: 3,
        from: 'limited',
        seconds: 0.02,
        symbols: ['AAPL', 'SPY'],
        without_forecast: ['SPY 4h'],
      },
      overtook: { actor: 'Bob', from: 'canary', to: 'limited' },
    });
    expect(text).toContain('overtook a promotion within the last minute: canary -> limited by Bob');
    expect(text).toContain('until the next one: SPY 4h');
  });
});

describe('wrappedTable', () => {
  it('goes on below, in rows that are empty otherwise', () => {
    const lines = wrappedTable(['a', 'why'], [['x', 'word '.repeat(40).trim()]]).split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[2]).toMatch(/^x {2}word/);
    expect(lines[3]).toMatch(/^ {3}word/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(93);
  });
});
