import { hasItsChecksum } from '../checksum.ts';
import type { ForecastState } from '../contracts/forecast-state.ts';
import type { OnMemberFailure } from '../ensemble/dropped-member.ts';
import type { EnsembleName } from '../ensemble/ensemble-configuration.ts';
import { type FittedEnsemble, restoreEnsemble } from '../ensemble/fitted-ensemble.ts';
import type { MemberRegistry } from '../ensemble/member-registry.ts';
import { predictOrDrop } from '../ensemble/predict-or-drop.ts';
import { FitError } from '../errors/fit-error.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Json } from '../json.ts';
import { checkBars } from '../series/check-bars.ts';
import type { CovariateName } from '../series/covariate.ts';
import { requireDataQuality } from '../series/data-quality.ts';
import { type Horizon, timeframeOf } from '../series/horizon.ts';
import type { BarColumns, Timeframe } from '../series/series.ts';
import { withTimelyCovariates } from '../series/with-timely-covariates.ts';
import type { ForecastContext } from '../synthesis/circumstances.ts';
import { forecastRow } from '../synthesis/forecast-row.ts';
import { CODE_VERSION } from '../version.ts';
import type { ComputeMeter } from './compute-meter.ts';
import { type CovariateStore, covariatesBeside } from './covariates-beside.ts';
import { type EventStore, fittedEvents, withStoredEvents } from './events-beside.ts';
import type { ForecastSubject } from './forecast-subject.ts';

/** A fitted ensemble as it is stored. */
export interface StoredArtifact {
  readonly id: number;
  readonly ensemble: EnsembleName;
  readonly configHash: string;
  readonly codeVersion: string;
  /** Of its configuration. */
  readonly covariates: readonly CovariateName[];
  readonly state: Json;
}

/** What answering a request takes. Every call may throw StoreError. */
export interface ForecastStore extends EventStore, CovariateStore {
  /** @throws StoreError `unknown_symbol`, `inactive_symbol`, `unsupported_horizon`, `too_few_bars`, `no_ensemble`, `publishing_disabled` */
  state(
    symbols: readonly string[],
    horizon: Horizon,
    userId: string | null,
  ): Promise<readonly ForecastState[]>;
  artifact(id: number): Promise<StoredArtifact>;
  /** Bars of train and validation together. */
  fittedBars(horizon: Horizon): Promise<number>;
  onMemberFailure(): Promise<OnMemberFailure>;
  readSeries(symbol: string, timeframe: Timeframe, from: number, count: number): Promise<BarColumns>;
  readContext(subject: ForecastSubject): Promise<ForecastContext>;
  /**
   * Stores a forecast made from an artifact; the first one for a cutoff stands. Its id.
   *
   * @param restatedAt of the state that was there before its bars were read
   * @throws StoreError `series_changed` where they were restated since
   */
  storeForecast(artifactId: number, row: Json, restatedAt: string): Promise<number>;
  /** Plans a run; its id. @throws StoreError `failed_recently`, `quota_exceeded` */
  plan(symbols: readonly string[], horizon: Horizon, userId: string | null): Promise<string>;
}

/** A forecast that could not be made within the last hour, and when it may be asked for again: ISO 8601. */
export interface RecentFailure extends NonNullable<ForecastState['failure']> {
  readonly symbol: string;
}

/** What a request gets: ids of the forecasts that are there, and of the run that makes the others. */
export interface RequestedForecasts {
  readonly forecastIds: readonly number[];
  /** Null when no forecast is being made. */
  readonly runId: string | null;
  /** What is not tried again yet, where there was any. */
  readonly failures?: readonly RecentFailure[];
  /** Artifacts that cannot be read, where there were any: what was asked of them is planned, and their fit is made anew. */
  readonly refusedArtifacts?: readonly RefusedArtifact[];
}

/** A stored artifact that is damaged, and what was found. */
export interface RefusedArtifact {
  readonly id: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Answers a request for forecasts from the latest bars: a stored forecast where there is one, a new one where a fitted artifact is
 * young enough and the isolate has time for it, and a planned run where a fit is needed, the artifact is damaged or the time is used up.
 * A fit that failed within the last hour is not planned again; where nothing else was asked for, the request is refused.
 *
 * @param userId who asks; null for a secret key
 * @param now the clock, ISO 8601 in UTC
 * @param meter counts what the isolate computes
 * @param registry the members; default those that are shipped
 * @throws StoreError see {@link ForecastStore}; what a member that cannot forecast throws, naming it, unless it may be dropped
 */
export async function forecastOnRequest(
  store: ForecastStore,
  symbols: readonly string[],
  horizon: Horizon,
  userId: string | null,
  now: string,
  meter: ComputeMeter,
  registry?: MemberRegistry,
): Promise<RequestedForecasts> {
  const forecastIds: number[] = [];
  const missing: string[] = [];
  const failures: RecentFailure[] = [];
  const refused: RefusedArtifact[] = [];
  const states = await store.state(symbols, horizon, userId);
  const end = meter.spent + (meter.allowance() ?? 0);
  let settings: Settings | undefined;
  for (const state of states) {
    let id = state.forecast_id;
    if (id === null && state.artifact !== null && meter.spent < end) {
      settings ??= {
        fittedBars: await store.fittedBars(horizon),
        onMemberFailure: await store.onMemberFailure(),
      };
      id = await forecastFromArtifact(
        { store, settings, horizon, now, meter, registry, refused },
        state.artifact,
        state,
      );
    }
    if (id !== null) forecastIds.push(id);
    else if (state.failure !== null) failures.push({ symbol: state.symbol, ...state.failure });
    else missing.push(state.symbol);
  }
  // Alone, failures are refused by the database, with its sentence.
  const toPlan =
    missing.length === 0 && forecastIds.length === 0 ? failures.map(({ symbol }) => symbol) : missing;
  const runId = toPlan.length === 0 ? null : await store.plan(toPlan, horizon, userId);
  return {
    forecastIds,
    runId,
    ...(failures.length > 0 && toPlan === missing && { failures }),
    ...(refused.length > 0 && { refusedArtifacts: refused }),
  };
}

/** What a request reads once. */
interface Settings {
  readonly fittedBars: number;
  readonly onMemberFailure: OnMemberFailure;
}

interface OpenRequest {
  readonly store: ForecastStore;
  readonly settings: Settings;
  readonly horizon: Horizon;
  readonly now: string;
  readonly meter: ComputeMeter;
  readonly registry: MemberRegistry | undefined;
  /** Takes the artifacts that are damaged. */
  readonly refused: RefusedArtifact[];
}

/**
 * A forecast from the latest bar by an ensemble that was fitted earlier; null when this code cannot read it, it is
 * damaged, it was fitted with other events, or the bars were restated.
 */
async function forecastFromArtifact(
  { store, settings, horizon, now, meter, registry, refused }: OpenRequest,
  { id, cutoff_bar }: NonNullable<ForecastState['artifact']>,
  { symbol, bars, restated_at }: ForecastState,
): Promise<number | null> {
  const artifact = await store.artifact(id);
  if (artifact.codeVersion !== CODE_VERSION) return null;

  const from = Math.max(0, cutoff_bar + 1 - settings.fittedBars);
  const columns = await store.readSeries(symbol, timeframeOf(horizon), from, bars - from);
  const rules = await store.barRules(symbol);
  const { ensemble, configHash } = artifact;
  const context = await store.readContext({ symbol, horizon, configHash });
  const identity = { horizon, ensemble, configHash, codeVersion: CODE_VERSION };
  const read = await covariatesBeside(columns, artifact.covariates, store, meter);
  const checked = meter.count(() => checkBars(columns, rules));
  const [withEvents] = await withStoredEvents([checked.series], store);
  if (fittedEvents(withEvents, cutoff_bar - from) !== eventsOf(artifact)) return null;
  const row = meter.count(() => {
    const { series, notes: late } = withTimelyCovariates(withEvents, read.covariates);
    const quality = requireDataQuality(series, { minimumBars: series.times.length, now });
    const restored = restoreOrRefuse(artifact, registry, refused);
    if (restored === null) return null;
    const predicted = predictOrDrop(restored, series, 1, settings.onMemberFailure);
    const circumstances = {
      ...context,
      now,
      dataNotes: [...checked.notes, ...read.notes, ...late, ...quality],
    };
    return forecastRow(predicted.forecast, predicted.ensemble, series, identity, circumstances);
  });
  return row === null ? null : await storeUnlessRestated(store, artifact.id, row, restated_at);
}

/** What its fit saw of events; one of before there were any saw none. */
function eventsOf({ state }: StoredArtifact): Json {
  return (state as { readonly events?: Json } | null)?.events ?? null;
}

/** Null where the bars were restated while the forecast was made: it is planned from the new ones. */
async function storeUnlessRestated(
  store: ForecastStore,
  artifactId: number,
  row: Json,
  restatedAt: string,
): Promise<number | null> {
  try {
    return await store.storeForecast(artifactId, row, restatedAt);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'series_changed') return null;
    throw error;
  }
}

/** Null for an artifact that is damaged. */
function restoreOrRefuse(
  { id, state }: StoredArtifact,
  registry: MemberRegistry | undefined,
  refused: RefusedArtifact[],
): FittedEnsemble | null {
  try {
    requireIntact(state);
    return restoreEnsemble(state, registry);
  } catch (error) {
    if (!(error instanceof FitError && error.code === 'invalid_artifact')) throw error;
    refused.push({ id, code: error.code, message: error.message });
    return null;
  }
}

/** @throws FitError `invalid_artifact` where the state is not as it was stored; one without a checksum was stored before there were any */
function requireIntact(state: Json): void {
  const hasOne = state !== null && typeof state === 'object' && 'checksum' in state;
  if (hasOne && !hasItsChecksum(state))
    throw new FitError('invalid_artifact', 'The artifact is damaged: its checksum is another');
}
