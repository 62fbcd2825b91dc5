import { describe, expect, it } from 'vitest';
import { figuresRow } from '../../src/cli/evaluate/evaluation-table.ts';
import { fixed } from '../../src/cli/fixed.ts';
import { counted } from '../../src/shared/wording/counted.ts';
import { exampleReport } from './evaluate/report-page/example-report.ts';

describe('a number with fixed digits', () => {
  it.each([
    [-0.04, 1, '0.0'],
    [-0.06, 1, '-0.1'],
    [0, 2, '0.00'],
    [1.005, 1, '1.0'],
  ])('%d with %d is %s', (value, digits, text) => {
    expect(fixed(value, digits)).toBe(text);
  });

  it('is what the table of figures has', () => {
    const { ensemble } = exampleReport().ensembles[0].pooled.models;
    const row = figuresRow('x', { ...ensemble, crps_t: -0.04, log_score_gain: -0.00001 });
    expect(row.filter((text) => /^[+-]?0\.0+$/.test(text))).toEqual(['0.0', '+0.0000']);
  });
});

describe('a count', () => {
  it('has its noun in the number it asks for', () => {
    expect([0, 1, 2].map((count) => counted(count, 'window'))).toEqual([
      '0 windows',
      '1 window',
      '2 windows',
    ]);
  });
});
