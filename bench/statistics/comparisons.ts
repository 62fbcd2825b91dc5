/** A case of ours, and the peers' cases that do the same. */
export interface Comparison {
  /** In `OUR_CASES`. */
  readonly ours: string;
  readonly name: string;
  readonly note?: string;
  readonly peers: readonly {
    /** In a peer's worker. */
    readonly theirs: string;
    readonly peer: string;
    /** How many times faster ours must be in Deno; null where nothing is promised. */
    readonly target: number | null;
  }[];
}

/** What `npm run bench -- statistics` compares. */
export const COMPARISONS: readonly Comparison[] = [
  {
    ours: 'arima-101',
    name: 'ARIMA(1,0,1)',
    note: 'exact maximum likelihood with standard errors, on all sides',
    peers: [
      { theirs: 'statsmodels:arima-101', peer: 'statsmodels', target: 10 },
      { theirs: 'stats:arima-101', peer: 'R stats::arima', target: null },
    ],
  },
  {
    ours: 'arima-grid',
    name: 'ARIMA, 9 orders',
    note: 'p and q from 0 to 2, by AICc; ours computes standard errors for the chosen order only',
    peers: [
      { theirs: 'statsmodels:arima-grid', peer: 'statsmodels', target: 10 },
      { theirs: 'stats:arima-grid', peer: 'R stats::arima', target: null },
      { theirs: 'forecast:arima-grid', peer: 'R forecast::auto.arima', target: null },
    ],
  },
  {
    ours: 'garch-t',
    name: 'GARCH(1,1)-t',
    note: 'constant mean; ours searches from three starts, fGarch from one and computes standard errors too',
    peers: [
      { theirs: 'fGarch:garch-t', peer: 'R fGarch', target: 20 },
      { theirs: 'arch:garch-t', peer: 'arch', target: 5 },
    ],
  },
  {
    ours: 'arma-garch-t',
    name: 'ARMA(1,1) + GARCH(1,1)-t',
    note: 'ours fits the mean first and then the volatility of its innovations, as the member does; fGarch fits both at once and computes standard errors',
    peers: [{ theirs: 'fGarch:arma-garch-t', peer: 'R fGarch', target: 10 }],
  },
];
