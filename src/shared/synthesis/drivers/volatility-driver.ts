import { logReturns } from '../../series/log-returns.ts';
import { type Series, sliceSeries } from '../../series/series.ts';
import { comingPosition, sessionPositions } from '../../series/session-positions.ts';
import { percentInWords } from '../percent-in-words.ts';
import type { Driver, DriverInput } from './driver.ts';

/** Returns that the average is taken of; fewer if there are no more. */
const AVERAGED_RETURNS = 250;

/**
 * The forecast's scale beside the root mean square of the last 250 returns; of half sessions, of those bars among them that are the same
 * half as the one that is forecast, since the halves differ twofold. Null when the price never moved.
 */
export function volatilityDriver({ forecast, history }: DriverInput): Driver | null {
  const bars = history.close.length;
  const returns = comparableReturns(sliceSeries(history, Math.max(0, bars - AVERAGED_RETURNS - 1), bars));
  const meanSquare = returns.reduce((sum, value) => sum + value * value, 0) / returns.length;
  const average = Math.sqrt(meanSquare);
  if (!(average > 0)) return null;
  const { scale } = forecast.distribution;
  const ratio = scale / average;
  return {
    code: 'volatility',
    sentence: `Volatility is forecast at ${ratio.toFixed(2)} times its average of the last ${returns.length} bars: ${percentInWords(scale)} against ${percentInWords(average)}.`,
    figures: { ratio, scale, average, bars: returns.length },
  };
}

function comparableReturns(recent: Series): Float64Array {
  const returns = logReturns(recent.close);
  if (recent.timeframe !== '4h') return returns;
  const position = comingPosition(recent, recent.times.length - 1);
  const positions = sessionPositions(recent);
  return returns.filter((_, i) => positions[i + 1] === position);
}
