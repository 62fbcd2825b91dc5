import type { Bar } from './series.ts';

/**
 * How far an open or a close may lie outside of high and low, relative to the price, and still be rounding. Prices that a source adjusted
 * in floating point are off by about 2e-16, in single precision by about 1e-7. A price is not told apart from its neighbour below that:
 * the smallest tick, 0.0001, is 1e-6 of 100.
 */
export const ROUNDING_TOLERANCE = 1e-6;

/** The rule of prices that lie outside of one another, for messages. */
const WITHIN_RULE = `open and close lie between low and high (${ROUNDING_TOLERANCE} of the price is taken as rounding)`;

/** Why a bar cannot be true. */
export interface BarFault {
  readonly code: 'invalid_price' | 'invalid_volume' | 'inconsistent_bar';
  /** What is wrong, with its values, such as `high 9 is below low 10`. */
  readonly what: string;
  /** The rule that it breaks, such as `a price is a number above 0`. */
  readonly rule: string;
}

/** A bar that can be true, and whether a price of it was moved by rounding; or why it cannot. */
export type CheckedBar =
  | { readonly bar: Bar; readonly rounded: boolean; readonly fault?: undefined }
  | { readonly fault: BarFault };

/**
 * Looks at one bar: prices are finite and above 0, high is not below low, open and close lie between them, and volume is a number of at
 * least 0 or null. What is outside by no more than {@link ROUNDING_TOLERANCE} is moved to the nearest price that is consistent, and `rounded`
 * says so; all else is a fault. A bar without either is given back as it is.
 */
export function checkBar(bar: Bar): CheckedBar {
  const { open, high, low, close, volume } = bar;
  for (const column of ['open', 'high', 'low', 'close'] as const) {
    if (!isPrice(bar[column])) return { fault: priceFault(`${column} is ${bar[column]}`) };
  }
  if (volume !== null && !isVolume(volume)) return { fault: volumeFault(`volume is ${volume}`) };
  if (low <= high && low <= open && open <= high && low <= close && close <= high)
    return { bar, rounded: false };

  const tolerance = ROUNDING_TOLERANCE * Math.max(high, low);
  if (low - high > tolerance)
    return inconsistent(`high ${high} is below low ${low}`, 'high is not below low');
  const [least, most] = [Math.min(low, high), Math.max(low, high)];
  for (const column of ['open', 'close'] as const) {
    const price = bar[column];
    if (price > most + tolerance)
      return inconsistent(`${column} ${price} is above high ${high}`, WITHIN_RULE);
    if (price < least - tolerance) return inconsistent(`${column} ${price} is below low ${low}`, WITHIN_RULE);
  }
  const within = (price: number) => Math.min(most, Math.max(least, price));
  return {
    bar: { ...bar, open: within(open), high: most, low: least, close: within(close) },
    rounded: true,
  };
}

/** Finite and above 0. */
export function isPrice(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
}

/** Finite and at least 0. */
export function isVolume(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY;
}

/** @param what such as `close is "null"` */
export function priceFault(what: string): BarFault {
  return { code: 'invalid_price', what, rule: 'a price is a number above 0' };
}

/** @param what such as `volume is "many"` */
export function volumeFault(what: string): BarFault {
  return { code: 'invalid_volume', what, rule: 'a volume is a number of at least 0, or empty' };
}

function inconsistent(what: string, rule: string): CheckedBar {
  return { fault: { code: 'inconsistent_bar', what, rule } };
}
