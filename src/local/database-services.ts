import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import type { SessionTokens } from './auth/session-tokens.ts';
import type { ProjectConfig } from './config.ts';
import { type CronRunner, startCronRunner } from './cron-runner.ts';
import { type DataApi, openDataApi } from './data-api/data-api.ts';
import type { StackKeys } from './keys.ts';
import { type NetSender, startNetSender } from './net-sender.ts';

export interface DatabaseServicesOptions {
  /** Connection URLs of the owner and of the superuser. */
  readonly urls: Readonly<Record<'postgres' | 'supabase_admin', string>>;
  readonly keys: StackKeys;
  readonly tokens: SessionTokens;
  readonly config: ProjectConfig;
  /** Whether cron's jobs are to be run from here: not where Postgres has the real pg_cron. */
  readonly standsInForCron: boolean;
  /** Milliseconds that the stand-in for pg_net pauses between two batches; its default is pg_net's. */
  readonly netPause?: number;
  /** Told every error of the database's that the Data API answers with. */
  readonly onDatabaseError: (error: unknown) => void;
  readonly log: (line: string) => void;
}

/** What holds connections to one life of Postgres. */
interface Open {
  readonly sql: Sql;
  readonly dataApi: DataApi;
  /** Requests under way: each is answered by a call when Postgres has ended. */
  readonly waiting: Set<() => void>;
}

/** What is left of the old connections gets this long, in milliseconds. */
const PATIENCE = 2_000;

/** PostgREST's answer while it has no database. */
const UNAVAILABLE = {
  code: 'PGRST001',
  message: 'Database client error. Retrying the connection',
  details: null,
  hint: null,
};

/**
 * What lives on connections to Postgres: the Data API, the sender of pg_net and the runner of pg_cron. When Postgres ends they end
 * with it, as they do on hosted projects, and when it is back they begin anew, with connections of their own: the driver's pools
 * do not outlive what they were connected to (see surviveDriverFault).
 */
export class DatabaseServices {
  readonly #options: DatabaseServicesOptions;
  #open: Open | null = null;
  #workers: { readonly netSender: NetSender; readonly cronRunner: CronRunner | null } | null = null;
  /** Whether workers are wanted. */
  #working = false;
  #closed = false;
  /** One change after the other. */
  #changing: Promise<void> = Promise.resolve();

  private constructor(options: DatabaseServicesOptions) {
    this.#options = options;
  }

  static async open(options: DatabaseServicesOptions): Promise<DatabaseServices> {
    const services = new DatabaseServices(options);
    await services.#connect();
    return services;
  }

  /** Answers as long as the services are open: with 503 while Postgres is away. */
  readonly dataApi: Pick<DataApi, 'fetch'> = {
    fetch: async (request) => {
      const open = this.#open;
      if (open === null) return unavailable();
      // No race with a promise of Postgres's end: it would hold every answer until then.
      return new Promise<Response>((resolve, reject) => {
        const lose = () => resolve(unavailable());
        open.waiting.add(lose);
        open.dataApi
          .fetch(request)
          .then(resolve, reject)
          .finally(() => open.waiting.delete(lose));
      });
    },
  };

  async startWorkers(): Promise<void> {
    this.#working = true;
    await this.#change(() => this.#startWorkers());
  }

  async stopWorkers(): Promise<void> {
    this.#working = false;
    await this.#change(() => this.#stopWorkers());
  }

  /** Postgres has ended: whoever waits for it is told so. */
  lose(): void {
    const open = this.#open;
    this.#open = null;
    for (const answer of open?.waiting ?? []) answer();
    // What is left of the old connections is given up, so that nobody waits for them.
    this.#change(async () => {
      await open?.sql.end({ timeout: 0 });
      await open?.dataApi.close(0);
      await Promise.race([this.#stopWorkers(true), sleep(PATIENCE)]);
    }).catch(() => {});
  }

  /** Postgres is back. */
  async reopen(): Promise<void> {
    await this.#change(async () => {
      if (this.#closed) return;
      await this.#connect();
      if (this.#working) await this.#startWorkers();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#change(async () => {
      await this.#stopWorkers();
      await this.#open?.dataApi.close();
      await this.#open?.sql.end({ timeout: 2 });
      this.#open = null;
    });
  }

  async #connect(): Promise<void> {
    const { urls, ...options } = this.#options;
    const sql = postgres(urls.supabase_admin, { max: 4, onnotice: () => {} });
    const dataApi = await openDataApi({ ...options, databaseUrl: urls.postgres, sql });
    this.#open = { sql, dataApi, waiting: new Set() };
  }

  async #startWorkers(): Promise<void> {
    if (this.#open === null) return;
    const { urls, standsInForCron, netPause, log } = this.#options;
    const { sql } = this.#open;
    const netSender = await startNetSender(sql, log, { pause: netPause });
    const cronRunner = standsInForCron ? await startCronRunner({ sql, urls, log }) : null;
    this.#workers = { netSender, cronRunner };
  }

  async #stopWorkers(isLost = false): Promise<void> {
    const workers = this.#workers;
    this.#workers = null;
    await workers?.cronRunner?.stop(isLost);
    await workers?.netSender.stop();
  }

  #change(change: () => Promise<void>): Promise<void> {
    const done = this.#changing.then(change);
    this.#changing = done.catch((error: Error) => {
      if (!this.#closed) this.#options.log(`stack: ${error.message}`);
    });
    return done;
  }
}

function unavailable(): Response {
  return Response.json(UNAVAILABLE, { status: 503 });
}
