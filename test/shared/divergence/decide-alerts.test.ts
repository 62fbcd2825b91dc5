import { describe, expect, it } from 'vitest';
import { DIVERGENCE_THRESHOLDS } from '../../../src/shared/divergence/alert-level.ts';
import {
  type CheckedWindow,
  decideAlerts,
  type OpenAlert,
} from '../../../src/shared/divergence/decide-alerts.ts';

const window = (divergence: number, isOverfitting = divergence > 0.2) => ({
  metricsId: 7,
  windowId: 1499,
  divergence,
  isOverfitting,
  isImplausible: false,
  reasons: isOverfitting ? ['because'] : [],
});
const decided = (latest: CheckedWindow, open: readonly OpenAlert[]) =>
  decideAlerts(latest, open, DIVERGENCE_THRESHOLDS);
const opened = (divergence: number, isOverfitting?: boolean) =>
  decided(window(divergence, isOverfitting), []).open.map((alert) => alert.level);

describe('decideAlerts', () => {
  it.each([
    [0, []],
    [0.15, []],
    [0.1501, ['warning']],
    [0.2, ['warning']],
    [0.2001, ['warning', 'overfitting']],
    [0.3, ['warning', 'overfitting']],
    [0.3001, ['warning', 'overfitting', 'critical']],
  ])('opens at divergence %d: %o', (divergence, levels) => {
    expect(opened(divergence)).toEqual(levels);
  });

  it('goes by the levels that it is given', () => {
    const levels = { warning: 0.3, overfitting: 0.4, critical: 0.5 };
    const { open, resolve } = decideAlerts(window(0.45, false), [{ id: 1, level: 'critical' }], levels);
    expect(open.map(({ level, threshold }) => [level, threshold])).toEqual([
      ['warning', 0.3],
      ['overfitting', 0.4],
    ]);
    expect(resolve.map(({ id }) => id)).toEqual([1]);
  });

  it('opens overfitting on the verdict alone, and says why', () => {
    const [alert] = decided(window(0.01, true), []).open;
    expect(alert.level).toBe('overfitting');
    expect(alert.message).toContain('because');
  });

  it('opens implausible on skill that nobody has, whatever the divergence', () => {
    const { open } = decided({ ...window(0), isImplausible: true, reasons: ['too good'] }, []);
    expect(open).toEqual([expect.objectContaining({ level: 'implausible', threshold: null })]);
    expect(open[0].message).toContain('too good');
  });

  it('leaves an open alert as it is while it is due', () => {
    const { open, resolve } = decided(window(0.25), [
      { id: 1, level: 'warning' },
      { id: 2, level: 'overfitting' },
    ]);
    expect([open, resolve]).toEqual([[], []]);
  });

  it('resolves what is no longer due, and only that', () => {
    const { open, resolve } = decided(window(0.16), [
      { id: 1, level: 'warning' },
      { id: 2, level: 'overfitting' },
      { id: 3, level: 'critical' },
    ]);
    expect(open).toEqual([]);
    expect(resolve.map(({ id }) => id)).toEqual([2, 3]);
  });
});
