-- The application connects as saas_app. It owns no table, so the policies apply to it.
create role saas_app login;
--> statement-breakpoint
create table projects (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  name text not null,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  unique (org_id, id)
);
--> statement-breakpoint
create table tasks (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  project_id uuid not null,
  title text not null,
  assignee_id text,
  done boolean not null default false,
  created_at timestamptz not null default now(),
  -- With the organization in the key, no task belongs to another organization's project.
  foreign key (org_id, project_id) references projects (org_id, id) on delete cascade
);
--> statement-breakpoint
create index on tasks (org_id, project_id);
--> statement-breakpoint
create index on tasks (assignee_id);
--> statement-breakpoint
alter table projects enable row level security, force row level security;
--> statement-breakpoint
alter table tasks enable row level security, force row level security;
--> statement-breakpoint
create policy tenant on projects to saas_app
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), ''));
--> statement-breakpoint
create policy tenant on tasks to saas_app
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), ''));
--> statement-breakpoint
grant select, insert, update, delete on projects, tasks to saas_app;
