-- Run as a superuser. The role of the application owns no table, so that the policy applies to it.
create role example_app login;
create table invoices (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  number text not null
);
alter table invoices enable row level security, force row level security;
create policy tenant on invoices
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), ''));
grant select, insert on invoices to example_app;
