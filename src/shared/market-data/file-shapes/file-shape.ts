/** What a column of a file can mean. `time` is a time of day in a column of its own. */
export const FILE_COLUMNS = [
  ...(['date', 'time', 'open', 'high', 'low', 'close', 'adjustedClose'] as const),
  ...(['volume', 'splits', 'symbol', 'period'] as const),
] as const;
export type FileColumn = (typeof FILE_COLUMNS)[number];

/** Day and month of dates such as `03/04/2025`. */
export type DayOrder = 'month_first' | 'day_first';

/** A known shape of files: one file in this folder, and one line in `index.ts`. */
export interface FileShape {
  /** What a person calls it, such as `a Nasdaq export`. */
  readonly name: string;
  /** Names of columns, all of which a header of this shape has; several such lists where it varies. In lower case, without `<>`. */
  readonly recognisedBy: readonly (readonly string[])[];
  /** Names that a header of this shape does not have. Default none. */
  readonly without?: readonly string[];
  /** What it calls a column, where {@link COMMON_NAMES} lacks it; the first that is there is taken. In lower case, without `<>`. */
  readonly columns?: Partial<Record<FileColumn, readonly string[]>>;
  /** How dates such as `03/04/2025` are meant when none in a file decides. Default: such a file is refused. */
  readonly dayOrder?: DayOrder;
}

/** What columns are called by most. The first name that is there is taken. `splits` has none: see `alpha-vantage.ts`. */
export const COMMON_NAMES: Readonly<Record<FileColumn, readonly string[]>> = {
  date: ['date', 'datetime', 'timestamp', 'time'],
  time: ['time'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  adjustedClose: ['adj close', 'adj. close', 'adjclose', 'adj_close', 'adjusted close', 'adjusted_close'],
  volume: ['volume', 'vol', 'vol.'],
  splits: [],
  symbol: ['symbol', 'ticker', 'name'],
  period: ['per', 'period'],
};
