import { percent } from '../shared/rollout/wording.ts';
import type { StoredForecast } from '../shared/store/stored-forecast.ts';

/** What people read of a forecast, a line each: direction, agreement, drivers, notes. */
export function synthesisLines(forecast: StoredForecast): string {
  const head = `${forecast.symbol} ${forecast.horizon}`;
  if (forecast.direction === null || forecast.confidence === null) return `${head}: no direction was stated.`;
  const { bullish, bearish } = forecast.direction_thresholds as { bullish: number; bearish: number };
  const side = forecast.probability_up >= 0.5 ? 'it rises' : 'it does not rise';
  const members = forecast.members as unknown as readonly {
    name: string;
    weight: number;
    direction: string;
  }[];
  return [
    `${head}: ${forecast.direction}. Confidence ${percent(forecast.confidence)} that ${side}; bullish from ${percent(bullish)}, bearish up to ${percent(bearish)}.`,
    `  members: ${percent(forecast.agreement ?? 0)} of the weight agree (${members.map(({ name, weight, direction }) => `${name} ${percent(weight)} ${direction}`).join(', ')})`,
    ...sentences(forecast.drivers).map((sentence) => `  driver: ${sentence}`),
    ...sentences(forecast.quality_notes).map((sentence) => `  note: ${sentence}`),
  ].join('\n');
}

function sentences(remarks: unknown): string[] {
  return (remarks as readonly { sentence: string }[]).map(({ sentence }) => sentence);
}
