import { barRulesSchema } from '../contracts/calendar.ts';
import { parse } from '../contracts/parse.ts';
import type { BarRules } from '../series/check-bars.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** What a symbol's bars are held against. @throws StoreError */
export async function readBarRules(client: PlumblineClient, symbol: string): Promise<BarRules> {
  const rules = unwrap(await client.rpc('bar_rules', { p_symbol: symbol }));
  return parse(barRulesSchema, rules, `The rules for bars of ${symbol}`);
}
