import { DIVERGENCE_THRESHOLDS } from '../../../shared/divergence/alert-level.ts';
import { counted } from '../../../shared/wording/counted.ts';
import { datesPanel, type ReferenceLine } from './dates-panel.ts';
import { figure, PLOT_WIDTH } from './figure.ts';
import { label } from './marks.ts';
import type { Markup } from './markup.ts';
import { percent } from './number-text.ts';
import { type EnsemblePart, type WindowPart, windowPoints } from './window-points.ts';

/** Values above are drawn at the upper edge: one stormy window would flatten all others. */
const HIGHEST = 1;

/** The divergence of every window, and on the same axis the raw measure that it replaces. */
export function divergencePlot({ windows, pooled: { verdicts } }: EnsemblePart, id: string): Markup {
  const points = (value: (window: WindowPart) => number) =>
    windowPoints(windows, value, (found) => `${percent(found)} %`);
  const relative = points(({ overfitting }) => overfitting.divergence);
  const raw = points(({ overfitting }) => overfitting.raw_divergence);
  const largest = Math.max(...[...relative, ...raw].map(({ value }) => value));
  const domain = [0, Math.min(HIGHEST, Math.max(1.05 * largest, 0.4))] as const;
  const beyond = [...relative, ...raw].filter(({ value }) => value > domain[1]).length;
  const panel = {
    domain,
    top: 30,
    bottom: 270,
    writeTick: (value: number) => `${Math.round(100 * value)} %`,
  };
  const middle = PLOT_WIDTH / 2;
  const { divergence_above: above, raw_divergence_above: rawAbove } = verdicts;
  return figure(
    {
      id,
      title: 'Divergence, and the raw measure beside it',
      description: `Of ${counted(verdicts.windows, 'window')}, divergence is above 15, 20 and 30 % in ${Object.values(above).join(', ')}; the raw measure in ${Object.values(rawAbove).join(', ')}.`,
      caption: `Left: how much the RMSE relative to no change worsens from train to validation or from validation to test, which raises alerts at the lines. Right: the raw |val - test| / val of the same windows, which mostly measures the change of volatility and raises none.${
        beyond === 0 ? '' : ` ${beyond} above the axis are triangles at its upper edge.`
      }`,
      height: 300,
    },
    [
      label(56, 16, 'divergence', 'start', 'name'),
      datesPanel({ ...panel, points: relative, lines: thresholds(true), left: 56, right: middle - 90 }),
      label(middle + 30, 16, 'raw |val - test| / val', 'start', 'name'),
      datesPanel({
        ...panel,
        points: raw,
        lines: thresholds(false),
        left: middle + 30,
        right: PLOT_WIDTH - 20,
      }),
    ],
  );
}

/** The lines at which alerts begin; they are named once. */
function thresholds(named: boolean): ReferenceLine[] {
  return Object.entries(DIVERGENCE_THRESHOLDS).map(([level, value]) => ({
    value,
    name: named ? `${level} ${Math.round(100 * value)} %` : '',
    kind: 'threshold' as const,
  }));
}
