import { type FilingColumns, filingColumnsSchema, submissionsSchema } from '../../contracts/sec-filings.ts';
import { ProviderError } from '../../errors/provider-error.ts';
import type { ProviderClient } from '../provider-client.ts';
import type { Filing } from './acceptance-clock.ts';

export const SEC_URL = 'https://data.sec.gov';

/** Earlier forms 8-K have no item for results. */
const FIRST_RESULTS = '2003-03-28';

/** A filer's filings, and the tickers that the SEC has for it. */
export interface FilerHistory {
  readonly filings: readonly Filing[];
  readonly tickers: readonly string[];
}

/**
 * All filings of a filer since 2003 by the SEC's API,
 * https://www.sec.gov/search-filings/edgar-application-programming-interfaces: the latest thousand, and the files of
 * older ones that the answer names. It wants no key, but a User-Agent with a contact, and at most ten requests a
 * second.
 *
 * @param cik the SEC's number of the filer
 * @param url without a slash at its end
 * @throws ProviderError
 */
export async function fetchSecFilings(
  client: ProviderClient,
  cik: number,
  url: string = SEC_URL,
): Promise<FilerHistory> {
  const name = `CIK${String(cik).padStart(10, '0')}`;
  const {
    cik: answered,
    tickers,
    filings,
  } = await client.get(`${url}/submissions/${name}.json`, submissionsSchema);
  if (answered !== cik) throw bad(`answered about CIK ${answered} when asked about ${cik}`);
  const older: Filing[] = [];
  for (const file of filings.files.filter(({ filingTo }) => filingTo >= FIRST_RESULTS)) {
    if (!file.name.startsWith(name)) throw bad(`named the file ${file.name} of another filer than ${name}`);
    older.push(...filingsOf(await client.get(`${url}/submissions/${file.name}`, filingColumnsSchema)));
  }
  return { filings: [...filingsOf(filings.recent), ...older], tickers };
}

function filingsOf({ form, filingDate, acceptanceDateTime, items }: FilingColumns): Filing[] {
  return form.map((one, i) => ({
    form: one,
    filingDate: filingDate[i],
    acceptanceDateTime: acceptanceDateTime[i],
    items: items[i].split(',').map((item) => item.trim()),
  }));
}

function bad(saying: string): ProviderError {
  return new ProviderError('provider_bad_answer', `The SEC ${saying}`, false);
}
