import { figure, PLOT_WIDTH } from './figure.ts';
import { label, line, windowMark } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { type Domain, decimalsOf, linearScale, roundTicks } from './scales.ts';
import type { WindowPoint } from './window-points.ts';

/** A symbol's row of a dot strip. */
export interface SymbolRow {
  readonly name: string;
  readonly points: readonly WindowPoint[];
  /** The value of all the points' bars together. */
  readonly pooled: number;
  /** On the right: the pooled value in figures. */
  readonly text: string;
}

export interface SymbolRowsOptions {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly caption: string;
  readonly rows: readonly SymbolRow[];
  readonly domain: Domain;
  /** Where the value means "as good as the benchmark". */
  readonly reference: number;
}

const ROW_HEIGHT = 22;
const TOP = 10;
export const ROWS_LEFT = 150;
export const ROWS_RIGHT = PLOT_WIDTH - 170;

/** A dot strip: a row for each symbol, its windows' values from left to right. */
export function symbolRows({ rows, domain, reference, ...words }: SymbolRowsOptions): Markup {
  const bottom = TOP + ROW_HEIGHT * rows.length;
  const x = linearScale(domain, [ROWS_LEFT, ROWS_RIGHT]);
  const ticks = roundTicks(domain);
  const decimals = decimalsOf(ticks, 3);
  return figure(
    { ...words, height: bottom + 26 },
    html`${ticks.map((tick) => [
      line('grid', x(tick), TOP, x(tick), bottom),
      label(x(tick), bottom + 16, tick.toFixed(decimals), 'middle'),
    ])}
${line('reference', x(reference), TOP, x(reference), bottom)}
${rows.map((row, i) => {
  const y = TOP + ROW_HEIGHT * (i + 0.5);
  return [
    label(ROWS_LEFT - 10, y + 4, row.name, 'end', 'name'),
    row.points.map((point) => windowMark(x(point.value), y, point.verdict, point.label)),
    line('pooled', x(row.pooled), y - 8, x(row.pooled), y + 8),
    label(ROWS_RIGHT + 12, y + 4, row.text),
  ];
})}
`,
  );
}
