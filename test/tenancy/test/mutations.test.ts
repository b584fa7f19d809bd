/*
 * Removes, one by one, what separates tenants, in a copy of the database, and expects the checks to notice. What can be removed is read from
 * the catalogue: a new table, policy or function needs no line here.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Client } from 'pg';
import { BEHAVIOUR } from './behaviour.js';
import { findGaps, ROLES } from './catalogue.js';
import { connected, SUPERUSER_URL } from './database.js';

/** A change of the database, and the gap that it has to be noticed by. */
interface Mutation {
  readonly change: string;
  readonly gap: string;
}

const { app, owner } = ROLES;
const name = `tenancy_copy_${process.pid}`;
const copyUrl = SUPERUSER_URL.replace(/[^/]*$/, name);

let copy: Client;

before(async () => {
  await connected(SUPERUSER_URL, (database) => database.query(`create database ${name}`));
  const dump = execFileSync('pg_dump', ['--schema-only', SUPERUSER_URL]);
  execFileSync('psql', ['-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', copyUrl], {
    input: dump,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  copy = new Client({ connectionString: copyUrl });
  await copy.connect();
  // A dump leaves out the privileges of the database itself.
  await copy.query(`revoke temporary on database ${name} from public`);
});

after(async () => {
  await copy.end();
  await connected(SUPERUSER_URL, (database) => database.query(`drop database ${name}`));
});

beforeEach(() => copy.query('begin'));
afterEach(() => copy.query('rollback'));

const TENANT = `org_id = nullif(current_setting('app.org_id', true), '')`;

/** $1 is the role of the application, $2 the owner of the tables. A query need not name them. */
const PARAMETERS = 'with parameters as (select $1::text, $2::text)';

/** Each query writes down changes, and the gaps that they make. */
const DERIVED: Readonly<Record<string, string>> = {
  'a policy': `
    select format('drop policy %I on %s', polname, polrelid::regclass) as change,
      format('%s: no policy ', polrelid::regclass) as gap from pg_policy`,

  'the condition of a policy for the application': `
    select format('alter policy %I on %s using (true)', polname, polrelid::regclass) as change,
      format('%s: USING of policy %s is true', polrelid::regclass, polname) as gap
    from pg_policy where polroles && array[0, $1::regrole]::oid[] and polcmd <> 'a'
    union all
    select format('alter policy %I on %s with check (true)', polname, polrelid::regclass),
      format('%s: WITH CHECK of policy %s is true', polrelid::regclass, polname)
    from pg_policy where polroles && array[0, $1::regrole]::oid[] and polcmd in ('a', 'w', '*')`,

  'row security': `
    select format('alter table %s %s row level security', oid::regclass, word) as change,
      format('%s: row security is not %s', oid::regclass, past) as gap
    from pg_class, lateral (values ('disable', 'enabled'), ('no force', 'forced')) as words (word, past) where relrowsecurity`,

  security_invoker: `
    select format('alter view %s reset (security_invoker)', oid::regclass) as change,
      format('%s: security_invoker is not set', oid::regclass) as gap
    from pg_class where relkind = 'v' and relowner = $2::regrole`,

  'the tenant in a foreign key': `
    select format('alter table %s drop constraint %I, add foreign key (%s) references %s', conrelid::regclass, conname,
        (select string_agg(quote_ident(attname), ', ') from pg_attribute
          where attrelid = conrelid and attnum = any (conkey) and attname <> 'org_id'), confrelid::regclass) as change,
      format('%s: foreign key ', conrelid::regclass) as gap
    from pg_constraint where contype = 'f' and cardinality(conkey) > 1`,

  'the tenant in a unique key': `
    select format('alter table %s drop constraint %I cascade, add unique (%s)', conrelid::regclass, conname,
        (select string_agg(quote_ident(attname), ', ') from pg_attribute
          where attrelid = conrelid and attnum = any (conkey) and attname <> 'org_id')) as change,
      format('%s: unique index ', conrelid::regclass) as gap
    from pg_constraint where contype in ('u', 'p') and cardinality(conkey) > 1
      and (select attnum from pg_attribute where attrelid = conrelid and attname = 'org_id') = any (conkey)`,

  'what makes an id random': `
    select format('alter table %s alter %I drop default', adrelid::regclass, attname) as change,
      format('%s: unique index ', adrelid::regclass) as gap
    from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
    where pg_get_expr(adbin, adrelid) = 'gen_random_uuid()'
      and exists (select from pg_attribute where attrelid = adrelid and attname = 'org_id')`,

  'the default or NOT NULL of the tenant': `
    select format('alter table %s alter org_id drop %s', attrelid::regclass, word) as change,
      format('%s: %s', attrelid::regclass, gap) as gap
    from pg_attribute, lateral (values ('default', 'the default of org_id is missing'), ('not null', 'org_id may be null')) as words (word, gap)
    where attname = 'org_id' and has_table_privilege($1, attrelid, 'INSERT')
      and (select relkind from pg_class c where c.oid = attrelid) = 'r'`,

  'a REVOKE, and each GRANT too many': `
    select format('grant create on schema %I to public', nspname) as change, format('%s: may create in schema %s', $1::text, nspname) as gap
    from pg_namespace where nspname = 'public'
    union all select format('grant temporary on database %I to public', current_database()), $1 || ': may create temporary tables'
    union all select format('grant create on database %I to %I', current_database(), $1::text), $1 || ': may create schemas'
    union all select format('grant execute on function %s to public', oid::regprocedure), format('%s: everyone may execute it', oid::regprocedure)
    from pg_proc where prosecdef and proowner >= 16384
    union all select format('grant %s on %s to %I', word, oid::regclass, $1::text), format('%s: %s for %s', oid::regclass, upper(word), $1::text)
    from pg_class, unnest(array['truncate', 'references', 'trigger']) as word where relkind = 'r' and relowner = $2::regrole
    union all select format('grant select on %s to public', oid::regclass), format('%s: SELECT for everyone', oid::regclass)
    from pg_class where relkind in ('r', 'v') and relowner = $2::regrole
    union all select format('grant select on %s to %I with grant option', oid::regclass, $1::text), format('%s: %s may grant SELECT', oid::regclass, $1::text)
    from pg_class where relkind = 'r' and relowner = $2::regrole`,

  'what makes a SECURITY DEFINER function safe': `
    select format(change, oid::regprocedure) as change, oid::regprocedure || gap as gap from pg_proc, (values
      ('alter function %s reset search_path', ': no fixed search_path'),
      ('alter function %s set search_path = public', ': no fixed search_path'),
      ('alter function %s set search_path = pg_temp, public', ': no fixed search_path'),
      ('alter function %s owner to ' || $2, ': owned by ' || $2),
      ('alter function %s owner to current_user', ': owned by '),
      ('alter function %s owner to ' || $1, ': owned by ' || $1)) as words (change, gap)
    where prosecdef and proowner >= 16384`,

  'a restriction of a role': `
    select format('alter role %I %s', rolname, word) as change, format('%s: %s', rolname, upper(word)) as gap
    from pg_roles, unnest(array['superuser', 'bypassrls', 'createrole', 'createdb', 'replication']) as word where pg_roles.oid >= 16384
    union all select format('grant %I to %I', one.rolname, other.rolname), format('%s: member of %s', other.rolname, one.rolname)
    from pg_roles one, pg_roles other where one.oid >= 16384 and other.oid >= 16384 and one.oid <> other.oid
    union all select format('grant %I to %I', one.rolname, $1::text), format('%s: member of %s', $1, one.rolname)
    from pg_roles one where one.rolname in ('pg_read_all_data', 'pg_write_all_data')
    union all select format('alter role %I set app.org_id = %L', $1::text, 'acme'), $1 || ': app.org_id=acme'
    union all select format('alter database %I set app.org_id = %L', current_database(), 'acme'), 'everyone: app.org_id=acme'`,
};

/** New objects that lack something. */
const ADDED: readonly Mutation[] = [
  { change: 'create table notes (body text)', gap: 'notes: row security is not enabled' },
  { change: 'create table notes (body text)', gap: 'notes: row security is not forced' },
  {
    change: `create table notes (body text); grant select on notes to ${app}`,
    gap: `notes: no policy for SELECT by ${app}`,
  },
  {
    change: `create table notes (body text); grant insert (body) on notes to ${app}`,
    gap: `notes: no policy for INSERT by ${app}`,
  },
  {
    change: `create schema other; create table other.notes (org_id text not null); create policy tenant on other.notes using (${TENANT})`,
    gap: 'other.notes: WITH CHECK of policy tenant is missing',
  },
  {
    change: `create policy second on invoices using (${TENANT} or number = '1') with check (${TENANT})`,
    gap: 'invoices: USING of policy second is ',
  },
  {
    change: `create policy second on invoices for select to ${app} using (number = current_setting('app.number', true))`,
    gap: 'invoices: USING of policy second is ',
  },
  {
    change: `create table notes (invoice_id uuid references invoices (id))`,
    gap: 'notes: foreign key notes_invoice_id_fkey does not contain org_id',
  },
  {
    change: `create unique index by_number on invoices (number) include (org_id)`,
    gap: 'invoices: unique index by_number does not contain org_id',
  },
  {
    change: `create unique index by_number on invoices (lower(number))`,
    gap: 'invoices: unique index by_number does not contain org_id',
  },
  {
    change: 'create view numbers as select number from invoices',
    gap: 'numbers: security_invoker is not set',
  },
  {
    change: `create materialized view numbers as select number from invoices; grant select on numbers to ${app}`,
    gap: `numbers: SELECT for ${app}`,
  },
  {
    change: `create sequence numbers; grant usage on sequence numbers to ${app}`,
    gap: `numbers: USAGE for ${app}`,
  },
  { change: `create schema theirs authorization ${app}`, gap: `${app}: owns schema theirs` },
  { change: `alter table invoices owner to ${app}`, gap: `${app}: owns table invoices` },
  {
    change: `create function all_of_them() returns bigint language sql security definer as 'select count(*) from invoices'`,
    gap: 'all_of_them(): not a known SECURITY DEFINER function',
  },
];

function noticed(gaps: readonly string[], { change, gap }: Mutation): void {
  const isNoticed = gaps.some((found) => found.startsWith(gap));
  assert.ok(isNoticed, `Nobody noticed: ${change}\nExpected: ${gap}\nFound: ${gaps.join('\n')}`);
}

describe('In a copy of the database', () => {
  test('nothing is missing', async () => {
    assert.deepEqual(await findGaps(copy, ROLES), []);
  });

  for (const [subject, query] of Object.entries(DERIVED)) {
    test(`the check notices each removal of ${subject}`, async () => {
      const { rows: mutations } = await copy.query<Mutation>(`${PARAMETERS} ${query}`, [
        app,
        owner,
      ]);
      assert.ok(mutations.length > 0);
      for (const mutation of mutations) {
        await copy.query('savepoint unchanged');
        await copy.query(mutation.change);
        noticed(await findGaps(copy, ROLES), mutation);
        await copy.query('rollback to savepoint unchanged');
      }
    });
  }

  for (const mutation of ADDED) {
    test(`the check notices: ${mutation.change}`, async () => {
      await copy.query(mutation.change);
      noticed(await findGaps(copy, ROLES), mutation);
    });
  }
});

/** Changes, and the promise that each of them breaks: its beginning. */
const LEAKS: Readonly<Record<string, string>> = {
  'drop policy tenant on invoices': 'a tenant sees its own rows',
  'drop policy tenant on invoice_lines': 'a tenant sees its own rows',
  'drop policy lookup on invoices': 'the one function that looks in all tenants',
  'alter policy tenant on invoices using (true)': 'outside of a tenant there are no rows',
  'alter policy tenant on invoice_lines using (true)': 'a tenant changes no row of another',
  'alter policy tenant on invoices with check (true)': 'a tenant writes no row for another',
  'alter policy tenant on invoice_lines with check (true)': 'a tenant writes no row for another',
  'alter table invoices disable row level security': 'outside of a tenant there are no rows',
  'alter table invoice_lines disable row level security': 'outside of a tenant there are no rows',
  'alter table invoices no force row level security': 'outside of a tenant there are no rows',
  'alter table invoice_lines no force row level security': 'outside of a tenant there are no rows',
  'alter view invoice_totals reset (security_invoker); alter view invoice_totals owner to current_user':
    'outside of a tenant there are no rows',
  'alter table invoice_lines drop constraint invoice_lines_org_id_invoice_id_fkey, add foreign key (invoice_id) references invoices':
    'a line cannot be put on the invoice of another tenant',
  'alter table invoices drop constraint invoices_org_id_number_key, add unique (number)':
    'two tenants have invoices of one number',
  [`alter policy tenant on invoices using (org_id = current_setting('app.org_id', true))`]:
    'an empty setting is no tenant',
  'alter table invoices alter org_id drop default': 'a tenant sees its own rows',
  [`alter role ${app} bypassrls`]: 'outside of a tenant there are no rows',
  [`grant truncate on invoice_lines to ${app}`]: 'the application can truncate',
  [`grant ${owner} to ${app}`]: 'the application can truncate',
  'grant create on schema public to public': 'the application can truncate',
  [`grant temporary on database ${name} to public`]: 'the application can truncate',
  'grant select on invoices to tenancy_accounts': 'the role that keeps the accounts',
};

async function brokenPromises(): Promise<string[]> {
  const broken: string[] = [];
  for (const [promise, check] of Object.entries(BEHAVIOUR)) {
    await copy.query('savepoint unchanged');
    await check(copy).catch(() => broken.push(promise));
    await copy.query('rollback to savepoint unchanged');
  }
  return broken;
}

describe('The behaviour of the database', () => {
  test('is as the page says, in the copy', async () => {
    assert.deepEqual(await brokenPromises(), []);
  });

  for (const [change, promise] of Object.entries(LEAKS)) {
    test(`is not as the page says after: ${change}`, async () => {
      await copy.query(change);
      const broken = await brokenPromises();
      assert.ok(
        broken.some((one) => one.startsWith(promise)),
        `Broken: ${broken.join('; ')}`,
      );
    });
  }
});
