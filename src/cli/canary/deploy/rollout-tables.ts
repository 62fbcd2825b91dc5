import type { Target } from '../target/target.ts';

/** Targets whose database has the tables: they do not go away. */
const known = new WeakSet<Target>();

export const TABLES_SQL = `select to_regclass('public.rollouts') is not null as there`;

/** Whether the database has the tables of rollouts, which a hosted project's has not before its first migrations. */
export async function hasRolloutTables(target: Target): Promise<boolean> {
  if (known.has(target)) return true;
  const [row] = await target.query(TABLES_SQL);
  if (row.there === true) known.add(target);
  return row.there === true;
}
