import { shareError } from './coverage-plot.ts';
import { figure } from './figure.ts';
import { diamond, label, line } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { percent } from './number-text.ts';
import { linearScale, paddedDomain, roundTicks } from './scales.ts';
import { ROWS_LEFT, ROWS_RIGHT } from './symbol-rows.ts';
import type { EnsemblePart } from './window-points.ts';

const ROW_HEIGHT = 24;
const TOP = 10;

/** Share of signs met with its standard error, beside the share of days up, for each symbol and all. */
export function directionPlot({ symbols, pooled }: EnsemblePart, id: string): Markup {
  const rows = [...symbols, { symbol: 'all', models: pooled.models }].flatMap(({ symbol, models }) => {
    const { directional_accuracy: hits, base_rate: base, n } = models.ensemble;
    // A mean of 0 has no direction: there is nothing to draw.
    return hits === null || base === null ? [] : [{ symbol, hits, base, error: shareError(hits, n) }];
  });
  if (rows.length === 0) return html`<p>No forecast had a direction.</p>`;
  const domain = paddedDomain(
    rows.flatMap(({ hits, base, error }) => [hits - 2 * error, hits + 2 * error, base]),
  );
  const x = linearScale(domain, [ROWS_LEFT, ROWS_RIGHT]);
  const bottom = TOP + ROW_HEIGHT * rows.length;
  const words = ({ hits, base, error }: (typeof rows)[number]) =>
    `${percent(hits)} ± ${percent(error)}, up ${percent(base)}`;
  return figure(
    {
      id,
      title: 'Share of signs met, beside the share of days up',
      description: rows.map((row) => `${row.symbol} ${words(row)}`).join('; '),
      caption:
        'Per cent. The dot is how often the forecast mean had the sign of the return, its stroke two standard errors to either side (binomial, bars taken as independent); the diamond what always saying "up" would have had. On the right the share, one standard error, and the share of days up.',
      height: bottom + 26,
    },
    html`${roundTicks(domain).map((tick) => [
      line('grid', x(tick), TOP, x(tick), bottom),
      label(x(tick), bottom + 16, `${Math.round(1000 * tick) / 10} %`, 'middle'),
    ])}
${rows.map((row, i) => {
  const y = TOP + ROW_HEIGHT * (i + 0.5);
  return [
    label(ROWS_LEFT - 10, y + 4, row.symbol, 'end', 'name'),
    line('error', x(row.hits - 2 * row.error), y, x(row.hits + 2 * row.error), y),
    html`<path class="base" d="${diamond(x(row.base), y, 5.5)}"><title>${row.symbol}: up on ${percent(row.base)} % of the days</title></path>`,
    html`<circle class="dot whole" cx="${x(row.hits)}" cy="${y}" r="4.5"><title>${row.symbol}: ${percent(row.hits)} % of the signs met</title></circle>`,
    label(ROWS_RIGHT + 12, y + 4, words(row)),
  ];
})}
`,
  );
}
