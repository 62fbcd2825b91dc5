import { figure, PLOT_WIDTH } from './figure.ts';
import { diamond, label, line } from './marks.ts';
import { html, type Markup } from './markup.ts';
import { percent } from './number-text.ts';
import { linearScale, paddedDomain, roundTicks } from './scales.ts';
import { table } from './table.ts';
import type { EnsemblePart } from './window-points.ts';

/** Standard errors to either side of the nominal share that hold 95 % of what chance does. */
const BAND = 1.96;

const TERCILES = ['calm', 'middle', 'storm'] as const;

/** Standard error of a share of n independent bars. */
export function shareError(share: number, n: number): number {
  return Math.sqrt((share * (1 - share)) / n);
}

/** What the intervals covered less what they promise, in all and by tercile of the volatility, within what chance allows. */
export function coveragePlot({ pooled }: EnsemblePart, id: string): Markup {
  const { coverage, n } = pooled.models.ensemble;
  const groups = coverage.map(({ level, share, by_tercile }) => ({
    level,
    shares: [share, ...by_tercile],
    band: BAND * shareError(level, n),
    tercileBand: BAND * shareError(level, n / 3),
  }));
  const points = (share: number) => 100 * share;
  const domain = paddedDomain(
    groups.flatMap(({ level, shares, tercileBand }) => [
      ...shares.map((share) => points(share - level)),
      points(tercileBand),
      points(-tercileBand),
    ]),
  );
  const left = 56;
  const width = (PLOT_WIDTH - left - 10) / groups.length;
  const [top, bottom] = [12, 230];
  const y = linearScale(domain, [bottom, top]);
  return figure(
    {
      id,
      title: 'Coverage less its target',
      description: `${n} test bars. ${groups
        .map(({ level, shares }) => {
          const [all, ...terciles] = shares.map(percent);
          return `${percent(level)} %: ${all}, by tercile ${terciles.join(', ')}`;
        })
        .join('. ')}.`,
      caption: html`Percentage points, of ${n} test bars. The first mark of each group is all bars, the others the calm, the middle and the stormy third
by the volatility that filtered historical simulation expected (about ${Math.round(n / 3)} bars each). The dark band is where 95 % of the
values of all bars would lie if each bar were an independent draw (binomial), the light one the same for a third. Bars of several symbols on one day are
not independent, so the true bands are wider.`,
      height: bottom + 48,
    },
    html`${roundTicks(domain).map((tick) => [
      line('grid', left, y(tick), PLOT_WIDTH - 10, y(tick)),
      label(left - 6, y(tick) + 4, tick, 'end'),
    ])}
${groups.map(({ level, shares, band, tercileBand }, g) => {
  const start = left + width * g;
  const place = (mark: number) => Math.round(start + (width * (mark + 0.5)) / 4);
  return [
    bandBox('band-third', start + 8, width - 16, y(points(tercileBand)), y(points(-tercileBand))),
    bandBox('band', start + 8, width - 16, y(points(band)), y(points(-band))),
    shares.map((share, mark) => {
      const at = { x: place(mark), y: y(points(share - level)) };
      const words = `${percent(level)} % interval, ${['all', ...TERCILES][mark]}: ${percent(share)} %`;
      return mark === 0
        ? html`<path class="whole" d="${diamond(at.x, at.y, 6.5)}"><title>${words}</title></path>`
        : html`<circle class="dot third" cx="${at.x}" cy="${at.y}" r="4.5"><title>${words}</title></circle>`;
    }),
    ['all', ...TERCILES].map((name, mark) => label(place(mark), bottom + 16, name, 'middle')),
    label(start + width / 2, bottom + 36, `${percent(level)} %`, 'middle', 'name'),
  ];
})}
${line('reference', left, y(0), PLOT_WIDTH - 10, y(0))}
`,
  );
}

function bandBox(kind: string, x: number, width: number, top: number, bottom: number): Markup {
  return html`<rect class="${kind}" x="${x}" y="${top}" width="${width}" height="${(bottom - top).toFixed(1)}"/>`;
}

/** The same in figures. */
export function coverageTable({ pooled }: EnsemblePart): Markup {
  const { coverage, n } = pooled.models.ensemble;
  return table(
    `Coverage, per cent of ${n} test bars, with the half width of the binomial 95 % band`,
    ['interval', 'all', ...TERCILES, 'band of all', 'band of a third'],
    coverage.map(({ level, share, by_tercile }) => [
      `${percent(level)} %`,
      ...[share, ...by_tercile].map(percent),
      ...[n, n / 3].map((bars) => `± ${(100 * BAND * shareError(level, bars)).toFixed(2)}`),
    ]),
  );
}
