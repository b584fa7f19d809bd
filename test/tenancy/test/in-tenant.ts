import type { Pool, PoolClient } from 'pg';

/** Sets the tenant of a transaction. No row comes back if the transaction belongs to another tenant. */
export const SET_TENANT = `select set_config('app.org_id', $1, true)
  where coalesce(nullif(current_setting('app.org_id', true), ''), $1) = $1`;

/** What the data layers do, with nothing but `pg`: a transaction of a tenant. */
export async function inTenant<Result>(
  pool: Pool,
  tenant: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    await setTenant(client, tenant);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((reason: Error) => (broken = reason));
    throw error;
  } finally {
    client.release(broken);
  }
}

export async function setTenant(client: PoolClient, tenant: string): Promise<void> {
  const { rowCount } = await client.query(SET_TENANT, [tenant]);
  if (rowCount !== 1) throw new Error('The transaction belongs to another tenant.');
}
