import { refusalOf, type Transaction } from './rolled-back.ts';

export const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** Calls a function of the API by its name. */
export async function call(sql: Transaction, name: string, ...values: unknown[]) {
  const list = values.map((_, i) => `$${i + 1}`).join(', ');
  const [{ answer }] = await sql.unsafe(`select public.${name}(${list}) as answer`, values as never[]);
  return answer;
}
/** What that call raises. */
export const refused = (sql: Transaction, name: string, ...values: unknown[]) =>
  refusalOf(sql, (inner) => call(inner, name, ...values));
/** The latest rollout. */
export const latestRollout = async (sql: Transaction) =>
  (await sql`select * from public.rollouts order by id desc limit 1`)[0];
