import type postgres from 'postgres';
import { ownerConnection } from './own-database.ts';

export type Transaction = postgres.TransactionSql;

class RolledBack extends Error {}

/** A test's body in a transaction that is rolled back: whatever it does to the schedule, the next test finds it untouched. */
export function rolledBack(body: (sql: Transaction) => Promise<void>): () => Promise<void> {
  return async () => {
    const sql = ownerConnection();
    try {
      await sql.begin(async (transaction) => {
        await body(transaction);
        throw new RolledBack();
      });
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    } finally {
      await sql.end();
    }
  };
}

/** What a statement raises: the code for programs and the message. The transaction goes on as it was before. */
export async function refusalOf(
  sql: Transaction,
  statement: (sql: Transaction) => Promise<unknown>,
): Promise<{ code: string; message: string }> {
  try {
    await sql.savepoint(async (inner) => {
      await statement(inner);
    });
  } catch (error) {
    const { detail, code, message } = error as { detail?: string; code: string; message: string };
    return { code: detail ?? code, message };
  }
  throw new Error('nothing was refused');
}
