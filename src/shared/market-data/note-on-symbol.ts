/** What sources put around a symbol: indexes begin with `^`, Stooq and others add a market, Yahoo a kind. */
const AROUND = /^[\^$.]|[:.=](US|X|F)$/gi;

/**
 * A sentence where a file names another symbol than the one that its bars are taken for; undefined where it does not.
 *
 * @param named what the file says
 * @param taken null when it is not known
 */
export function noteOnSymbol(named: string | null, taken: string | undefined): string | undefined {
  if (named === null || taken === undefined || bare(named) === bare(taken)) return undefined;
  return `The file says that its bars are of ${named}; they are taken for ${taken}`;
}

function bare(symbol: string): string {
  return symbol
    .replaceAll(AROUND, '')
    .replaceAll(/[^a-z0-9]/gi, '')
    .toUpperCase();
}
