import type { SymbolEvent } from '../../series/scheduled-event.ts';

/** How a file of events is to be read. */
export interface EventReadingOptions {
  /**
   * Rows of other symbols are counted and not looked at. A single one is that of a file without a column of symbols.
   * Default: all symbols.
   */
  readonly symbols?: readonly string[];
}

/** The events of a file in its order, and what was found beside them. */
export interface ReadEvents {
  readonly events: readonly SymbolEvent[];
  readonly reading: {
    /** Its columns as they were understood, such as `symbol, date (reportDate), time (timeOfTheDay)`. */
    readonly readAs: string;
    /** Rows of symbols that were not asked for. */
    readonly leftOut: number;
    /** Their symbols as written, each once. */
    readonly leftOutSymbols: readonly string[];
  };
}
