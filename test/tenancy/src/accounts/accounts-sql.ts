/*
 * $1 is the number of a request to PropelAuth, $2 its response as JSON. The CLAIM statements give that number to the rows whose last request
 * is earlier. The others change only rows with that number, and only columns that differ, so that the count of rows is a count of changes.
 */
const USERS =
  'jsonb_to_recordset($2) as given (user_id text, email text, name text, enabled boolean, orgs jsonb)';
const MEMBERSHIPS = `(
    select user_id, org_id, org.name, roles
    from ${USERS}, jsonb_to_recordset(orgs) as org (org_id text, name text, roles text[])
  ) as given`;
const ORGS = 'jsonb_to_recordset($2) as given (org_id text, name text)';

const CLAIM_USERS = `
  insert into users (user_id, read_number) select user_id, $1::bigint from ${USERS}
  on conflict (user_id) do update set read_number = $1 where users.read_number < $1`;
const CLAIM_ORGS = `
  insert into organizations (org_id, read_number) select org_id, $1::bigint from ${ORGS}
  on conflict (org_id) do update set read_number = $1 where organizations.read_number < $1`;

const UPDATE_USERS = `
  update users set email = given.email, name = given.name, enabled = given.enabled, deleted_at = null
  from ${USERS} where users.user_id = given.user_id and read_number = $1 and
    (users.email, users.name, users.enabled, deleted_at) is distinct from (given.email, given.name, given.enabled, null)`;
const DELETE_USERS = `
  update users set email = null, name = null, enabled = false, deleted_at = now()
  from ${USERS} where users.user_id = given.user_id and read_number = $1 and deleted_at is null`;
const UPDATE_ORGS = `
  update organizations set name = given.name, deleted_at = null
  from ${ORGS} where organizations.org_id = given.org_id and read_number = $1 and
    (organizations.name, deleted_at) is distinct from (given.name, null)`;
const DELETE_ORGS = `
  update organizations set deleted_at = now()
  from ${ORGS} where organizations.org_id = given.org_id and read_number = $1 and deleted_at is null`;

// Organizations whose own event has not arrived yet, with the lowest number.
const ADD_ORGS = `
  insert into organizations (org_id, name)
  select distinct on (org_id) org_id, given.name from ${MEMBERSHIPS} join users using (user_id) where read_number = $1
  on conflict do nothing`;
const JOIN_ORGS = `
  insert into memberships (org_id, user_id, roles)
  select org_id, user_id, roles from ${MEMBERSHIPS} join users using (user_id) join organizations using (org_id)
  where users.read_number = $1 and organizations.deleted_at is null
  on conflict (org_id, user_id) do update set roles = excluded.roles where memberships.roles <> excluded.roles`;
const LEAVE_ORGS = `
  delete from memberships using users
  where users.user_id = memberships.user_id and read_number = $1 and not exists (
    select from ${MEMBERSHIPS} where (given.org_id, given.user_id) = (memberships.org_id, memberships.user_id))`;
const CLOSE_ORGS = `
  delete from memberships using ${ORGS}, organizations
  where given.org_id = memberships.org_id and organizations.org_id = memberships.org_id and read_number = $1`;

export const SAVE_USERS = [CLAIM_USERS, UPDATE_USERS, ADD_ORGS, JOIN_ORGS, LEAVE_ORGS];
export const REMOVE_USERS = [CLAIM_USERS, DELETE_USERS, LEAVE_ORGS];
export const SAVE_ORGS = [CLAIM_ORGS, UPDATE_ORGS];
export const REMOVE_ORGS = [CLAIM_ORGS, DELETE_ORGS, CLOSE_ORGS];

/**
 * A token only adds missing rows, with the number 0: any response is newer. A token can be older than the removal of its user from an
 * organization, so a membership is added only together with its user, for whom no event has been handled then.
 */
export const ADD_FROM_TOKEN = [
  `insert into organizations (org_id, name, read_number) select org_id, given.name, $1::bigint from ${MEMBERSHIPS} on conflict do nothing`,
  `with added as (
    insert into users (user_id, email, name, read_number)
    select user_id, email, name, $1::bigint from ${USERS} where user_id is not null
    on conflict do nothing returning user_id
  )
  insert into memberships (org_id, user_id, roles)
  select org_id, user_id, roles from ${MEMBERSHIPS} join added using (user_id) join organizations using (org_id)
  where deleted_at is null`,
];

export const FIND_OLDER = `
  select
    array(select org_id from organizations where deleted_at is null and read_number < $1 order by org_id) as "orgIds",
    array(select user_id from users where deleted_at is null and read_number < $1 order by user_id) as "userIds",
    ((select count(*) from organizations where deleted_at is null) +
      (select count(*) from users where deleted_at is null))::integer as all`;
