import {
  assessOverfitting,
  crpsDifferences,
  type OverfittingAssessment,
} from '../../src/shared/divergence/assess-overfitting.ts';
import { overfittingVerdict } from '../../src/shared/divergence/overfitting-verdict.ts';
import { assessPooled, type PooledWindow } from '../../src/shared/divergence/pooled-assessment.ts';
import { selectionBias } from '../../src/shared/divergence/selection-bias.ts';
import type { WindowSizes } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { rollingWindows, type Window } from '../../src/shared/evaluation/rolling-windows.ts';
import type { ScoredWindow } from '../../src/shared/evaluation/scored-window.ts';
import type { Series } from '../../src/shared/series/series.ts';
import { scoreEnsemble } from './ensemble-window.ts';
import { overfittingEvidence } from './evidence.ts';
import { HONEST_MODELS, TUNED_MODELS } from './models/honest.ts';
import { LEAKS } from './models/leaks.ts';
import { MEMORISERS } from './models/memorisers.ts';
import {
  type ScoredByVolatility,
  scoreBestNoise,
  scoreModel,
  scoreTuned,
  tryNoiseOn,
} from './scored-models.ts';
import type { ZooGroup } from './zoo-model.ts';
import { TEST_VOLATILITIES, type TestVolatility, type ZooWindow, zooWindow } from './zoo-window.ts';

/** What a worker thread is given: one symbol. */
export interface ZooTask {
  readonly series: Series;
  readonly sizes: WindowSizes;
  /** Whether the shipped ensemble is among the models. */
  readonly ensemble: boolean;
  /** Directory where the ensemble's scores are kept. */
  readonly cache: string | undefined;
}

/** What was found of one model in one window. */
export interface Judgement {
  readonly model: string;
  readonly group: ZooGroup;
  readonly symbol: string;
  readonly windowId: number;
  readonly volatility: TestVolatility;
  readonly raw: number;
  readonly divergence: number;
  readonly overfitting: boolean;
  readonly implausible: boolean;
  /** See `overfittingEvidence`. */
  readonly evidence: number;
  /** Of the benchmark's RMSEs, test to validation. */
  readonly volatilityShift: number;
  readonly relativeRmse: number;
  readonly relativeCrps: number;
  readonly foresight: { readonly mean: number; readonly scale: number };
  readonly selectionBias: number | null;
  readonly reasons: readonly string[];
}

/** What was found of one model in all windows of a symbol together. */
export interface PooledJudgement
  extends Pick<
    Judgement,
    'model' | 'group' | 'symbol' | 'volatility' | 'overfitting' | 'implausible' | 'foresight' | 'reasons'
  > {
  readonly windows: number;
}

/** A symbol's judgements. */
export interface SymbolJudgements {
  readonly windows: readonly Judgement[];
  readonly pooled: readonly PooledJudgement[];
}

/** The amplitude and the numbers of trials of the table's own searches. */
export const TABLE_AMPLITUDE = 0.1;
export const TABLE_TRIALS = [300, 2000] as const;
/** Those of the power curve; the largest number is the table's too. */
export const CURVE_AMPLITUDES = [0.05, 0.1, 0.2, 0.3] as const;
export const CURVE_TRIALS = [10, 30, 100, 300, 1000, 2000] as const;

/** How a search for noise is called. */
export function noiseName(trials: number, amplitude: number): string {
  return `best of ${trials.toLocaleString('en-US')} noise forecasts, amplitude ${amplitude}`;
}

const ENSEMBLE_NAME = 'the shipped 2-model ensemble';

/**
 * Runs the whole zoo over the windows of one symbol.
 *
 * @param onWindow called after each window
 */
export function judgeSymbol(task: ZooTask, onWindow: () => void = () => {}): SymbolJudgements {
  const { series, sizes } = task;
  const windows: Judgement[] = [];
  const scored = new Map<string, { group: ZooGroup; volatility: TestVolatility; windows: PooledWindow[] }>();
  for (const window of rollingWindows(series.times.length, sizes)) {
    for (const { name, group, byVolatility, volatilities } of scoreZoo(task, window)) {
      for (const volatility of volatilities) {
        const judged = judge(series.symbol, window, name, group, volatility, byVolatility);
        windows.push(judged);
        const key = `${name} ${volatility}`;
        const own = scored.get(key) ?? { group, volatility, windows: [] };
        const { trialScores: _heavy, ...parts } = byVolatility[volatility];
        own.windows.push({
          windowId: window.windowId,
          scored: { ...parts, trialScores: [] },
          selectionBias: judged.selectionBias,
        });
        scored.set(key, own);
      }
    }
    onWindow();
  }
  const pooled = [...scored.entries()].map(([key, { group, volatility, windows }]) => {
    const { verdict, implausibleSkill, foresight } = assessPooled(windows);
    return {
      model: key.slice(0, key.lastIndexOf(' ')),
      group,
      symbol: series.symbol,
      volatility,
      windows: windows.length,
      overfitting: verdict.isOverfitting,
      implausible: implausibleSkill.length > 0,
      foresight,
      reasons: [...verdict.reasons, ...implausibleSkill],
    };
  });
  return { windows, pooled };
}

interface ScoredZooModel {
  readonly name: string;
  readonly group: ZooGroup;
  readonly byVolatility: ScoredByVolatility;
  /** Those to be judged. */
  readonly volatilities: readonly TestVolatility[];
}

/** Every model on one window, one after the other: a window of 2,000 trials is large. */
function* scoreZoo({ series, ensemble, cache }: ZooTask, window: Window): Generator<ScoredZooModel> {
  const zoo = zooWindow(series, window);
  const all = TEST_VOLATILITIES;
  for (const model of [...HONEST_MODELS, ...MEMORISERS, ...LEAKS]) {
    yield {
      name: model.name,
      group: model.group,
      byVolatility: scoreModel(zoo, model),
      volatilities: all,
    };
  }
  for (const tuned of TUNED_MODELS) {
    yield { name: tuned.name, group: 'tuned', byVolatility: scoreTuned(zoo, tuned), volatilities: all };
  }
  if (ensemble) {
    const byVolatility = scoreEnsemble(series, window, cache);
    yield { name: ENSEMBLE_NAME, group: 'honest', byVolatility, volatilities: all };
  }
  yield* scoreSearches(zoo);
}

function* scoreSearches(zoo: ZooWindow): Generator<ScoredZooModel> {
  for (const amplitude of CURVE_AMPLITUDES) {
    const trials = tryNoiseOn(zoo, { amplitude, trials: Math.max(...CURVE_TRIALS) });
    for (const count of CURVE_TRIALS) {
      const inTable = amplitude === TABLE_AMPLITUDE && (TABLE_TRIALS as readonly number[]).includes(count);
      yield {
        name: noiseName(count, amplitude),
        group: 'selection',
        byVolatility: scoreBestNoise(zoo, trials, count),
        volatilities: inTable ? TEST_VOLATILITIES : [1],
      };
    }
  }
}

/**
 * As `assessOverfitting`, without the probability of backtest overfitting: it has no part in the verdict, and of thousands of trials
 * it would take longer than all else.
 */
export function assessSearch(window: ScoredWindow): OverfittingAssessment {
  const found = assessOverfitting({ ...window, trialScores: [] });
  const { validation, trialScores } = window;
  const bias = selectionBias(trialScores.map((crps) => crpsDifferences({ ...validation, crps })));
  return {
    ...found,
    trials: trialScores.length,
    selectionBias: bias,
    verdict: overfittingVerdict({ ...found, selectionBias: bias }),
  };
}

function judge(
  symbol: string,
  { windowId }: Window,
  model: string,
  group: ZooGroup,
  volatility: TestVolatility,
  byVolatility: ScoredByVolatility,
): Judgement {
  const scored = byVolatility[volatility];
  const found = group === 'selection' ? assessSearch(scored) : assessOverfitting(scored);
  return {
    ...{ model, group, symbol, windowId, volatility },
    raw: found.rawDivergence,
    divergence: found.divergence.divergence,
    overfitting: found.verdict.isOverfitting,
    implausible: found.implausibleSkill.length > 0,
    evidence: overfittingEvidence(found),
    volatilityShift: found.volatilityShift,
    relativeRmse: found.divergence.relative.test,
    relativeCrps: found.crpsDivergence.relative.test,
    foresight: found.foresight,
    selectionBias: found.selectionBias,
    reasons: [...found.verdict.reasons, ...found.implausibleSkill],
  };
}
