import { Client } from 'pg';

/** A row if the connection's role, or one that it may become, bypasses the policies, or owns tables and so can turn them off. */
const EXEMPT = `
  select current_user as role from pg_roles r
  where pg_has_role(r.oid, 'member') and (rolsuper or rolbypassrls or exists (
    select from pg_class where relowner = r.oid and relkind in ('r', 'p') and relpersistence <> 't'))
  limit 1`;

/** Throws if the policies do not protect the tables from the role of the URL. Call it before the pool is made. */
export async function assertPoliciesApply(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ role: string }>(EXEMPT);
    if (rows.length === 0) return;
    throw new Error(
      `Row-level security does not apply to "${rows[0].role}", the role of DATABASE_URL. ` +
        'Connect as a role that is no superuser, has no BYPASSRLS and owns no tables, such as tenancy_app.',
    );
  } finally {
    await client.end();
  }
}
