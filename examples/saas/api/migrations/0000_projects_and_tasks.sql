-- The application connects as saas_app. It owns no table, so the policies apply to it.
create role saas_app login; --> statement-breakpoint
create table projects (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  name text not null,
  lead_id text,
  archived_at timestamptz,
  unique (org_id, id)
); --> statement-breakpoint
create table tasks (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  project_id uuid not null,
  title text not null,
  assignee_id text,
  done boolean not null default false,
  -- With the organization in the key, no task belongs to another organization's project.
  foreign key (org_id, project_id) references projects (org_id, id) on delete cascade
); --> statement-breakpoint
create index on projects (lead_id); --> statement-breakpoint
create index on tasks (org_id, project_id); --> statement-breakpoint
create index on tasks (assignee_id); --> statement-breakpoint
alter table projects enable row level security, force row level security; --> statement-breakpoint
alter table tasks enable row level security, force row level security; --> statement-breakpoint
create policy tenant on projects to saas_app
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), ''));
--> statement-breakpoint
create policy tenant on tasks to saas_app
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), '')); --> statement-breakpoint
grant select, insert, update, delete on projects, tasks to saas_app; --> statement-breakpoint

-- A deleted user has rows in several organizations, which a transaction of saas_app never sees together. This function does one thing in all
-- of them. It runs as a role that nobody can log in as, and that may do nothing else.
create role saas_unassign; --> statement-breakpoint
grant select (lead_id), update (lead_id) on projects to saas_unassign; --> statement-breakpoint
grant select (assignee_id), update (assignee_id) on tasks to saas_unassign; --> statement-breakpoint
create policy unassign on projects to saas_unassign using (true) with check (lead_id is null); --> statement-breakpoint
create policy unassign on tasks to saas_unassign using (true) with check (assignee_id is null); --> statement-breakpoint
create function unassign_everywhere(user_id text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as 'update public.projects set lead_id = null where lead_id = user_id;
      update public.tasks set assignee_id = null where assignee_id = user_id'; --> statement-breakpoint
alter function unassign_everywhere owner to saas_unassign; --> statement-breakpoint
revoke all on function unassign_everywhere from public; --> statement-breakpoint
grant execute on function unassign_everywhere to saas_app;
