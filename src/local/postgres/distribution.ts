/** A Postgres to run a cluster with: where its programs are, and what it needs beside what every cluster of ours has. */
export interface PostgresDistribution {
  /** Holds `bin/initdb` and `bin/postgres`, which the user that the server runs as may read. */
  readonly install: string;
  /** initdb's options for the locale: code-point order and Unicode's upper and lower case, which hosted has. */
  readonly localeOptions: readonly string[];
  /** Settings of the server, which win over the cluster's own. */
  readonly settings: Readonly<Record<string, string>>;
  /** SQL that ends a new cluster's bootstrap, as supabase_admin; empty for none. */
  readonly bootstrap: string;
  /** Whether cron's jobs are run by the server itself, by pg_cron, and not by the stack. */
  readonly runsCronJobs: boolean;
}

/** Puts a distribution's files below a directory, as far as they are not there, and describes it. */
export type DistributionSource = (home: string) => PostgresDistribution;
