import { zonedClock } from '../../calendars/zoned-time.ts';
import type { NewYorkMoment } from '../event-files/session-time.ts';

/** A filing as the SEC lists it. */
export interface Filing {
  readonly form: string;
  /** `YYYY-MM-DD`: that of acceptance, or the next working day after 17:30 in New York. */
  readonly filingDate: string;
  /** `YYYY-MM-DDTHH:MM:SS.000Z`; see {@link acceptanceClockOf}. */
  readonly acceptanceDateTime: string;
  /** Of an 8-K. */
  readonly items: readonly string[];
}

/** What the acceptance times of a filer are: true instants, or New York's clock with a Z behind it. */
export type AcceptanceClock = 'utc' | 'new_york';

/** EDGAR accepts filings from 06:00 to 22:00 in New York, with a few seconds of grace. */
const OPENS = '06:00';
const CLOSES = '22:01';
/** What is accepted later is filed on the next working day, if it is one of these forms. */
const LAST_OF_DAY = '17:35';
const FILED_LATER = /^(8-K|10-K|10-Q)/;

/**
 * Which clock a filer's acceptance times are of. They all end in Z, but for about a fifth of filers they are New
 * York's own time, and nothing in them says so: what one reading makes impossible does. Null where both or none are.
 */
export function acceptanceClockOf(filings: readonly Filing[]): AcceptanceClock | null {
  const impossible = (clock: AcceptanceClock) =>
    filings.filter((filing) => isImpossible(filing, acceptedAt(filing, clock))).length;
  const [utc, newYork] = [impossible('utc'), impossible('new_york')];
  if (utc === newYork) return null;
  return utc < newYork ? 'utc' : 'new_york';
}

/** When a filing was accepted, by one reading of its time. */
export function acceptedAt({ acceptanceDateTime }: Filing, clock: AcceptanceClock): NewYorkMoment {
  if (clock === 'new_york')
    return { date: acceptanceDateTime.slice(0, 10), time: acceptanceDateTime.slice(11, 16) };
  return zonedClock(Date.parse(acceptanceDateTime), 'America/New_York');
}

function isImpossible({ form, filingDate }: Filing, { date, time }: NewYorkMoment): boolean {
  if (time < OPENS || time > CLOSES) return true;
  return FILED_LATER.test(form) && time > LAST_OF_DAY && filingDate === date;
}
