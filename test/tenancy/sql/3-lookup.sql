-- Run as a superuser: tenancy_owner must not be a member of tenancy_lookup, since a policy for a role also applies to its members.
-- Finds one invoice by its id, for /invoices/:id. The guard calls it before it checks the membership.
grant select on invoices to tenancy_lookup;
create policy lookup on invoices for select to tenancy_lookup using (true);
-- pg_temp last: if a search_path does not name it, temporary tables come first.
create function find_invoice(wanted uuid) returns setof invoices
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as 'select * from public.invoices where id = wanted';
alter function find_invoice owner to tenancy_lookup;
revoke all on function find_invoice from public;
grant execute on function find_invoice to tenancy_app;
