import { describe, expect, it } from 'vitest';
import { sentenceOf } from '../../../src/shared/rollout/wording.ts';
import { utcMinute } from '../../../src/shared/series/utc-minute.ts';

describe('the words of an evaluation', () => {
  it('begin with a capital and end with a full stop', () => {
    expect(sentenceOf(['mean divergence 3 %', 'above 25 %: SPY 1D'])).toBe(
      'Mean divergence 3 %; above 25 %: SPY 1D.',
    );
  });

  it('name a time to the minute, and leave what is no time as it is', () => {
    expect(utcMinute('2026-11-30T18:13:06.93559+00:00')).toBe('2026-11-30 18:13 UTC');
    expect(utcMinute('2026-11-30T13:13:06-05:00')).toBe('2026-11-30 18:13 UTC');
    expect(utcMinute('never')).toBe('never');
  });
});
