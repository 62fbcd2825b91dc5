import { describe, expect, it } from 'vitest';
import { FailedCandidates } from '../../../src/shared/ensemble/failed-candidates.ts';
import { firstScoredBar } from '../../../src/shared/ensemble/first-scored-bar.ts';
import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { recentScale, standIn, standInRegistry } from './stand-in-members.ts';
import { standInTask } from './stand-in-task.ts';

/** An LSTM whose entries need as many bars as they say. */
const needing = (...bars: readonly number[]): MemberRegistry => ({
  ...standInRegistry,
  LSTM: {
    forecaster: {
      ...standIn(
        'LSTM',
        bars.map((least) => ({ least })),
        (series, bar) => ({ mean: 0, scale: recentScale(series, bar) }),
      ),
      minimumBars: ({ least }) => least as number,
    },
    refittedInsideTest: false,
  },
});

function first(registry: MemberRegistry, scoreFrom = 0, failed = new FailedCandidates()) {
  const { members, series, train } = standInTask(registry);
  return { bar: firstScoredBar(members, series, train, scoreFrom, failed), failed: failed.list };
}

describe('the first bar that is scored', () => {
  it('is the first that every candidate can forecast, or a later one that is asked for', () => {
    expect(first(needing(35, 60, 40)).bar).toBe(60);
    expect(first(needing(20)).bar).toBe(30);
    expect(first(needing(35), 50).bar).toBe(50);
  });

  it('leaves out a candidate that needs all of train, which is among the failed', () => {
    const { bar, failed } = first(needing(140, 60));
    expect(bar).toBe(60);
    expect(failed).toMatchObject([{ member: 'LSTM', entry: 0, code: 'too_few_bars' }]);
  });

  it('is the same when it is known already which candidates failed', () => {
    const known = [
      { member: 'LSTM', entry: 0, code: 'too_few_bars', message: 'as before' },
      { member: 'LSTM', entry: 1, code: 'not_converged', message: 'in its fit' },
    ] as const;
    const { bar, failed } = first(needing(140, 60, 40), 0, new FailedCandidates(known));
    expect(bar).toBe(60);
    expect(failed).toEqual(known);
  });

  it('must be one of train', () => {
    expect(() => first(standInRegistry, 140)).toThrow(
      expect.objectContaining({
        code: 'too_few_bars',
        details: { symbol: 'SIM4', have: 140, need: 141 },
      }),
    );
  });
});
