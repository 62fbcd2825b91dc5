import { FitError } from '../../src/shared/errors/fit-error.ts';
import type { Json } from '../../src/shared/json.ts';
import type {
  FitOptions,
  FittedForecaster,
  Forecaster,
  Hyperparameters,
  Resumable,
  StepBudget,
} from '../../src/shared/models/forecaster.ts';
import { lstm } from '../../src/shared/models/lstm/lstm.ts';
import {
  type LstmHyperparameters,
  parseLstmHyperparameters,
} from '../../src/shared/models/lstm/lstm-hyperparameters.ts';
import { networkShape, parameterLayout } from '../../src/shared/models/lstm/network-shape.ts';
import { collectTrainingData, type TrainingData } from '../../src/shared/models/networks/training-data.ts';
import { requireDone } from '../../src/shared/models/resumable/work-through.ts';
import { deriveSeed } from '../../src/shared/numerics/derive-seed.ts';
import { encodeFloat32 } from '../../src/shared/numerics/float32-codec.ts';
import type { Series } from '../../src/shared/series/series.ts';
import { type TfjsBackend, useTfjsBackend } from './tfjs.ts';
import { trainWithTfjs } from './tfjs-training.ts';

/**
 * The member `LSTM` with its networks trained by TensorFlow.js, for comparison; it needs Node. All else is the member's own:
 * inputs, residuals, artifact, and forecasts by the kernel. A fit can be cut between networks, not within one.
 *
 * @param backend default `wasm`, several times as fast as `cpu`
 */
export async function createTfjsLstm(backend: TfjsBackend = 'wasm'): Promise<Forecaster> {
  await useTfjsBackend(backend);
  return {
    ...lstm,
    fit(series: Series, hyperparameters: Hyperparameters, options: FitOptions): Resumable<FittedForecaster> {
      return new TfjsLstmFit(series, hyperparameters, options);
    },
  };
}

/** Trains the networks, then lets the member's own fit go on from the checkpoint at which all are trained. */
class TfjsLstmFit implements Resumable<FittedForecaster> {
  readonly #series: Series;
  readonly #hyperparameters: LstmHyperparameters;
  readonly #options: FitOptions;
  readonly #data: TrainingData;
  /** The member's own fit before anything is trained. */
  readonly #begun: { readonly [key: string]: Json };
  readonly #trained: string[] = [];
  /** The member's own fit, once all networks are trained. */
  #rest: Resumable<FittedForecaster> | undefined;

  /** @throws FitError what the member's `fit` throws */
  constructor(series: Series, hyperparameters: Hyperparameters, options: FitOptions) {
    const { checkpoint, ...others } = options;
    // Checks its arguments, as the member itself does.
    const begun = lstm.fit(series, hyperparameters, others);
    this.#begun = begun.checkpoint() as { readonly [key: string]: Json };
    this.#series = series;
    this.#hyperparameters = parseLstmHyperparameters(hyperparameters);
    this.#options = others;
    const { lookback, networks } = this.#hyperparameters;
    this.#data = collectTrainingData(series, options.companions ?? [], lookback);
    if (checkpoint === undefined) return;
    this.#trained.push(...this.#networksOf(checkpoint));
    if (this.#trained.length === networks) this.#rest = this.#ownFit(checkpoint);
  }

  step(budget: StepBudget): boolean {
    while (this.#trained.length < this.#hyperparameters.networks) {
      const seed = deriveSeed(this.#options.seed, 'network', this.#trained.length);
      const shape = networkShape(this.#hyperparameters);
      const { symbol } = this.#series;
      const { parameters } = trainWithTfjs(symbol, shape, this.#data.samples, this.#hyperparameters, seed);
      this.#trained.push(encodeFloat32(parameters));
      if (budget.expired()) return false;
    }
    this.#rest ??= this.#ownFit(this.checkpoint());
    return this.#rest.step(budget);
  }

  progress(): number {
    return (this.#rest ?? this.#ownFit(this.checkpoint())).progress();
  }

  /** In the form of the member's own fit. */
  checkpoint(): Json {
    if (this.#rest !== undefined) return this.#rest.checkpoint();
    return { ...this.#begun, fit: { done: [], running: { done: this.#trained, running: null } } };
  }

  /** @throws Error before `step` returned true */
  result(): FittedForecaster {
    requireDone(this.#rest !== undefined);
    return this.#rest!.result();
  }

  #ownFit(checkpoint: Json): Resumable<FittedForecaster> {
    return lstm.fit(this.#series, { ...this.#hyperparameters }, { ...this.#options, checkpoint });
  }

  /** Those that a checkpoint of the member's own fit holds: while they are trained, or after. */
  #networksOf(checkpoint: Json): string[] {
    const { fit } = (checkpoint ?? {}) as { fit?: { done: readonly Training[]; running: Training | null } };
    const training = fit?.done[0] ?? fit?.running;
    const { length } = parameterLayout(networkShape(this.#hyperparameters));
    const { length: characters } = encodeFloat32(new Float32Array(length));
    const isNetwork = (text: unknown) => typeof text === 'string' && text.length === characters;
    if (training?.running === null && training.done.every(isNetwork)) return [...training.done];
    throw new FitError('invalid_artifact', 'Not a checkpoint of this LSTM fit between two of its networks');
  }
}

/** Of a checkpoint: the networks that are trained, and the training under way. */
interface Training {
  readonly done: readonly string[];
  readonly running: Json;
}
