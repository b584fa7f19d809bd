import { inspect } from 'node:util';
import { Pool } from 'pg';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import { SUPERUSER_URL } from './database.js';

/** Two organizations: alice is in A, bob in B, carol in both. */
export const issuer = await TestIssuer.create({ seed: 'the tests of tenancy' });
export const A = issuer.orgId('Acme Inc');
export const B = issuer.orgId('Globex');
const memberOf = (...orgNames: string[]): TestUser => ({
  email: `${orgNames.join('-and-').replaceAll(' ', '-')}@example.com`,
  orgs: orgNames.map((orgName) => ({ orgName, role: 'Member' })),
});
export const USERS = {
  alice: memberOf('Acme Inc'),
  bob: memberOf('Globex'),
  carol: memberOf('Acme Inc', 'Globex'),
};

/** An invoice of A, and two of B. Attackers know their ids, and the number of the second. */
export const OURS = { id: 'a1a1a1a1-0000-4000-8000-0000000000aa', number: 'A-1', cents: 11 };
export const THEIRS = {
  id: 'b1b1b1b1-0000-4000-8000-0000000000bb',
  number: 'B-SECRET',
  cents: 987_654,
};
export const TAKEN = {
  id: 'b2b2b2b2-0000-4000-8000-0000000000bb',
  number: 'TAKEN',
  cents: 987_655,
};

/** The rows of the tables, read as a superuser: policies do not apply. */
export class Tables {
  private readonly pool = new Pool({ connectionString: SUPERUSER_URL });

  /** Leaves the three invoices, and no others of A and B. */
  async reset(): Promise<void> {
    await this.pool.query(`
      delete from invoices where org_id in ('${A}', '${B}', 'another')
      or id in ('${OURS.id}', '${THEIRS.id}', '${TAKEN.id}')`);
    for (const [orgId, { id, number, cents }] of [
      [A, OURS],
      [B, THEIRS],
      [B, TAKEN],
    ] as const) {
      await this.pool.query(`
        insert into invoices (org_id, id, number) values ('${orgId}', '${id}', '${number}');
        insert into invoice_lines (org_id, invoice_id, cents) values ('${orgId}', '${id}', ${cents})`);
    }
  }

  /** All rows that are not those of A alone. */
  async notOfA(): Promise<string> {
    const { rows } = await this.pool.query<{ rows: string }>(`
      select jsonb_build_array(
        (select jsonb_agg(i order by i.id) from invoices i where org_id <> '${A}'),
        (select jsonb_agg(l order by l.id) from invoice_lines l where org_id <> '${A}' or not exists
          (select from invoices i where i.id = l.invoice_id and i.org_id = '${A}'))
      )::text as rows`);
    return rows[0].rows;
  }

  async ofA(): Promise<unknown[]> {
    const { rows } = await this.pool.query<{ number: string; cents: number }>(
      `select id, number, cents from invoice_totals where org_id = '${A}' order by number`,
    );
    return rows;
  }

  /** Runs a function while row-level security is disabled. */
  async withoutPolicies(work: () => Promise<void>): Promise<void> {
    const each = (change: string) =>
      this.pool.query(`
        alter table invoices ${change} row level security;
        alter table invoice_lines ${change} row level security`);
    await each('disable');
    try {
      await work();
    } finally {
      await each('enable');
    }
  }

  async change(statements: string): Promise<void> {
    await this.pool.query(statements);
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}

/** What a response shows of B: its rows, and values that only its rows have. */
export function seenOfB(answer: unknown): string[] {
  const text = answer instanceof Error ? inspect(answer) : (JSON.stringify(answer) ?? '');
  const values = [THEIRS.number, `${THEIRS.cents}`, `${TAKEN.cents}`];
  const seen = values.filter((value) => text.includes(value));
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { id, orgId } = value as { id?: unknown; orgId?: unknown };
    if (orgId === B) seen.push('a row with its organization');
    if (id === THEIRS.id || id === TAKEN.id) seen.push('a row with its id');
    Object.values(value).forEach(visit);
  };
  visit(answer);
  return seen;
}
