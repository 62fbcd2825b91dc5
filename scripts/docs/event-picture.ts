import exp from '@stdlib/math-base-special-exp';
import { html, type Markup } from '../../src/cli/evaluate/report-page/markup.ts';
import { linearScale, roundTicks, type Scale } from '../../src/cli/evaluate/report-page/scales.ts';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { nextSession } from '../../src/shared/calendars/sessions.ts';
import { fhs } from '../../src/shared/models/benchmarks/fhs.ts';
import { type Forecaster, unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { withScheduledEvents } from '../../src/shared/models/scheduled-events/with-scheduled-events.ts';
import type { PredictiveDistribution } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { intervalPlaces } from '../../src/shared/scores/coverage.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { columnsFromBars, type Series, sliceSeries } from '../../src/shared/series/series.ts';
import { withEvents } from '../../src/shared/series/with-events.ts';

// The picture of docs/models.md: 90 % intervals around an announcement, by the very code that forecasts, on simulated
// prices.

const BARS = 1_300;
/** Sessions between announcements. */
const EVERY = 63;
/** By how much the session after one moves more than others. */
const REACTION = 3.8;
/** The announcement that is shown, and the sessions around it. */
const SHOWN = { bar: 19 * EVERY, before: 12, after: 14 };
const SIZE = { width: 760, height: 330, left: 56, right: 744, top: 62, bottom: 284 };

/** The picture as SVG; the same bits wherever it is drawn. */
export function eventPicture(): string {
  const series = simulatedStock();
  const { bar, before, after } = SHOWN;
  const [from, to] = [bar - before, bar + after + 1];
  const plain = forecasts(fhs, series, from, to);
  const informed = forecasts(withScheduledEvents(fhs), series, from, to);
  const realised = logReturns(series.close).subarray(from - 1, to - 1);
  const x = linearScale([-before - 0.5, after + 0.5], [SIZE.left, SIZE.right]);
  const largest = Math.max(
    ...informed.flatMap((one) => bounds(one).map(Math.abs)),
    ...realised.map(Math.abs),
  );
  const y = linearScale([-1.08 * largest, 1.08 * largest], [SIZE.bottom, SIZE.top]);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-labelledby="title text" font-family="system-ui, sans-serif" font-size="13">
<title id="title">90 % intervals around an announcement</title>
<desc id="text">Daily returns of a simulated stock beside two intervals of 90 %. On the session after the announcement the one that knows its date is several times as wide and holds what came; the other does not. On the other sessions the two are nearly alike.</desc>
<rect width="${SIZE.width}" height="${SIZE.height}" fill="#ffffff"/>
${band(plain, x, y, '#8a8f98', 0.32)}
${band(informed, x, y, '#1f6fb2', 0.36)}
${[...realised].map((value, i) => html`<circle cx="${x(i - before)}" cy="${y(value)}" r="3.4" fill="#111418"/>`)}
${axes(x, y, largest)}
${legend()}
</svg>
`.text;
}

function bounds({ quantiles }: PredictiveDistribution): readonly [number, number] {
  const { lower, upper } = intervalPlaces(0.9);
  return [quantiles[lower], quantiles[upper]];
}

function band(
  of: readonly PredictiveDistribution[],
  x: Scale,
  y: Scale,
  colour: string,
  opacity: number,
): Markup {
  return html`${of.map((one, i) => {
    const [low, high] = bounds(one);
    const left = x(i - SHOWN.before - 0.46);
    const width = Math.round(10 * (x(i - SHOWN.before + 0.46) - left)) / 10;
    const height = Math.round(10 * (y(low) - y(high))) / 10;
    return html`<rect x="${left}" y="${y(high)}" width="${width}" height="${height}" fill="${colour}" fill-opacity="${opacity}"/>`;
  })}`;
}

function axes(x: Scale, y: Scale, largest: number): Markup {
  const ticks = roundTicks([-100 * largest, 100 * largest], 5);
  const sessions = [-10, -5, 0, 5, 10];
  return html`<line x1="${SIZE.left}" x2="${SIZE.right}" y1="${y(0)}" y2="${y(0)}" stroke="#5b616b" stroke-width="0.7"/>
<line x1="${x(0.5)}" x2="${x(0.5)}" y1="${SIZE.top}" y2="${SIZE.bottom}" stroke="#b3261e" stroke-dasharray="4 3"/>
<text x="${x(0.5) - 6}" y="${SIZE.top + 12}" text-anchor="end" fill="#b3261e">announced after this close</text>
${ticks.map((tick) => html`<text x="${SIZE.left - 8}" y="${y(tick / 100) + 4}" text-anchor="end" fill="#3c4149">${tick} %</text>`)}
${sessions.map((session) => html`<text x="${x(session)}" y="${SIZE.bottom + 18}" text-anchor="middle" fill="#3c4149">${session}</text>`)}
<text x="${(SIZE.left + SIZE.right) / 2}" y="${SIZE.bottom + 38}" text-anchor="middle" fill="#3c4149">sessions from the announcement</text>`;
}

function legend(): Markup {
  return html`<rect x="${SIZE.left}" y="14" width="14" height="14" fill="#1f6fb2" fill-opacity="0.36"/>
<text x="${SIZE.left + 20}" y="26" fill="#111418">90 % interval that knows the dates</text>
<rect x="${SIZE.left + 262}" y="14" width="14" height="14" fill="#8a8f98" fill-opacity="0.32"/>
<text x="${SIZE.left + 282}" y="26" fill="#111418">90 % interval that does not</text>
<circle cx="${SIZE.left + 482}" cy="21" r="3.4" fill="#111418"/>
<text x="${SIZE.left + 492}" y="26" fill="#111418">what came (simulated)</text>`;
}

function forecasts(
  forecaster: Forecaster,
  series: Series,
  from: number,
  to: number,
): PredictiveDistribution[] {
  const fit = forecaster.fit(sliceSeries(series, 0, from), forecaster.grid[0], { seed: 1 });
  fit.step(unlimitedBudget);
  return fit.result().predictRange(series, from, to);
}

/**
 * A stock whose volatility comes in clusters and that moves most on the session after it has announced its earnings.
 */
function simulatedStock(): Series {
  const random = new SeededRandom(7);
  let date = '2014-12-31';
  let price = 100;
  let variance = 0.00015;
  const bars = Array.from({ length: BARS }, (_, bar) => {
    date = nextSession(date, NEW_YORK);
    const moves = Array.from({ length: 20 }, () => random.normal() * Math.sqrt(variance / 20));
    const quiet = moves.reduce((sum, move) => sum + move, 0);
    variance = 0.000006 + 0.06 * quiet * quiet + 0.9 * variance;
    const factor = bar % EVERY === 1 && bar > 1 ? REACTION : 1;
    const path = moves.map((move) => {
      price *= exp(factor * move);
      return price;
    });
    return {
      time: date,
      open: path[0],
      high: Math.max(...path),
      low: Math.min(...path),
      close: price,
      volume: null,
    };
  });
  const { series } = checkBars(columnsFromBars('SIMULATED', '1D', bars), { calendar: NEW_YORK });
  const announced = series.times.filter((_, bar) => bar % EVERY === 0 && bar > 0);
  return withEvents(
    series,
    announced.map((day) => ({ date: day, kind: 'earnings', time: 'after', knownAt: null })),
  );
}
