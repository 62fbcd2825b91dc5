import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The snippets whose times the rollout's criterion of database health goes by. */
const TIMED_SNIPPETS = [
  ...['daily-divergence-summary', 'rmse-against-baseline', 'overfitting-symbols', 'model-performance'],
  ...['forecast-quality', 'canary-board', 'run-health', 'missed-ticks'],
];

/** The statement that makes `monitoring_queries` what these files of `supabase/snippets` say. */
export function monitoringQueryRows(projectDirectory: string): string {
  const rows = TIMED_SNIPPETS.map((name) => {
    const query = readFileSync(join(projectDirectory, 'supabase', 'snippets', `${name}.sql`), 'utf8');
    return `  ('${name}', $query$${query}$query$)`;
  });
  return `-- Written by npm run build:rows from supabase/snippets. Do not edit: change a snippet and write it again.
insert into public.monitoring_queries (name, query) values
${rows.join(',\n')}
on conflict (name) do update set query = excluded.query;
`;
}
