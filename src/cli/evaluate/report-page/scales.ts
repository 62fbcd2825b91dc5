import { dayNumber } from '../../../shared/calendars/civil-date.ts';

/** From a value to its place, in pixels of the plot. */
export type Scale = (value: number) => number;

/** First and last value that an axis shows. */
export type Domain = readonly [number, number];

/** Maps `domain` to `range` in a straight line; a domain of one value goes to the middle. Rounded to a tenth of a pixel. */
export function linearScale([low, high]: Domain, [start, end]: readonly [number, number]): Scale {
  const share = (value: number) => (high === low ? 0.5 : (value - low) / (high - low));
  return (value) => Math.round(10 * (start + share(value) * (end - start))) / 10;
}

/** The domain of values that must be shown, with a margin of a twentieth on both sides. */
export function paddedDomain(values: readonly number[]): Domain {
  const low = Math.min(...values);
  const high = Math.max(...values);
  // Equal values still need an axis that has a length.
  const margin = high > low ? (high - low) / 20 : Math.max(Math.abs(high) / 20, 0.01);
  return [low - margin, high + margin];
}

/** Round values (1, 2 or 5 times a power of ten apart) within a domain; about `count` of them. */
export function roundTicks([low, high]: Domain, count = 5): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const ticks: number[] = [];
  // By whole multiples: adding a step up would gather its rounding.
  for (let i = Math.ceil(low / step); i * step <= high; i++) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Digits after the point that tell the ticks of {@link roundTicks} apart, at least `least`. */
export function decimalsOf(ticks: readonly number[], least: number): number {
  const decimals = (tick: number) => String(tick).split('.')[1]?.length ?? 0;
  return Math.max(least, ...ticks.map(decimals));
}

/** Beginnings of years within a domain of day numbers, at most about `most` of them. */
export function yearTicks(
  [first, last]: Domain,
  most = 10,
): { readonly day: number; readonly year: number }[] {
  const firstYear = Math.floor(1970 + first / 365.2425);
  const lastYear = Math.ceil(1970 + last / 365.2425);
  const every = [1, 2, 5, 10, 20].find((step) => (lastYear - firstYear) / step <= most) ?? 50;
  const ticks: { day: number; year: number }[] = [];
  for (let year = Math.ceil(firstYear / every) * every; year <= lastYear; year += every) {
    const day = dayNumber(year, 1, 1);
    if (day >= first && day <= last) ticks.push({ day, year });
  }
  return ticks;
}
