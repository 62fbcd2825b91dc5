import { NEW_YORK } from '../calendars/built-in-calendars.ts';
import type { BarRules } from '../series/check-bars.ts';
import type { PlumblineClient } from './client.ts';
import { readSetting } from './read-setting.ts';

/** What a symbol's bars are held against. @throws StoreError */
export async function readBarRules(client: PlumblineClient, symbol: string): Promise<BarRules> {
  const factors = await readSetting(client, 'largest_move');
  return { calendar: NEW_YORK, largestMove: factors[symbol] ?? factors.default };
}
