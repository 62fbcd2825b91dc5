import { MovedClock } from '../../src/cli/rehearse/moved-clock.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import { HORIZONS } from '../../src/shared/series/horizon.ts';
import type { BenchOptions } from '../harness/bench-options.ts';
import type { BenchReport } from '../harness/bench-result.ts';
import { describeMachine } from '../harness/machine.ts';
import { prefill } from './prefill/prefill.ts';
import { datesFrom, Simulation } from './simulation.ts';
import { Timings } from './timings.ts';
import { startYearDatabase } from './year-database.ts';
import { MANY_SYMBOLS, yearResults } from './year-results.ts';
import { yearTables } from './year-tables.ts';

/** A Monday; the clock then goes on from there. */
const FIRST_DATE = '2026-01-05';
const DAYS_OF_A_MONTH = 30;
const DEFAULT_SYMBOLS = 14;
/** Sessions that are there when a simulated year begins: the schedule looks back a week. */
const SESSIONS_BEFORE = 6;
/** Symbols up to which every session is simulated; with more, all but the last are prefilled. */
const WHOLLY_SIMULATED = 50;
/** Days that are simulated then, each a session; one when the symbols are more than {@link MANY_SYMBOLS}. */
const LAST_DAYS = 2;
/** Of a day on which a rollout begins, by the days that are simulated: the first is completed, the second runs to the end. */
const FIRST_ROLLOUT = 2;
const STAGE_DAYS = 8;

/** What a year costs the database, by a clock that is moved through it. */
export async function yearBench(options: BenchOptions): Promise<BenchReport> {
  const machine = describeMachine();
  const symbols = countOf(options.symbols);
  const { days } = options;
  const horizons = symbols > MANY_SYMBOLS ? (['1D'] as const) : HORIZONS;
  const isWhole = symbols <= WHOLLY_SIMULATED;
  const simulatedDays = isWhole ? days : symbols > MANY_SYMBOLS ? 1 : LAST_DAYS;
  const sessions = isWhole ? SESSIONS_BEFORE : Math.max(SESSIONS_BEFORE, Math.round((days * 252) / 365));
  const say = (line: string) => console.error(`year: ${line}`);

  const database = await startYearDatabase();
  try {
    const clock = await MovedClock.install(database.url, database.dataDirectory);
    await clock.set(new Date(`${FIRST_DATE}T06:00:00Z`));
    let began = performance.now();
    await prefill(database.url, {
      ...{ symbols, sessions, horizons, daysAhead: simulatedDays + 7, rollout: !isWhole },
      // Bars for four windows of each of 10,000 symbols would be 20 million.
      ...(isWhole ? {} : { windows: 1 }),
      say: isWhole ? undefined : say,
    });
    say(`${symbols} symbols with ${sessions} sessions behind them are there after ${seconds(began)} s`);
    began = performance.now();
    const timings = new Timings();
    const simulation = new Simulation(database, timings);
    await simulate(simulation, timings, { days: simulatedDays, isWhole, horizons, say });
    const simulatedFor = seconds(began);
    say(`${simulatedDays} days took ${simulatedFor} s`);
    await simulation.end();
    await clock.end();
    const months = timings.months();
    return {
      bench: 'year',
      machine: {
        ...machine,
        symbols,
        horizons: horizons.join(' '),
        'sessions prefilled': sessions,
        'days simulated': simulatedDays,
        'simulated in': `${simulatedFor} s`,
      },
      peers: [],
      results: yearResults(months, simulation.faults, symbols),
      tables: yearTables(months, simulation.sizes, simulation.faults),
    };
  } finally {
    await database.stop();
  }
}

async function simulate(
  simulation: Simulation,
  timings: Timings,
  of: { days: number; isWhole: boolean; horizons: readonly string[]; say: (line: string) => void },
): Promise<void> {
  const secondRollout = Math.max(FIRST_ROLLOUT + 4 * STAGE_DAYS, Math.floor(of.days / 2));
  for (const [day, date] of datesFrom(FIRST_DATE, of.days).entries()) {
    timings.month = Math.floor(day / DAYS_OF_A_MONTH);
    await simulation.playDay(date);
    if (of.isWhole && (day === FIRST_ROLLOUT || day === secondRollout)) await simulation.deploy();
    const sinceFirst = day - FIRST_ROLLOUT;
    const sinceSecond = day - secondRollout;
    if (of.isWhole && (isStageOver(sinceFirst, 3) || isStageOver(sinceSecond, 2)))
      of.say(`${date}: promoted to ${await simulation.promote()}`);
    if (day === of.days - 1 || (day + 1) % DAYS_OF_A_MONTH === 0) {
      await simulation.readAll(['Y00001'], of.horizons);
      of.say(`${date}: day ${day + 1}`);
    }
  }
}

/** Whether one of the first stages of a rollout ends on a day. */
function isStageOver(daysSince: number, stages: number): boolean {
  return daysSince > 0 && daysSince % STAGE_DAYS === 0 && daysSince / STAGE_DAYS <= stages;
}

/** @throws InvalidInputError `invalid_argument` */
function countOf(symbols: BenchOptions['symbols']): number {
  if (symbols === undefined) return DEFAULT_SYMBOLS;
  const [count] = symbols;
  if (symbols.length !== 1 || !/^[1-9]\d{0,4}$/.test(count)) {
    throw new InvalidInputError(
      'invalid_argument',
      `--symbols is ${symbols}: year wants how many, from 1 to 99999`,
    );
  }
  return Number(count);
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}
