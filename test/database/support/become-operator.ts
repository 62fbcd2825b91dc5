import type { Transaction } from './rolled-back.ts';

/** For the rest of the transaction: a signed-in user through the Data API, with the claim of operators. */
export async function becomeOperator(sql: Transaction): Promise<void> {
  await sql`select set_config('request.jwt.claims', '{"app_metadata": {"operator": true}}', true)`;
  await sql`set local role authenticated`;
}
