import type { Series } from '../../series/series.ts';
import { EventEffectsFinder } from './event-effects.ts';

/** Of each bar whether an event moved it, known before or not. */
export function barsOnEvents(series: Series): boolean[] {
  const moved = new Set(new EventEffectsFinder(series).affectedBars().map(({ bar }) => bar));
  return series.times.map((_, bar) => moved.has(bar));
}
