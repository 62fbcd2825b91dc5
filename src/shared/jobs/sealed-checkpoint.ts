import { hasItsChecksum, withChecksum } from '../checksum.ts';
import type { Json } from '../json.ts';
import { CODE_VERSION } from '../version.ts';

/** A checkpoint to be stored: the state of a computation, and the bars that it was made with or is about. */
export function sealCheckpoint(bars: string, state: Json): Json {
  return withChecksum({ code: CODE_VERSION, bars, state });
}

/** The checkpoint's state, if the same code made it for the very same bars and nothing has damaged it since; otherwise the work starts over. */
export function openCheckpoint(checkpoint: Json | null, bars: string): Json | undefined {
  const saved = checkpoint as { code?: string; bars?: string; state?: Json } | null;
  const isOfThis = saved !== null && saved.code === CODE_VERSION && saved.bars === bars;
  return isOfThis && hasItsChecksum(checkpoint) ? saved.state : undefined;
}
