/** How workers are asked for, as the settings say. */
export interface WorkerPlaces {
  /** `max_workers` */
  readonly usual: number;
  /** `max_workers_cap` */
  readonly cap: number;
}

/** Seconds that a forecast waits for each worker that is added. */
const ADDED_EVERY = 300;

/**
 * Seconds until jobs that wait since the same moment are done, each worker at one at a time.
 *
 * @param seconds that one takes a worker
 * @param places with `cap` equal to `usual` where nothing is added, as for windows. Twin: `internal.worker_places`
 */
export function timeToDrain(jobs: number, seconds: number, { usual, cap }: WorkerPlaces): number {
  if (jobs === 0) return 0;
  let left = jobs * seconds;
  for (let waited = 0; ; waited += ADDED_EVERY) {
    const workers = Math.max(usual, Math.min(cap, usual + waited / ADDED_EVERY));
    if (left <= workers * ADDED_EVERY || workers >= Math.max(usual, cap)) return waited + left / workers;
    left -= workers * ADDED_EVERY;
  }
}
