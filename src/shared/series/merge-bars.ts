import type { BarColumns } from './series.ts';

/** Stored bars with given ones among them: where both have a bar of one time, the given one counts. Both oldest first. */
export function mergeBars(stored: BarColumns, given: BarColumns): BarColumns {
  const places: (readonly [BarColumns, number])[] = [];
  let [i, k] = [0, 0];
  while (i < stored.times.length || k < given.times.length) {
    const takesGiven = i === stored.times.length || given.times[k] <= stored.times[i];
    if (takesGiven) {
      if (given.times[k] === stored.times[i]) i++;
      places.push([given, k++]);
    } else places.push([stored, i++]);
  }
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume') =>
    Float64Array.from(places, ([bars, place]) => bars[name][place]);
  return {
    symbol: given.symbol,
    timeframe: given.timeframe,
    times: places.map(([bars, place]) => bars.times[place]),
    ...{ open: column('open'), high: column('high'), low: column('low'), close: column('close') },
    volume: column('volume'),
  };
}
