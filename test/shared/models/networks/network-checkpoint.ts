import type { Json } from '../../../../src/shared/json.ts';

/** Of the training of one network. */
export type TrainingCheckpoint = {
  readonly epoch: number;
  readonly bestEpoch: number;
  readonly parameters: string;
  readonly best: string;
};

/** Of a sequence: what its parts found, and the one under way. */
type Sequence<Running> = { readonly done: readonly Json[]; readonly running: Running | null };

/** Of a fit of networks: first the training of one after the other, then the forecasts of the fit's own bars. */
export type NetworkCheckpoint = {
  readonly of: Json;
  readonly fit: Sequence<Sequence<TrainingCheckpoint>>;
};

/** The checkpoint of the training under way; null between and after trainings. */
export function trainingUnderWay(checkpoint: Json): TrainingCheckpoint | null {
  const { done, running } = (checkpoint as NetworkCheckpoint).fit;
  return done.length === 0 ? (running?.running ?? null) : null;
}

/** A checkpoint made during a training, with some of the training's fields changed. */
export function withTraining(checkpoint: Json, changes: { readonly [field: string]: Json }): Json {
  const { of, fit } = checkpoint as NetworkCheckpoint;
  const training = { ...fit.running!.running, ...changes };
  return { of, fit: { done: fit.done, running: { done: fit.running!.done, running: training } } };
}
