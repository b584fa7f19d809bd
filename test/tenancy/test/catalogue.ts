import type { ClientBase } from 'pg';

/** Roles of the database. */
export interface Roles {
  /** The application's. */
  readonly app: string;
  /** The role that owns the tables. */
  readonly owner: string;
  /** The names of the SECURITY DEFINER functions that there may be. */
  readonly definerFunctions: readonly string[];
}

/** Name yours here if you copy this file. */
export const ROLES: Roles = {
  app: 'tenancy_app',
  owner: 'tenancy_owner',
  definerFunctions: ['find_invoice'],
};

/** What all checks look at, without the objects of PostgreSQL itself. $1 is the application's role, $2 the owner of the tables. */
const DATABASE = `
  with app as (select oid from pg_roles where rolname = $1),
  own_roles as (select * from pg_roles where oid >= 16384),
  relations as (
    select c.*, c.oid::regclass as title from pg_class c where c.oid >= 16384
      and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
  ),
  tables as (select * from relations where relkind in ('r', 'p')),
  tenant_columns as (
    select t.oid as relation, t.title, a.attnum, a.attnotnull, pg_get_expr(d.adbin, d.adrelid) as default_value
    from tables t
    join pg_attribute a on a.attrelid = t.oid and a.attname = 'org_id' and not a.attisdropped
    left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  ),
  commands (command, letter) as (values ('SELECT', 'r'), ('INSERT', 'a'), ('UPDATE', 'w'), ('DELETE', 'd')),
  permitted as (
    select t.oid as relation, t.title, r.oid as role, r.rolname, c.command, c.letter
    from tables t, own_roles r, commands c
    where t.relowner <> r.oid and case c.command
      when 'DELETE' then has_table_privilege(r.oid, t.oid, 'DELETE')
      else has_any_column_privilege(r.oid, t.oid, c.command) end
  ),
  policies as (select *, polrelid as relation from pg_policy),
  grants as (
    select r.title, r.relkind, a.grantee, a.privilege_type, a.is_grantable from relations r,
      aclexplode(coalesce(r.relacl, acldefault(case r.relkind when 'S' then 's' else 'r' end::"char", r.relowner))) a
      where a.grantee <> r.relowner
    union all
    select r.title, r.relkind, x.grantee, x.privilege_type, x.is_grantable from relations r
      join pg_attribute a on a.attrelid = r.oid, aclexplode(a.attacl) x
      where x.grantee <> r.relowner
  ),
  definers as (
    select p.*, p.oid::regprocedure as title from pg_proc p where p.prosecdef and p.oid >= 16384
  )`;

/** The conditions of policies, as PostgreSQL prints them: the tenant in a column, or another row of the tenant that refers to this one. */
const TENANT = String.raw`(\()?NULLIF\(current_setting\('app\.\w+'::text, true\), ''::text\)(\)::\w+)?`;
const OWN_ROWS = String.raw`^\(org_id = ${TENANT}\)$`;
const OTHER_ROWS = String.raw`^\(\w+ = ${TENANT}\)$|^\(EXISTS \( SELECT\s+FROM (\w+\s+)+WHERE \(\(\w+\.\w+ = \w+\.\w+\) AND \(\w+\.org_id = ${TENANT}\)\)\)\)$`;
const OF_TENANT = `case when exists (select from tenant_columns c where c.relation = p.relation)
  then ${quoted(OWN_ROWS)} else ${quoted(OTHER_ROWS)} end`;

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What has to be true of the database, and the query that describes each exception. */
const CHECKS: Readonly<Record<string, string>> = {
  'every table has row security, for its owner as well': `
    select format('%s: row security is not enabled', title) from tables where not relrowsecurity
    union all select format('%s: row security is not forced', title) from tables where not relforcerowsecurity`,

  'a policy covers whatever the application may do with a table': `
    select format('%s: no policy for %s by %s', m.title, m.command, m.rolname) from permitted m
    where m.role = (select oid from app) and not exists (
      select from policies p where p.relation = m.relation and p.polpermissive and p.polcmd in (m.letter, '*')
        and p.polroles && array[0, m.role]::oid[])`,

  'each policy for the application compares a column with the tenant, in USING and WITH CHECK': `
    select format('%s: USING of policy %s is %s', relation::regclass, polname, coalesce(pg_get_expr(polqual, relation), 'missing'))
    from policies p where polpermissive and polroles && array[0, (select oid from app)]::oid[] and polcmd <> 'a'
      and pg_get_expr(polqual, relation) !~ ${OF_TENANT} is not false
    union all
    select format('%s: WITH CHECK of policy %s is %s', relation::regclass, polname, coalesce(pg_get_expr(polwithcheck, relation), 'missing'))
    from policies p where polpermissive and polroles && array[0, (select oid from app)]::oid[] and polcmd in ('a', 'w', '*')
      and pg_get_expr(polwithcheck, relation) !~ ${OF_TENANT} is not false`,

  'any other role reads and writes a table only by a policy that names the role': `
    select format('%s: no policy names %s, which may %s', m.title, m.rolname, m.command) from permitted m
    where m.rolname not in ($1, $2) and not exists (
      select from policies p where p.relation = m.relation and p.polcmd in (m.letter, '*') and m.role = any (p.polroles))`,

  'a row has a tenant: by default, for the application, that of its transaction': `
    select format('%s: org_id may be null', title) from tenant_columns where not attnotnull
    union all select format('%s: the default of org_id is %s', title, coalesce(default_value, 'missing')) from tenant_columns c
    where default_value is distinct from 'NULLIF(current_setting(''app.org_id''::text, true), ''''::text)' and exists (
      select from permitted m where m.relation = c.relation and m.command = 'INSERT' and m.role = (select oid from app))`,

  'foreign keys between tables of tenants contain the tenant': `
    select format('%s: foreign key %s does not contain org_id', k.conrelid::regclass, k.conname)
    from pg_constraint k join tenant_columns there on there.relation = k.confrelid
    left join tenant_columns here on here.relation = k.conrelid
    where k.contype = 'f' and not exists (
      select from unnest(k.conkey, k.confkey) as pair (here_column, there_column)
      where here_column = here.attnum and there_column = there.attnum)`,

  'unique keys contain the tenant, or are random ids': `
    select format('%s: unique index %s does not contain org_id', c.title, i.indexrelid::regclass)
    from pg_index i join tenant_columns c on c.relation = i.indrelid
    where (i.indisunique or i.indisexclusion) and not c.attnum = any (i.indkey[0:i.indnkeyatts - 1])
      and not (i.indisprimary and i.indnatts = 1 and exists (
        select from pg_attrdef d where d.adrelid = i.indrelid and d.adnum = i.indkey[0]
          and pg_get_expr(d.adbin, d.adrelid) = 'gen_random_uuid()'))`,

  'views read with the rights of the role that queries them': `
    select format('%s: security_invoker is not set', title) from relations r where relkind = 'v' and not exists (
      select from pg_options_to_table(r.reloptions) where option_name = 'security_invoker' and option_value::boolean)`,

  'only the owner may do what policies do not apply to': `
    select format('%s: %s for %s', title, privilege_type, grantee::regrole) from grants where grantee <> 0
      and (relkind not in ('r', 'p', 'v') or privilege_type not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE'))
      and (relkind <> 'S' or grantee = (select oid from app))
    union all select format('%s: %s for everyone', title, privilege_type) from grants where grantee = 0
    union all select format('%s: %s may grant %s', title, grantee::regrole, privilege_type) from grants where is_grantable`,

  'no role can bypass the policies': `
    select format('%s: %s', rolname, word) from own_roles, lateral (values ('SUPERUSER', rolsuper), ('BYPASSRLS', rolbypassrls),
      ('CREATEROLE', rolcreaterole), ('CREATEDB', rolcreatedb), ('REPLICATION', rolreplication)) as has (word, it) where it`,

  'no role is a member of another': `
    select format('%s: member of %s', member::regrole, roleid::regrole) from pg_auth_members
    where member >= 16384 or roleid >= 16384`,

  'the application owns nothing, and other roles than the owner only functions': `
    select format('%s: owns %s', refobjid::regrole, pg_describe_object(classid, objid, objsubid)) from pg_shdepend
    where deptype = 'o' and dbid in (0, (select oid from pg_database where datname = current_database()))
      and refobjid in (select oid from own_roles where rolname <> $2)
      and (refobjid = (select oid from app) or classid <> 'pg_proc'::regclass)`,

  'only the owner may create anything': `
    select format('%s: may create in schema %s', rolname, nspname) from own_roles r, pg_namespace n
    where rolname <> $2 and nspname !~ '^pg_(temp|toast)' and has_schema_privilege(r.oid, n.oid, 'CREATE')
    union all select format('%s: may create %s', rolname, word)
    from own_roles r, lateral (values ('schemas', 'CREATE'), ('temporary tables', 'TEMPORARY')) as may (word, privilege)
    where has_database_privilege(r.oid, current_database(), privilege)`,

  'SECURITY DEFINER functions are known, have a fixed search_path and an owner without other rights': `
    select format('%s: not a known SECURITY DEFINER function', title) from definers where not proname = any ($3)
    union all select format('%s: owned by %s', title, rolname) from definers join pg_roles r on r.oid = proowner
    where r.rolcanlogin or r.rolsuper or r.rolbypassrls or r.rolname = $2
    union all select format('%s: no fixed search_path that ends in pg_temp', title) from definers
    where not exists (select from unnest(proconfig) as setting where setting ~ '^search_path=(.*, ?)?pg_temp$')
    union all select format('%s: everyone may execute it', title) from definers
    where exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0)`,

  'no connection starts with a tenant or another role': `
    select format('%s: %s', coalesce(nullif(setrole, 0)::regrole::text, 'everyone'), setting)
    from pg_db_role_setting, unnest(setconfig) as setting where setting ~* '^(app\\.|role=|session_authorization=)'`,
};

export const PROMISES = Object.keys(CHECKS);

/** Describes each exception to the promises: the object first. It reads only the catalogue, so any role may call it. */
export async function findGaps(
  database: ClientBase,
  roles: Roles,
  promises: readonly string[] = PROMISES,
): Promise<string[]> {
  const gaps: string[] = [];
  for (const promise of promises) {
    const { rows } = await database.query<[string]>({
      // $1 to $3 are named here, since a check need not name them all.
      text: `${DATABASE}, named as (select $1::text, $2::text, $3::text[]) select * from (${CHECKS[promise]}) as gaps order by 1`,
      values: [roles.app, roles.owner, roles.definerFunctions],
      rowMode: 'array',
    });
    gaps.push(...rows.map(([gap]) => gap));
  }
  return gaps;
}
