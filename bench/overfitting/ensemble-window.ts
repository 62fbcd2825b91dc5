import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { judgeFit } from '../../src/shared/divergence/judge-fit.ts';
import { defaultConfiguration } from '../../src/shared/ensemble/presets.ts';
import { requireConfiguration } from '../../src/shared/ensemble/require-configuration.ts';
import type { Window } from '../../src/shared/evaluation/rolling-windows.ts';
import type { ScoredPart, ScoredWindow } from '../../src/shared/evaluation/scored-window.ts';
import { windowValidation } from '../../src/shared/evaluation/window-validation.ts';
import type { Json } from '../../src/shared/json.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { decodeFloat64, encodeFloat64 } from '../../src/shared/numerics/float64-codec.ts';
import { type Series, sliceSeries } from '../../src/shared/series/series.ts';
import { CODE_VERSION } from '../../src/shared/version.ts';
import type { ScoredByVolatility } from './scored-models.ts';
import { scaleMoves, TEST_VOLATILITIES } from './zoo-window.ts';

/**
 * Validates the shipped 2-model ensemble on a window, as `npm run evaluate` does, with each volatility of test.
 *
 * @param cache directory in which the scores are kept for the next run; undefined: none
 */
export function scoreEnsemble(whole: Series, window: Window, cache: string | undefined): ScoredByVolatility {
  const series = sliceSeries(whole, window.trainFrom, window.end);
  if (cache === undefined) return validate(series, window);
  const file = join(cache, `${fingerprint(series, window)}.json`);
  if (existsSync(file)) return decode(JSON.parse(readFileSync(file, 'utf8')));
  const scored = validate(series, window);
  mkdirSync(cache, { recursive: true });
  // There whole or not at all: a run that is cut off must not leave half a file.
  writeFileSync(`${file}.partial`, JSON.stringify(encode(scored)));
  renameSync(`${file}.partial`, file);
  return scored;
}

function validate(series: Series, whole: Window): ScoredByVolatility {
  const window = {
    windowId: whole.windowId,
    trainFrom: 0,
    validationFrom: whole.validationFrom - whole.trainFrom,
    testFrom: whole.testFrom - whole.trainFrom,
    end: whole.end - whole.trainFrom,
  };
  // The test bars change nothing on train and validation, so that the first part of the work is done once and resumed from.
  let fitted: Json | undefined;
  const scored = TEST_VOLATILITIES.map((volatility) => {
    const validation = windowValidation({
      judgeFit,
      series: scaleMoves(series, window.testFrom, volatility),
      window,
      configuration: defaultConfiguration,
      ...(fitted !== undefined && { checkpoint: { done: [fitted], running: null } }),
    });
    validation.step(unlimitedBudget);
    fitted ??= (validation.checkpoint() as { readonly done: readonly Json[] }).done[0];
    return [volatility, validation.result().scored] as const;
  });
  return Object.fromEntries(scored) as unknown as ScoredByVolatility;
}

/** Of all that the scores depend on but code of the same version: empty the cache after changing that. */
function fingerprint(series: Series, { windowId }: Window): string {
  const hash = createHash('sha256').update(
    JSON.stringify([
      series.symbol,
      windowId,
      CODE_VERSION,
      defaultConfiguration,
      requireConfiguration(defaultConfiguration).map(({ name, grid }) => [name, grid]),
    ]),
  );
  for (const column of [series.open, series.high, series.low, series.close, series.volume]) {
    hash.update(new Uint8Array(column.slice().buffer));
  }
  return `${series.symbol}-${windowId}-${hash.digest('hex').slice(0, 16)}`;
}

const PARTS = ['train', 'validation', 'test'] as const;
const COLUMNS = [
  'squaredErrors',
  'crps',
  'benchmarkSquaredErrors',
  'benchmarkCrps',
  'expectedVolatility',
  'expectedMean',
  'mean',
  'scale',
  'realised',
] as const;

function encode(scored: ScoredByVolatility): unknown {
  return TEST_VOLATILITIES.map((volatility) => {
    const window = scored[volatility];
    return {
      parts: PARTS.map((part) => COLUMNS.map((column) => encodeFloat64(window[part][column]))),
      trials: window.trialScores.map(encodeFloat64),
    };
  });
}

function decode(json: { parts: string[][]; trials: string[] }[]): ScoredByVolatility {
  const windows = TEST_VOLATILITIES.map((volatility, v) => {
    const parts = PARTS.map((part, p) => {
      const columns = COLUMNS.map((column, c) => [column, decodeFloat64(json[v].parts[p][c])]);
      return [part, Object.fromEntries(columns) as ScoredPart] as const;
    });
    const window = { ...Object.fromEntries(parts), trialScores: json[v].trials.map(decodeFloat64) };
    return [volatility, window as unknown as ScoredWindow] as const;
  });
  return Object.fromEntries(windows) as unknown as ScoredByVolatility;
}
