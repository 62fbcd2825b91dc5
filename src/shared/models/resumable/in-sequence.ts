import { FitError } from '../../errors/fit-error.ts';
import type { Json } from '../../json.ts';
import type { Resumable, StepBudget } from '../forecaster.ts';
import { requireDone, workThrough } from './work-through.ts';

/** How the result of a part is kept in checkpoints. */
export interface Codec<Result> {
  /** As JSON, to the bit. */
  encode(result: Result): Json;
  /** The inverse. @throws FitError `invalid_artifact` */
  decode(json: Json): Result;
}

/** One of several computations that make up a longer one: see {@link inSequence}. It is run once. */
export class Part<Result> {
  readonly work: number;
  readonly #start: (checkpoint?: Json) => Resumable<Result>;
  readonly #codec: Codec<Result> | undefined;
  #running: Resumable<Result> | undefined;
  #done: { readonly result: Result } | undefined;

  /**
   * @param work how much of it there is, in any unit that all parts have in common
   * @param start begins or resumes it, once the parts before it are done: it may read their results
   * @param codec of its result; default: what is kept is its own last checkpoint, from which it is started again
   */
  constructor(work: number, start: (checkpoint?: Json) => Resumable<Result>, codec?: Codec<Result>) {
    this.work = work;
    this.#start = start;
    this.#codec = codec;
  }

  get isDone(): boolean {
    return this.#done !== undefined;
  }

  /** What it found. @throws Error before it is done */
  get result(): Result {
    requireDone(this.#done !== undefined);
    return this.#done!.result;
  }

  /** Share of it that is done, 0 to 1. */
  get progress(): number {
    return this.isDone ? 1 : (this.#running?.progress() ?? 0);
  }

  begin(): Resumable<Result> {
    this.#running ??= this.#start();
    return this.#running;
  }

  step(budget: StepBudget): void {
    const running = this.begin();
    if (running.step(budget)) this.#finish(running.result());
  }

  /** Null before it has begun. */
  checkpoint(): Json {
    if (this.#done !== undefined && this.#codec !== undefined) return this.#codec.encode(this.#done.result);
    return this.#running?.checkpoint() ?? null;
  }

  /** From its checkpoint while it was under way. */
  resume(checkpoint: Json): void {
    this.#running = this.#start(checkpoint);
    if (this.#running.progress() === 1) this.#finish(this.#running.result());
  }

  /** From its checkpoint when it was done. */
  resumeDone(checkpoint: Json): void {
    if (this.#codec === undefined) this.resume(checkpoint);
    else this.#finish(this.#codec.decode(checkpoint));
  }

  #finish(result: Result): void {
    this.#done = { result };
    // What it worked on is needed for its checkpoint alone.
    if (this.#codec !== undefined) this.#running = undefined;
  }
}

/**
 * A computation made of others, one after the other. The first part begins at once, so that what is wrong with its input is told at
 * once; another part in the first step after the parts before it were done.
 *
 * Its checkpoint holds what the parts found that are done, and the checkpoint of the one under way.
 *
 * @param name what it computes, for messages: `LSTM`
 * @param finish makes the result of those of the parts; called once
 * @param checkpoint of the same computation, to resume from
 * @throws what the first part throws as it begins; FitError `invalid_artifact` when `checkpoint` is none of such a computation
 */
export function inSequence<Result>(
  name: string,
  parts: readonly Part<unknown>[],
  finish: () => Result,
  checkpoint?: Json,
): Resumable<Result> {
  const work = parts.reduce((sum, part) => sum + part.work, 0);
  const underWay = () => parts.find(({ isDone }) => !isDone);
  const isDone = () => underWay() === undefined;
  let finished: { readonly result: Result } | undefined;
  if (checkpoint === undefined) parts[0]?.begin();
  else resume(name, parts, checkpoint);
  return {
    step: (budget) => workThrough(budget, isDone, () => underWay()!.step(budget)),
    checkpoint: () => ({
      done: parts.filter((part) => part.isDone).map((part) => part.checkpoint()),
      running: underWay()?.checkpoint() ?? null,
    }),
    progress() {
      if (isDone()) return 1;
      const done = parts.reduce((sum, part) => sum + part.work * part.progress, 0);
      // Rounding must not make it 1.
      return Math.min(done / work, 1 - Number.EPSILON);
    },
    result() {
      requireDone(isDone());
      finished ??= { result: finish() };
      return finished.result;
    },
  };
}

/**
 * The same computation several times over, on one thing after the other.
 *
 * @param name what it computes, for messages: `LSTM`
 * @param count of the things
 * @param start begins or resumes it on the thing in a place, from 0
 * @param codec of what it finds of one
 * @param checkpoint of the same computation, to resume from
 * @throws FitError `invalid_artifact` when `checkpoint` is none of such a computation
 */
export function inTurn<Item>(
  name: string,
  count: number,
  start: (place: number, checkpoint?: Json) => Resumable<Item>,
  codec: { encode(item: Item): Json; decode(json: Json, place: number): Item },
  checkpoint?: Json,
): Resumable<readonly Item[]> {
  const parts = Array.from(
    { length: count },
    (_, place) =>
      new Part(1, (resumed?: Json) => start(place, resumed), {
        encode: (item: Item) => codec.encode(item),
        decode: (json: Json) => codec.decode(json, place),
      }),
  );
  return inSequence(name, parts, () => parts.map(({ result }) => result), checkpoint);
}

/** @throws FitError `invalid_artifact` */
function resume(name: string, parts: readonly Part<unknown>[], checkpoint: Json): void {
  const { done, running } = (checkpoint ?? {}) as { readonly [key: string]: Json | undefined };
  if (!Array.isArray(done) || running === undefined) throw invalid(name, 'it lacks `done` or `running`');
  const most = running === null ? parts.length : parts.length - 1;
  if (done.length > most) throw invalid(name, `it holds more than ${parts.length} parts`);
  done.forEach((state: Json, i) => {
    parts[i].resumeDone(state);
    if (!parts[i].isDone) throw invalid(name, `its part ${i + 1} of ${parts.length} is not done`);
  });
  if (running !== null) parts[done.length].resume(running);
  else if (done.length === 0) parts[0]?.begin();
}

function invalid(name: string, reason: string): FitError {
  return new FitError('invalid_artifact', `Not a checkpoint of this ${name} fit: ${reason}`);
}
