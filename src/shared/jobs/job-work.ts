import { withChecksum } from '../checksum.ts';
import type { JobOf } from '../contracts/job.ts';
import { assessOverfitting } from '../divergence/assess-overfitting.ts';
import { judgeFit, judgeStoredWindow, type StoredWindow } from '../divergence/judge-fit.ts';
import type { FittedEnsemble } from '../ensemble/fitted-ensemble.ts';
import type { MemberRegistry } from '../ensemble/member-registry.ts';
import { predictOrDrop } from '../ensemble/predict-or-drop.ts';
import { type FitProcedureResult, fitProcedure } from '../evaluation/fit-procedure.ts';
import type { WindowResult } from '../evaluation/window-result.ts';
import { windowValidation } from '../evaluation/window-validation.ts';
import type { Json } from '../json.ts';
import type { Resumable } from '../models/forecaster.ts';
import type { DataNote } from '../series/data-finding.ts';
import type { Series } from '../series/series.ts';
import { type CovariateSeries, withCovariates } from '../series/with-covariates.ts';
import { withTimelyCovariates } from '../series/with-timely-covariates.ts';
import type { ForecastContext } from '../synthesis/circumstances.ts';
import { forecastRow } from '../synthesis/forecast-row.ts';
import { CODE_VERSION } from '../version.ts';
import type { ComputeMeter } from './compute-meter.ts';
import { fittedEvents } from './events-beside.ts';
import type { ForecastSubject } from './forecast-subject.ts';
import { validationRows } from './validation-rows.ts';
import { weightsRow } from './weights-row.ts';

/** What the outcome of a job takes of its host. */
export interface OutcomeHost {
  /** The time, ISO 8601 in UTC. */
  now(): string;
  readForecastContext(subject: ForecastSubject): Promise<ForecastContext>;
  /** Counts what the isolate computes. */
  readonly meter: ComputeMeter;
}

/** A job that computes: what it reads, its computation, and how the outcome is stored. */
export interface JobWork {
  /** The bars it needs: ordinal of the first, and how many. */
  readonly bars: { readonly from: number; readonly count: number };
  /** The series with covariates beside its bars, and why some are left out. */
  beside(
    series: Series,
    covariates: readonly CovariateSeries[],
  ): { readonly series: Series; readonly notes: readonly DataNote[] };
  /** The computation on exactly those bars and those of the companions, from its beginning or from a checkpoint. */
  start(series: Series, companions: readonly Series[], checkpoint: Json | undefined): Resumable<unknown>;
  /** What `complete_job` stores of a computation that is done. */
  outcome(
    computation: Resumable<unknown>,
    series: Series,
    host: OutcomeHost,
    dataNotes: readonly DataNote[],
  ): Promise<Json>;
}

/**
 * Fits the ensemble on the latest bars and forecasts the next session.
 *
 * @param latestWindow the latest valid one of its symbol, horizon and configuration; null: none
 * @param registry the members; default those of this version
 */
export function forecastWork(
  job: JobOf<'forecast'>,
  latestWindow: StoredWindow | null,
  registry?: MemberRegistry,
): JobWork {
  const { horizon, ensemble, last_bar, sizes, levels } = job.payload;
  const count = sizes.train + sizes.validation;
  return {
    bars: { from: last_bar + 1 - count, count },
    beside: withTimelyCovariates,
    start: (series, companions, checkpoint) =>
      fitProcedure({
        series,
        companions,
        train: sizes.train,
        validation: sizes.validation,
        configuration: job.configuration,
        onMemberFailure: job.on_member_failure,
        judgeFit: (train, validation) => judgeFit(train, validation, levels),
        reversion: judgeStoredWindow(latestWindow, levels),
        registry,
        checkpoint,
      }),
    async outcome(computation, series, host, dataNotes) {
      const { fitted, fit, decision } = (computation as Resumable<FitProcedureResult>).result();
      const weights = decision?.weights ?? null;
      const configHash = job.config_hash;
      const identity = { horizon, ensemble, configHash, codeVersion: CODE_VERSION };
      const context = await host.readForecastContext({ symbol: series.symbol, horizon, configHash });
      const weightsReverted = weights?.reason?.message ?? null;
      const { failedCandidates } = fit;
      const circumstances = {
        ...{ ...context, now: host.now(), failedCandidates, weightsReverted, dataNotes },
      };
      return host.meter.count(() => {
        const predicted = predictOrDrop(fitted, series, 1, job.on_member_failure);
        const forecast = forecastRow(predicted.forecast, predicted.ensemble, series, identity, circumstances);
        return {
          forecast,
          weights: weights === null ? null : weightsRow(weights, predicted.ensemble.members, forecast),
          artifact: {
            symbol: series.symbol,
            horizon,
            ensemble,
            config_hash: job.config_hash,
            code_version: CODE_VERSION,
            data_cutoff: forecast.data_cutoff,
            hyperparameters: Object.fromEntries(
              fitted.members.map(({ name, hyperparameters }) => [name, hyperparameters]),
            ),
            state: artifactState(fitted, series),
          },
        };
      });
    },
  };
}

/** As it is stored: a forecast is made from it only beside the events that it was fitted with. */
function artifactState(fitted: FittedEnsemble, series: Series): Json {
  const events = fittedEvents(series, series.times.length - 1);
  return withChecksum({ ...(fitted.toJSON() as object), ...(events !== null && { events }) });
}

/**
 * Validates the ensemble on one walk-forward window.
 *
 * @param registry the members; default those of this version
 */
export function windowWork(job: JobOf<'validate_window'>, registry?: MemberRegistry): JobWork {
  const { horizon, sizes, levels, window_id } = job.payload;
  const count = sizes.train + sizes.validation + sizes.test;
  return {
    bars: { from: window_id + 1 - count, count },
    // Each of its forecasts has a cutoff of its own.
    beside: (series, covariates) => ({
      series: covariates.length === 0 ? series : withCovariates(series, covariates),
      notes: [],
    }),
    start: (series, companions, checkpoint) =>
      windowValidation({
        series,
        companions,
        // The window's bars are all of `series`; its name stays the ordinal in the whole series.
        window: {
          windowId: window_id,
          trainFrom: 0,
          validationFrom: sizes.train,
          testFrom: sizes.train + sizes.validation,
          end: count,
        },
        configuration: job.configuration,
        onMemberFailure: job.on_member_failure,
        judgeFit: (train, validation) => judgeFit(train, validation, levels),
        registry,
        checkpoint,
      }),
    async outcome(computation, _series, host) {
      const result = (computation as Resumable<WindowResult>).result();
      const identity = { horizon, codeVersion: CODE_VERSION, validatedAt: host.now() };
      return host.meter.count(() =>
        validationRows(result, assessOverfitting(result.scored, { levels }), identity),
      );
    },
  };
}
