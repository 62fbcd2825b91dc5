import { isDate } from '../../calendars/civil-date.ts';
import { isTimeZone } from '../../calendars/zoned-time.ts';
import { isComment } from './line-text.ts';

/** What the lines above the table of a calendar file say; undefined where they do not, or not well. */
export interface Headings {
  readonly timeZone?: string;
  readonly close?: string;
  readonly halfDayClose?: string;
  readonly knownFrom?: string;
  readonly knownUntil?: string;
  /** Weekends may be sessions. */
  readonly everyDay: boolean;
}

/** How a heading may be written, and an example of it. */
const HEADINGS = {
  timeZone: [/^time ?zone:? +(.+)$/i, '# time zone Europe/Paris'],
  close: [/^close:? +(.+)$/i, '# close 17:30'],
  halfDayClose: [/^half[ -]day close:? +(.+)$/i, '# half day close 14:05'],
  known: [/^known:? +(.+)$/i, '# known 2000-01-01 to 2026-12-31'],
} as const;

const EVERY_DAY = /^every day$/i;
const TIME = /^(([01]?\d|2[0-3]):[0-5]\d|24:00)$/;

/** Reads the headings. Other lines that begin with `#` are for people. @param faults gets what is wrong or missing */
export function headingLines(lines: readonly string[], faults: string[]): Headings {
  const comments = lines.filter(isComment).map((line) => line.trim().replace(/^#+\s*/, ''));
  const read = (heading: keyof typeof HEADINGS): string | undefined => {
    const [pattern, example] = HEADINGS[heading];
    const found = comments.flatMap((comment) => pattern.exec(comment)?.[1].trim() ?? []);
    if (found.length > 1) faults.push(`A line such as "${example}" is there ${found.length} times`);
    if (found.length === 0 && heading !== 'halfDayClose') {
      faults.push(`A line such as "${example}" is missing`);
    }
    return found[0];
  };
  const readTime = (heading: 'close' | 'halfDayClose'): string | undefined => {
    const time = read(heading);
    if (time === undefined || TIME.test(time)) return time?.padStart(5, '0');
    faults.push(`"${time}" is not a time of day HH:MM: write "${HEADINGS[heading][1]}"`);
    return undefined;
  };

  const timeZone = read('timeZone');
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    faults.push(`"${timeZone}" is no time zone: name one as IANA does, such as Europe/Paris`);
  }
  const close = readTime('close');
  const halfDayClose = readTime('halfDayClose');
  if (close !== undefined && halfDayClose !== undefined && halfDayClose >= close) {
    faults.push(`A half day closes at ${halfDayClose}, and must close before ${close}, when other days do`);
  }
  const everyDay = comments.some((comment) => EVERY_DAY.test(comment));
  return { timeZone, close, halfDayClose, everyDay, ...spanOf(read('known'), faults) };
}

function spanOf(known: string | undefined, faults: string[]): Pick<Headings, 'knownFrom' | 'knownUntil'> {
  if (known === undefined) return {};
  const [knownFrom, knownUntil = '', ...more] = known.split(/\s+(?:to|until|-)\s+/);
  if (more.length > 0 || !isDate(knownFrom) || !isDate(knownUntil)) {
    faults.push(`"known ${known}" does not name two dates: write "${HEADINGS.known[1]}"`);
    return {};
  }
  if (knownFrom > knownUntil) faults.push(`"known ${known}" ends before it begins`);
  return { knownFrom, knownUntil };
}
