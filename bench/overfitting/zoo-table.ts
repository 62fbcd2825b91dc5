import type { ReportTable } from '../harness/bench-result.ts';
import { areaUnderCurve } from './area-under-curve.ts';
import {
  CURVE_AMPLITUDES,
  CURVE_TRIALS,
  type Judgement,
  noiseName,
  type PooledJudgement,
  type SymbolJudgements,
  TABLE_AMPLITUDE,
  TABLE_TRIALS,
} from './judge-symbol.ts';
import type { ZooGroup } from './zoo-model.ts';
import type { TestVolatility } from './zoo-window.ts';

/** All judgements of a run. */
export interface Zoo {
  readonly windows: readonly Judgement[];
  readonly pooled: readonly PooledJudgement[];
}

/** Several symbols' judgements together. */
export function joinJudgements(symbols: readonly SymbolJudgements[]): Zoo {
  return {
    windows: symbols.flatMap(({ windows }) => windows),
    pooled: symbols.flatMap(({ pooled }) => pooled),
  };
}

/** A model's windows with one volatility of test. */
export function windowsOf({ windows }: Zoo, model: string, volatility: TestVolatility = 1): Judgement[] {
  return windows.filter((window) => window.model === model && window.volatility === volatility);
}

/** A model's symbols with one volatility of test. */
export function symbolsOf({ pooled }: Zoo, model: string, volatility: TestVolatility = 1): PooledJudgement[] {
  return pooled.filter((symbol) => symbol.model === model && symbol.volatility === volatility);
}

/** Share of some judgements, in percent. */
export function percentage<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return (100 * all.filter(holds).length) / all.length;
}

/** The models of a group that are in the table, in the order in which they ran. */
export function tableModels({ windows }: Zoo, group?: ZooGroup): string[] {
  const searches = TABLE_TRIALS.map((trials) => noiseName(trials, TABLE_AMPLITUDE));
  const names = windows
    .filter((window) => group === undefined || window.group === group)
    .filter((window) => window.group !== 'selection' || searches.includes(window.model))
    .map(({ model }) => model);
  return [...new Set(names)];
}

const GROUPS = ['honest', 'tuned', 'memoriser', 'selection', 'leak'] as const;
const LEVELS = [0.15, 0.2, 0.3] as const;

/** The zoo's table: a row a model. */
export function zooTable(zoo: Zoo): ReportTable {
  const honest = zoo.windows.filter(({ group, volatility }) => group === 'honest' && volatility === 1);
  return {
    title: 'The zoo: share of windows in percent',
    header: [
      'model',
      'windows',
      'raw > 0.15 0.20 0.30',
      'divergence > 0.15 0.20 0.30',
      'verdict',
      'halved',
      'doubled',
      'calmer same stormier',
      'pooled',
      'AUC',
      'AUC raw',
      'implausible',
      'halved',
      'doubled',
      'pooled',
    ],
    rows: GROUPS.flatMap((group) => tableModels(zoo, group)).map((model) => {
      const own = windowsOf(zoo, model);
      const share = (volatility: TestVolatility, finding: 'overfitting' | 'implausible') =>
        percent(percentage(windowsOf(zoo, model, volatility), (window) => window[finding]));
      const pooled = (finding: 'overfitting' | 'implausible') => {
        const symbols = symbolsOf(zoo, model);
        return `${symbols.filter((symbol) => symbol[finding]).length}/${symbols.length}`;
      };
      const above = (measure: (window: Judgement) => number) =>
        LEVELS.map((level) => percent(percentage(own, (window) => measure(window) > level))).join(' ');
      const area = (measure: (window: Judgement) => number) =>
        areaUnderCurve(own.map(measure), honest.map(measure)).toFixed(3);
      const isHonest = own[0].group === 'honest';
      return [
        model,
        String(own.length),
        above(({ raw }) => raw),
        above(({ divergence }) => divergence),
        share(1, 'overfitting'),
        share(0.5, 'overfitting'),
        share(2, 'overfitting'),
        byShift(own),
        pooled('overfitting'),
        isHonest ? '' : area(({ evidence }) => evidence),
        isHonest ? '' : area(({ raw }) => raw),
        share(1, 'implausible'),
        share(0.5, 'implausible'),
        share(2, 'implausible'),
        pooled('implausible'),
      ];
    }),
  };
}

/** Share of verdicts in the thirds of the windows by how volatility changed from validation to test. */
function byShift(windows: readonly Judgement[]): string {
  const ordered = [...windows].sort((a, b) => a.volatilityShift - b.volatilityShift);
  const third = (t: number) =>
    ordered.slice(Math.floor((t * ordered.length) / 3), Math.floor(((t + 1) * ordered.length) / 3));
  return [0, 1, 2]
    .map((t) => (third(t).length === 0 ? '-' : percent(percentage(third(t), (window) => window.overfitting))))
    .join(' ');
}

/** Verdicts on the best of some noise forecasts, by their number and amplitude. */
export function powerCurve(zoo: Zoo): ReportTable {
  return {
    title: 'The best of some noise forecasts: verdict in percent of windows, and of symbols pooled',
    header: ['amplitude', ...CURVE_TRIALS.map((trials) => `of ${trials.toLocaleString('en-US')}`)],
    rows: CURVE_AMPLITUDES.map((amplitude) => [
      String(amplitude),
      ...CURVE_TRIALS.map((trials) => {
        const model = noiseName(trials, amplitude);
        const flagged = (one: { overfitting: boolean }) => one.overfitting;
        const single = percent(percentage(windowsOf(zoo, model), flagged));
        return `${single}, ${percent(percentage(symbolsOf(zoo, model), flagged))}`;
      }),
    ]),
  };
}

function percent(value: number): string {
  return value === 0 || value === 100 ? String(value) : value.toFixed(1);
}
