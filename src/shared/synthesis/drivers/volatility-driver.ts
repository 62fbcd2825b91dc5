import { logReturns } from '../../series/log-returns.ts';
import { percentInWords } from '../percent-in-words.ts';
import type { Driver, DriverInput } from './driver.ts';

/** Returns that the average is taken of; fewer if there are no more. */
const AVERAGED_RETURNS = 250;

/**
 * The forecast's scale beside the root mean square of the last 250 returns, times the square root of the horizon's steps. Null
 * when the price never moved.
 */
export function volatilityDriver({ forecast, history, length }: DriverInput): Driver | null {
  const { close } = history;
  const returns = logReturns(close.subarray(Math.max(0, close.length - AVERAGED_RETURNS - 1)));
  const meanSquare = returns.reduce((sum, value) => sum + value * value, 0) / returns.length;
  const average = Math.sqrt(length.steps * meanSquare);
  if (!(average > 0)) return null;
  const { scale } = forecast.distribution;
  const ratio = scale / average;
  return {
    code: 'volatility',
    sentence: `Volatility is forecast at ${ratio.toFixed(2)} times its average of the last ${returns.length} bars: ${percentInWords(scale)} against ${percentInWords(average)}.`,
    figures: { ratio, scale, average, bars: returns.length },
  };
}
