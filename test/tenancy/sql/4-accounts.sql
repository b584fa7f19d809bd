-- Run as tenancy_owner, after 2-tables.sql. Our own organizations, users and memberships, kept in step with PropelAuth. `id` is ours, for our
-- foreign keys; org_id and user_id are PropelAuth's, as in app.org_id, tokens and events.
create table organizations (
  id uuid primary key default gen_random_uuid(),
  org_id text not null unique,
  name text,
  deleted_at timestamptz,
  read_number bigint not null default 0
);

create table users (
  id uuid primary key default gen_random_uuid(),
  user_id text not null unique,
  email text, -- not unique: PropelAuth lets a new user have the address of a deleted one
  name text,
  enabled boolean not null default true,
  -- When the user is deleted, the row stays with both ids, since other rows refer to it. Personal data is removed.
  deleted_at timestamptz,
  -- The number of the request to PropelAuth that the row comes from. A response to an earlier request changes nothing.
  read_number bigint not null default 0
);

create table memberships (
  org_id text not null references organizations (org_id),
  user_id text not null references users (user_id),
  roles text[] not null, -- for lists of members; what a caller may do is in their token
  primary key (org_id, user_id)
);
create index on memberships (user_id);

create sequence account_reads;

alter table organizations enable row level security, force row level security;
alter table users enable row level security, force row level security;
alter table memberships enable row level security, force row level security;

-- The application reads the rows of its organization, and writes none.
create policy tenant on organizations for select to tenancy_app
  using (org_id = nullif(current_setting('app.org_id', true), ''));
create policy tenant on memberships for select to tenancy_app
  using (org_id = nullif(current_setting('app.org_id', true), ''));
create policy tenant on users for select to tenancy_app
  using (exists (
    select from memberships m
    where m.user_id = users.user_id and m.org_id = nullif(current_setting('app.org_id', true), '')
  ));
grant select on organizations, users, memberships to tenancy_app;

-- Events, the backfill and the first sign-in write rows of all organizations. This role sees only these tables, and deletes only memberships.
create policy accounts on organizations to tenancy_accounts using (true) with check (true);
create policy accounts on users to tenancy_accounts using (true) with check (true);
create policy accounts on memberships to tenancy_accounts using (true) with check (true);
grant select, insert, update on organizations, users, memberships to tenancy_accounts;
grant delete on memberships to tenancy_accounts;
grant usage on sequence account_reads to tenancy_accounts;
