import { aboveMark, label, line, windowMark } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { type Domain, linearScale, paddedDomain, roundTicks, yearTicks } from './scales.ts';
import type { WindowPoint } from './window-points.ts';

/** A level that is drawn through a panel, with what it is called. */
export interface ReferenceLine {
  readonly value: number;
  readonly name: string;
  readonly kind: 'reference' | 'pooled' | 'threshold';
}

export interface DatesPanelOptions {
  readonly points: readonly WindowPoint[];
  readonly domain: Domain;
  readonly lines: readonly ReferenceLine[];
  readonly writeTick: (value: number, ticks: readonly number[]) => string;
  /** Place of the panel in its picture: the area of the marks. */
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Values of windows by the date of their last test bar, with a value axis on the left and years below. */
export function datesPanel(options: DatesPanelOptions): Markup {
  const { points, domain, lines, writeTick, left, right, top, bottom } = options;
  const days = daysDomain(points.map(({ day }) => day));
  const x = linearScale(days, [left, right]);
  const y = linearScale(domain, [bottom, top]);
  const years = yearTicks(days, Math.floor((right - left) / 60));
  const ticks = roundTicks(domain);
  return html`${ticks.map((tick) => [
    line('grid', left, y(tick), right, y(tick)),
    label(left - 6, y(tick) + 4, writeTick(tick, ticks), 'end'),
  ])}
${years.map(({ day, year }) => [line('grid', x(day), top, x(day), bottom), label(x(day), bottom + 16, year, 'middle')])}
${lines.map(({ kind, value }) => line(kind, left, y(value), right, y(value)))}
${points.map((point) =>
  point.value > domain[1]
    ? aboveMark(x(point.day), top, point.label)
    : windowMark(x(point.day), y(point.value), point.verdict, point.label),
)}
${spread(lines.map(({ name, value }) => ({ name, y: y(value) + 4 }))).map((text) => label(right + 5, text.y, text.name))}
`;
}

/** The days of the marks with a margin; a single day has the half years around it. */
function daysDomain(days: readonly number[]): Domain {
  const [first, last] = [Math.min(...days), Math.max(...days)];
  return first === last ? [first - 183, last + 183] : paddedDomain(days);
}

/** Names of lines that lie close together are moved apart, downwards. */
function spread(texts: readonly { readonly name: string; readonly y: number }[]) {
  const LINE_HEIGHT = 13;
  let previous = Number.NEGATIVE_INFINITY;
  return [...texts]
    .sort((a, b) => a.y - b.y)
    .map(({ name, y }) => {
      previous = Math.max(y, previous + LINE_HEIGHT);
      return { name, y: previous };
    });
}
