import { describe, expect, it } from 'vitest';
import { synthesisLines } from '../../src/cli/synthesis-lines.ts';
import type { StoredForecast } from '../../src/shared/store/stored-forecast.ts';

const forecast = {
  ...{
    symbol: 'SPX',
    horizon: '1D',
    probability_up: 0.563,
    direction: 'bullish',
    confidence: 0.563,
    agreement: 0.5,
  },
  direction_thresholds: { bullish: 0.55, bearish: 0.45 },
  members: [
    { name: 'LSTM', weight: 0.5, direction: 'bullish' },
    { name: 'ARIMA_GARCH', weight: 0.5, direction: 'neutral' },
  ],
  drivers: [{ code: 'volatility', sentence: 'Volatility is high.', figures: {} }],
  quality_notes: [{ code: 'stale_data', sentence: 'The bars are old.', figures: {} }],
} as unknown as StoredForecast;

describe('the lines of a forecast', () => {
  it('say direction, confidence, members, drivers and notes', () => {
    expect(synthesisLines(forecast)).toBe(
      [
        'SPX 1D: bullish. Confidence 56.3 % that it rises; bullish from 55 %, bearish up to 45 %.',
        '  members: 50 % of the weight agree (LSTM 50 % bullish, ARIMA_GARCH 50 % neutral)',
        '  driver: Volatility is high.',
        '  note: The bars are old.',
      ].join('\n'),
    );
  });

  it('say which side a neutral forecast leans to', () => {
    const neutral = { ...forecast, probability_up: 0.48, direction: 'neutral', confidence: 0.52 };
    expect(synthesisLines(neutral)).toContain('SPX 1D: neutral. Confidence 52 % that it does not rise;');
  });

  it('claim nothing for a row from before there were directions', () => {
    const old = { ...forecast, direction: null, confidence: null, drivers: [], quality_notes: [] };
    expect(synthesisLines(old)).toBe('SPX 1D: no direction was stated.');
  });
});
