import type { FetchedPages } from '../contracts/market-data.ts';
import { ProviderError } from '../errors/provider-error.ts';
import type { Bar } from '../series/series.ts';
import { BarCollection, type CollectedBars } from './bar-collection.ts';
import type { BarProvider, BarQuery } from './bar-provider.ts';

/** Bars of the pages before that are asked for again, to see whether history was restated since. */
const OVERLAP_BARS = 10;
/** How often a fetch begins anew because history was restated: a provider that changes its mind more often is not believed. */
const MAXIMUM_RESTARTS = 3;

/**
 * Fetches all that a provider has from a date on. What an attempt before this one has got need not be fetched again, but for its
 * last bars: where one of them comes back different, or not at all, history was restated and the fetch begins anew.
 */
export class HistoryFetch {
  readonly #provider: BarProvider;
  readonly #query: BarQuery;
  readonly #before: FetchedPages | null;
  #restarts: number;
  #collection: BarCollection;

  /** @param before of the same query; null for none */
  constructor(provider: BarProvider, query: BarQuery, before: FetchedPages | null = null) {
    this.#provider = provider;
    this.#query = query;
    this.#before = before;
    this.#restarts = before?.restarts ?? 0;
    this.#collection = new BarCollection(provider, query);
  }

  /** @throws ProviderError what `fetchBars`, `BarCollection.add` and `BarCollection.finish` throw */
  async all(): Promise<CollectedBars> {
    if (this.#before === null || !(await this.#goOn(this.#before))) await this.#add(this.#query.from);
    return this.#collection.finish();
  }

  /** What the next attempt can go on from after this one has failed; null where it got no further than the one before it. */
  progress(): FetchedPages | null {
    const { bars, incomplete } = this.#collection;
    const restarts = this.#restarts;
    if (bars.length === 0) return null;
    const reached = this.#before === null ? '' : this.#before.bars[this.#before.bars.length - 1].time;
    const isNew = restarts > (this.#before?.restarts ?? 0) || bars[bars.length - 1].time > reached;
    return isNew ? { bars, incomplete, restarts } : null;
  }

  /** Whether the pages after those of the attempt before could be added to them. */
  async #goOn({ bars, incomplete }: FetchedPages): Promise<boolean> {
    const from = bars[Math.max(0, bars.length - OVERLAP_BARS)].time.slice(0, 10);
    const isEarlier = ({ time }: { readonly time: string }) => time.slice(0, 10) < from;
    const kept = bars.filter(isEarlier);
    this.#collection.add({ bars: kept, incomplete: incomplete.filter(isEarlier) });
    if (await this.#add(from, bars)) return true;
    if (++this.#restarts > MAXIMUM_RESTARTS) {
      throw new ProviderError(
        'provider_bad_answer',
        `Bars up to ${bars[bars.length - 1].time} came back different ${this.#restarts} times while the pages after them were fetched`,
        false,
      );
    }
    this.#collection = new BarCollection(this.#provider, this.#query);
    return false;
  }

  /** Adds pages from a date on; false as soon as what is there by then is not what was known of it. */
  async #add(from: string, known: readonly Bar[] = []): Promise<boolean> {
    const { bars } = this.#collection;
    let compared = bars.length;
    for await (const page of this.#provider.fetchBars({ ...this.#query, from })) {
      this.#collection.add(page);
      for (; compared < Math.min(bars.length, known.length); compared++) {
        if (!isSame(bars[compared], known[compared])) return false;
      }
    }
    return compared >= known.length;
  }
}

function isSame(a: Bar, b: Bar): boolean {
  return (
    a.time === b.time &&
    a.open === b.open &&
    a.high === b.high &&
    a.low === b.low &&
    a.close === b.close &&
    a.volume === b.volume
  );
}
