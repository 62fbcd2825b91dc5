import postgres from 'postgres';

/** What statements read of one table, by Postgres's own count. */
export interface TableReads {
  /** Rows that its scans gave or filtered away. */
  readonly rows: number;
  /** Conditions of scans of the whole table, empty for none. */
  readonly scans: readonly string[];
}

/** A node of a plan, as `explain (analyze, format json)` gives it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Filter?: string;
  readonly Plans?: readonly PlanNode[];
}

/**
 * A connection that tells what its statements read, those inside functions too: `auto_explain` sends the plan of each, as it was executed.
 * Where an index can be used it is: a scan of a whole table that is left is one that no index serves.
 */
export class ExplainedConnection {
  readonly sql: postgres.Sql;
  #plans: PlanNode[] = [];

  private constructor(superuserUrl: string) {
    this.sql = postgres(superuserUrl, {
      max: 1,
      onnotice: ({ message }) => {
        const json = /^duration: .* plan:\n(\{.*\})$/s.exec(message ?? '')?.[1];
        if (json !== undefined) this.#plans.push((JSON.parse(json) as { Plan: PlanNode }).Plan);
      },
    });
  }

  static async open(superuserUrl: string): Promise<ExplainedConnection> {
    const connection = new ExplainedConnection(superuserUrl);
    await connection.sql.unsafe(`
      load 'auto_explain';
      set auto_explain.log_min_duration = 0;
      set auto_explain.log_nested_statements = on;
      set auto_explain.log_analyze = on;
      set auto_explain.log_timing = off;
      set auto_explain.log_format = json;
      set auto_explain.log_level = notice;
      set enable_seqscan = off;
      set max_parallel_workers_per_gather = 0;
      set jit = off;
      set role postgres`);
    return connection;
  }

  /** What was read since the last call, by table. */
  readonly take = (): ReadonlyMap<string, TableReads> => {
    const reads = readsOf(this.#plans);
    this.#plans = [];
    return reads;
  };
}

/** What plans that were executed read, by table. */
export function readsOf(plans: readonly PlanNode[]): ReadonlyMap<string, TableReads> {
  const reads = new Map<string, { rows: number; scans: string[] }>();
  const walk = (node: PlanNode): void => {
    const { 'Relation Name': table, 'Actual Loops': loops = 0 } = node;
    if (table !== undefined && loops > 0 && node['Node Type'] !== 'ModifyTable') {
      const read = reads.get(table) ?? { rows: 0, scans: [] };
      reads.set(table, read);
      const ofALoop =
        (node['Actual Rows'] ?? 0) +
        (node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0);
      read.rows += ofALoop * loops;
      if (node['Node Type'] === 'Seq Scan') read.scans.push(node.Filter ?? 'all of it');
    }
    for (const child of node.Plans ?? []) walk(child);
  };
  for (const plan of plans) walk(plan);
  return reads;
}
