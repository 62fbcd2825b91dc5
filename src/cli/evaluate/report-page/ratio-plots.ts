import { counted } from '../../../shared/wording/counted.ts';
import { datesPanel } from './dates-panel.ts';
import { figure, PLOT_WIDTH } from './figure.ts';
import type { Markup } from './markup.ts';
import { ratio } from './number-text.ts';
import { decimalsOf, paddedDomain } from './scales.ts';
import { symbolRows } from './symbol-rows.ts';
import { type EnsemblePart, windowPoints } from './window-points.ts';

/** A score over that of its benchmark: below 1 the ensemble is better. */
export type RatioName = 'crps_ratio' | 'rmse_ratio';

const NAMES: Readonly<Record<RatioName, { readonly score: string; readonly benchmark: string }>> = {
  crps_ratio: { score: 'CRPS', benchmark: 'filtered historical simulation' },
  rmse_ratio: { score: 'RMSE', benchmark: 'no change' },
};

const MARKS = 'A dot is one window of test bars, a diamond one that the overfitting tests flagged.';

/** The ratio of every window by the date of its last test bar. */
export function ratioByDate(part: EnsemblePart, name: RatioName, id: string): Markup {
  const { score, benchmark } = NAMES[name];
  const points = windowPoints(part.windows, ({ models }) => models.ensemble[name], ratio);
  const pooled = part.pooled.models.ensemble[name];
  const values = points.map(({ value }) => value);
  const better = values.filter((value) => value < 1).length;
  return figure(
    {
      id: `${id}-date`,
      title: `${score} over that of ${benchmark}, by date`,
      description: `${counted(points.length, 'window')} between ${ratio(Math.min(...values))} and ${ratio(Math.max(...values))}, ${better} of them below 1; pooled ${ratio(pooled)}.`,
      caption: `${MARKS} Below 1 the ensemble is better than ${benchmark}. Years are those of the window's last bar.`,
      height: 280,
    },
    datesPanel({
      points,
      domain: paddedDomain([...values, 1]),
      lines: [
        { value: 1, name: '1', kind: 'reference' },
        { value: pooled, name: `pooled ${ratio(pooled)}`, kind: 'pooled' },
      ],
      writeTick: (value, ticks) => value.toFixed(decimalsOf(ticks, 3)),
      ...{ left: 56, right: PLOT_WIDTH - 100, top: 12, bottom: 250 },
    }),
  );
}

/** The ratio of every window, a row for each symbol, with the symbol's pooled value. */
export function ratioBySymbol(part: EnsemblePart, name: RatioName, id: string): Markup {
  const { score, benchmark } = NAMES[name];
  const points = windowPoints(part.windows, ({ models }) => models.ensemble[name], ratio);
  const all = part.pooled.models.ensemble;
  const rows = [
    ...part.symbols.map(({ symbol, models: { ensemble } }) => ({
      name: symbol,
      points: points.filter((point) => point.symbol === symbol),
      pooled: ensemble[name],
      text: `${ratio(ensemble[name])}  n ${ensemble.n}`,
    })),
    { name: 'all', points: [], pooled: all[name], text: `${ratio(all[name])}  n ${all.n}` },
  ];
  return symbolRows({
    id: `${id}-symbol`,
    title: `${score} over that of ${benchmark}, by symbol`,
    description: rows.map((row) => `${row.name} ${ratio(row.pooled)}`).join(', '),
    caption: `${MARKS} The upright stroke is the value of all the symbol's test bars together, which stands on the right with their number.`,
    rows,
    domain: paddedDomain([...points.map(({ value }) => value), ...rows.map(({ pooled }) => pooled), 1]),
    reference: 1,
  });
}
