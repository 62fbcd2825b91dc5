import { describe, expect, it } from 'vitest';
import { judgeFit, judgeStoredWindow } from '../../../src/shared/divergence/judge-fit.ts';
import { meanModel, memoriser, noChangeModel, scaleMemoriser, simulatedWindow } from './simulated-windows.ts';

const judge = (...window: Parameters<typeof simulatedWindow>) => {
  const { train, validation } = simulatedWindow(...window);
  return judgeFit(train, validation);
};

describe('the judgement of a fit', () => {
  it('is nothing where there is nothing to overfit', () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(judge(seed, 1, meanModel)).toBeNull();
      expect(judge(seed, 1, noChangeModel)).toBeNull();
    }
  });

  it('of one that memorised returns is a divergence', () => {
    expect(judge(1, 1, memoriser)).toMatchObject({
      code: 'divergence',
      message: expect.stringMatching(/Divergence of RMSE .* above its threshold of 15\.0 %/),
    });
  });

  it('goes by the level warning that it is given', () => {
    const { train, validation } = simulatedWindow(1, 1, memoriser);
    const message = judgeFit(train, validation, { warning: 0.3, overfitting: 0.4, critical: 0.5 })?.message;
    expect(message).toMatch(/above its threshold of 30\.0 %/);
  });

  it('of one that memorised their size is overfitting', () => {
    expect(judge(1, 1, scaleMemoriser)).toMatchObject({
      code: 'overfitting',
      message: expect.stringContaining('CRPS'),
    });
  });

  it('does not look at test', () => {
    const calm = simulatedWindow(3, 1, meanModel);
    const stormy = simulatedWindow(3, 5, meanModel);
    expect(judgeFit(calm.train, calm.validation)).toEqual(judgeFit(stormy.train, stormy.validation));
  });
});

describe('the judgement by a stored window', () => {
  const window = { windowId: 1499, divergence: 0.1, verdict: 'ok' } as const;

  it('is nothing without a window, or with one that is fine', () => {
    expect(judgeStoredWindow(null)).toBeNull();
    expect(judgeStoredWindow(window)).toBeNull();
    expect(judgeStoredWindow({ ...window, divergence: 0.15 })).toBeNull();
  });

  it('goes by the level warning that it is given', () => {
    const levels = { warning: 0.3, overfitting: 0.4, critical: 0.5 };
    expect(judgeStoredWindow({ ...window, divergence: 0.3 }, levels)).toBeNull();
    expect(judgeStoredWindow({ ...window, divergence: 0.31 }, levels)?.message).toContain('above 0.3');
  });

  it.each([
    [{ divergence: 0.151 }, 'divergence', '0.151'],
    [{ verdict: 'overfitting', divergence: 0.25 }, 'overfitting', '1499'],
    [{ verdict: 'implausible' }, 'implausible_skill', 'too good'],
  ] as const)('of one with %j is its reason', (change, code, says) => {
    const reason = judgeStoredWindow({ ...window, ...change });
    expect(reason).toMatchObject({ code, message: expect.stringContaining(says) });
  });
});
