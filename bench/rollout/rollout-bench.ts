import type { ForecastPair } from '../../src/shared/rollout/comparison/compared-pair.ts';
import { type BenchReport, type BenchResult, shareAgainstBound } from '../harness/bench-result.ts';
import { DEFAULT_CRITERIA } from './default-criteria.ts';
import { meanErrorExactlyWorse, scaleExactlyWorse } from './exactly-worse.ts';
import { realCourses, realDays } from './real-pairs.ts';
import { type CourseShares, type DailyTest, runCourses } from './run-courses.ts';
import { type SimulatedForecaster, simulatedPairs } from './simulated-pairs.ts';

const SESSIONS = 60;
const SYMBOLS = 3;
const { margin: MARGIN, rollback_margin: ROLLBACK_MARGIN } = DEFAULT_CRITERIA;
/** One less the confidence of the setting. */
const LEVEL = 0.05;

const PASS: Omit<DailyTest, 'score'> = { direction: 'below', ratio: 1 + MARGIN, level: LEVEL };
/** Two scores of one horizon may roll back. */
const ROLL_BACK: Omit<DailyTest, 'score'> = {
  direction: 'above',
  ratio: 1 + ROLLBACK_MARGIN,
  level: LEVEL / 2,
};

const EXACT: SimulatedForecaster = { scale: 1, scaleNoise: 0, meanError: 0 };
/** Knows the volatility to within 5 %. */
const HONEST: SimulatedForecaster = { scale: 1, scaleNoise: 0.05, meanError: 0.02 };

interface Case {
  readonly name: string;
  readonly test: DailyTest;
  readonly candidate: SimulatedForecaster;
  readonly baseline: SimulatedForecaster;
}

/** What must hardly ever happen: the candidate is exactly so much worse, in every session. */
export function falseDecisions(): Case[] {
  const of = (what: 'passes' | 'is rolled back', margin: number, rule: Omit<DailyTest, 'score'>): Case[] => {
    const named = (how: string, score: 'crps' | 'rmse', candidate: Partial<SimulatedForecaster>) => ({
      name: `${what} though exactly ${100 * margin} % worse, ${how}`,
      test: { score, ...rule },
      candidate: { ...EXACT, ...candidate },
      baseline: EXACT,
    });
    return [
      named('CRPS, too wide', 'crps', { scale: scaleExactlyWorse(margin, true) }),
      named('CRPS, too narrow', 'crps', { scale: scaleExactlyWorse(margin, false) }),
      named('RMSE', 'rmse', { meanError: meanErrorExactlyWorse(margin) }),
    ];
  };
  return [...of('passes', MARGIN, PASS), ...of('is rolled back', ROLLBACK_MARGIN, ROLL_BACK)];
}

/** How long it takes. */
const DECISIONS: readonly {
  readonly name: string;
  readonly candidate: SimulatedForecaster;
  readonly baseline?: SimulatedForecaster;
}[] = [
  { name: 'as good, 5 % off in scale', candidate: HONEST },
  {
    name: 'as good, both 10 % off in scale',
    candidate: { ...HONEST, scaleNoise: 0.1 },
    baseline: { ...HONEST, scaleNoise: 0.1 },
  },
  { name: '10 % too narrow', candidate: { ...HONEST, scale: 0.9 } },
  {
    name: 'better: the baseline is 30 % too wide and 20 % off',
    candidate: HONEST,
    baseline: { scale: 1.3, scaleNoise: 0.2, meanError: 0.1 },
  },
  { name: 'half too wide (scale x 1.5)', candidate: { ...HONEST, scale: 1.5 } },
  { name: 'twice as wide', candidate: { ...HONEST, scale: 2 } },
  { name: 'three times as wide', candidate: { ...HONEST, scale: 3 } },
  { name: 'half as wide', candidate: { ...HONEST, scale: 0.5 } },
  {
    name: 'overfit: mean off by 0.5, 10 % too narrow',
    candidate: { scale: 0.9, scaleNoise: 0.2, meanError: 0.5 },
  },
  {
    name: 'overfit: mean off by 1, 20 % too narrow',
    candidate: { scale: 0.8, scaleNoise: 0.2, meanError: 1 },
  },
  {
    name: 'overfit: mean off by 1.5, half as wide',
    candidate: { scale: 0.5, scaleNoise: 0.2, meanError: 1.5 },
  },
];

export function* simulatedCourses(
  { candidate, baseline }: Pick<Case, 'candidate' | 'baseline'>,
  count: number,
  seed: number,
): Generator<ForecastPair[]> {
  for (let course = 0; course < count; course++) {
    yield simulatedPairs(
      { candidate, baseline },
      { sessions: SESSIONS, symbols: SYMBOLS, seed: seed + course },
    );
  }
}

const FALSE_COURSES = 1000;
const COURSES = 200;

/**
 * The judge's sequential tests, looked at after every session from the fifth to the sixtieth: how often they decide wrongly, how long they take to decide
 * rightly, and what a t test looked at as often would have done.
 *
 * @param options `csv`: a directory with AAPL.csv, MSFT.csv and SPY.csv
 */
export async function rolloutBench({ csv }: { readonly csv: string | undefined }): Promise<BenchReport> {
  const results: BenchResult[] = falseDecisions().map(({ name, test, candidate, baseline }) => {
    const [found] = runCourses(simulatedCourses({ candidate, baseline }, FALSE_COURSES, 1), [test]);
    return shareAgainstBound(
      { case: name, direction: 'at most', target: 100 * test.level },
      100 * found.ever,
      { peer: 'daily t test', value: 100 * found.everByDailyTTest },
    );
  });
  const days = realDays(csv);
  const header = [
    'candidate',
    'score',
    'ratio',
    'passes',
    'half by',
    '80 % by',
    'rolled back',
    'half by',
    '80 % by',
    'by daily t tests: passes',
    'rolled back',
  ];
  const rowsOf = (courses: (of: Pick<Case, 'candidate' | 'baseline'>) => Iterable<ForecastPair[]>) =>
    DECISIONS.flatMap(({ name, candidate, baseline = HONEST }) => {
      const scores = ['crps', 'rmse'] as const;
      const tests = scores.flatMap((score) => [
        { score, ...PASS },
        { score, ...ROLL_BACK },
      ]);
      const found = runCourses(courses({ candidate, baseline }), tests);
      return scores.map((score, i) => {
        const [pass, back] = found.slice(2 * i, 2 * i + 2);
        return [
          name,
          score,
          pass.ratio.toFixed(3),
          ...cells(pass),
          ...cells(back),
          share(pass.everByDailyTTest),
          share(back.everByDailyTTest),
        ];
      });
    });
  return {
    bench: 'rollout',
    machine: {
      sessions: SESSIONS,
      symbols: SYMBOLS,
      'courses of false decisions': FALSE_COURSES,
      'of the others': COURSES,
    },
    peers: [],
    results,
    tables: [
      {
        title: `Sessions until the decision, at most ${SESSIONS}: GARCH with Student's t of 5 degrees of freedom, three symbols that move together`,
        header,
        rows: rowsOf((of) => simulatedCourses(of, COURSES, 200_000)),
      },
      {
        title: `The same errors put on real prices (${days[0].map(({ symbol }) => symbol).join(', ')}, ${days[0][0].time.slice(0, 10)} to ${days[days.length - 1][0].time.slice(0, 10)}, disjoint spans; EWMA volatility and the last 500 standardised returns)`,
        header,
        rows: rowsOf((of) => realCourses(days, SESSIONS, of)),
      },
    ],
  };
}

function cells({ ever, half, most }: CourseShares): string[] {
  return [share(ever), half === null ? '-' : String(half), most === null ? '-' : String(most)];
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}
