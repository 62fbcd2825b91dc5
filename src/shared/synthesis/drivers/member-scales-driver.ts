import { percentInWords } from '../percent-in-words.ts';
import type { Driver, DriverInput } from './driver.ts';

/** The member that forecasts the most volatility beside the one that forecasts the least. Null for a single member. */
export function memberScalesDriver({ parts }: DriverInput): Driver | null {
  if (parts.length < 2) return null;
  const ascending = [...parts].sort((a, b) => a.scale - b.scale);
  const least = ascending[0];
  const most = ascending[ascending.length - 1];
  const ratio = most.scale / least.scale;
  return {
    code: 'member_scales',
    sentence: `${most.name} forecasts ${ratio.toFixed(2)} times the volatility that ${least.name} does: ${percentInWords(most.scale)} against ${percentInWords(least.scale)}.`,
    figures: { ratio, most: most.name, most_scale: most.scale, least: least.name, least_scale: least.scale },
  };
}
