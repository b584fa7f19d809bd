-- A deleted user has tasks in several organizations, which a transaction of saas_app never sees together. This function does one thing in all
-- of them. It runs as a role that nobody can log in as, and that may do nothing else.
create role saas_unassign;
--> statement-breakpoint
grant select (assignee_id), update (assignee_id) on tasks to saas_unassign;
--> statement-breakpoint
create policy unassign_read on tasks for select to saas_unassign using (true);
--> statement-breakpoint
create policy unassign on tasks for update to saas_unassign using (true) with check (assignee_id is null);
--> statement-breakpoint
create function unassign_everywhere(user_id text) returns void
  language sql security definer set search_path = pg_catalog, pg_temp
  as 'update public.tasks set assignee_id = null where assignee_id = user_id';
--> statement-breakpoint
alter function unassign_everywhere owner to saas_unassign;
--> statement-breakpoint
revoke all on function unassign_everywhere from public;
--> statement-breakpoint
grant execute on function unassign_everywhere to saas_app;
