import { type IngestionState, ingestionStateSchema } from '../contracts/market-data.ts';
import { parse } from '../contracts/parse.ts';
import type { ReceivedTimeframe } from '../series/series.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** What an ingestion goes on from. @param overlap of how many of the last bars the times are wanted @throws StoreError */
export async function readIngestionState(
  client: PlumblineClient,
  symbol: string,
  timeframe: ReceivedTimeframe,
  overlap: number,
): Promise<IngestionState> {
  const state = unwrap(
    await client.rpc('ingestion_state', { p_symbol: symbol, p_timeframe: timeframe, p_overlap: overlap }),
  );
  return parse(ingestionStateSchema, state, `The state of ${symbol} ${timeframe}`);
}
