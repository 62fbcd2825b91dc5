import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { DEFAULT_LARGEST_MOVE } from '../../src/shared/series/implausible-moves.ts';
import { DEFAULT_DIRECTION_THRESHOLDS } from '../../src/shared/synthesis/direction.ts';

/** A job as `claim_job` gives it, and what it reads. */
export interface BenchJob {
  /** Without its checkpoint. */
  readonly job: Readonly<Record<string, unknown>>;
  /** What the rpcs that it reads by answer, by name. */
  readonly reads: Readonly<Record<string, unknown>>;
  /** Of the requests that it is asked for by, beside the key; default none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What `forecast_context` answers where nothing was validated or scored yet. */
const FORECAST_CONTEXT = JSON.stringify({
  thresholds: DEFAULT_DIRECTION_THRESHOLDS,
  latest_window: null,
  outcomes: 0,
});

/** What `bar_rules` answers of a symbol of New York. */
const BAR_RULES = JSON.stringify({
  largest_move: DEFAULT_LARGEST_MOVE,
  calendar: {
    ...{ name: NEW_YORK.name, rule: NEW_YORK.rule, time_zone: NEW_YORK.timeZone, close: NEW_YORK.close },
    ...{
      half_day_close: NEW_YORK.halfDayClose,
      known_from: NEW_YORK.knownFrom,
      known_until: NEW_YORK.knownUntil,
    },
    exceptions: [],
  },
});

/**
 * What the worker needs of the database, in its own process: one job, whose checkpoint is handed out again with the next claim.
 *
 * Texts are made before a request comes in, as a database makes them elsewhere.
 */
export class StandInDatabase {
  readonly #job: string;
  readonly #reads: ReadonlyMap<string, string>;
  #checkpoint = 'null';
  #claim = '';
  #saved: string | undefined;
  /** Bytes of the largest checkpoint. */
  largestCheckpoint = 0;

  constructor({ job, reads }: BenchJob) {
    // Its last brace makes room for the checkpoint.
    this.#job = JSON.stringify(job).slice(0, -1);
    this.#reads = new Map(
      Object.entries(reads).map(([name, answer]) => [`/rest/v1/rpc/${name}`, JSON.stringify(answer)]),
    );
  }

  /** Makes the answer to the next claim. */
  prepare(): void {
    if (this.#saved !== undefined) {
      this.#checkpoint = JSON.stringify((JSON.parse(this.#saved) as { p_checkpoint: unknown }).p_checkpoint);
      this.largestCheckpoint = Math.max(this.largestCheckpoint, this.#checkpoint.length);
      this.#saved = undefined;
    }
    this.#claim = `${this.#job},"checkpoint":${this.#checkpoint}}`;
  }

  /** Stands in for `fetch`. */
  async answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body = await request.text();
    const read = this.#reads.get(pathname);
    if (read !== undefined) return json(read);
    switch (pathname) {
      case '/rest/v1/rpc/seed_ensemble':
        // The one that is asked for is the one in force.
        return json(JSON.stringify({ configuration: JSON.parse(body).p_configuration }));
      case '/rest/v1/rpc/claim_job':
        return json(this.#claim);
      case '/rest/v1/rpc/bar_rules':
        return json(BAR_RULES);
      case '/rest/v1/rpc/read_scheduled_events':
        return json('{}');
      case '/rest/v1/rpc/forecast_context':
        return json(FORECAST_CONTEXT);
      case '/rest/v1/rpc/save_step':
        this.#saved = body;
        return json('null');
      case '/rest/v1/rpc/complete_job':
        return json('null');
      default:
        return json(
          `{"message":"the bench has no ${pathname}: ${body.slice(0, 500).replaceAll('"', "'")}"}`,
          400,
        );
    }
  }
}

function json(body: string, status = 200): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}
