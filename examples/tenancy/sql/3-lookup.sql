-- As a superuser, since tenancy_owner must not be a member of tenancy_lookup: a policy for a role is one for its members, too.
-- For /invoices/:id: whose invoice is it? It answers about one id at a time, and the guard asks it before it checks the membership.
grant select on invoices to tenancy_lookup;
create policy lookup on invoices for select to tenancy_lookup using (true);
-- pg_temp last: where a search_path does not name it, temporary tables come first.
create function find_invoice(wanted uuid) returns setof invoices
  language sql stable security definer set search_path = pg_catalog, pg_temp
  as 'select * from public.invoices where id = wanted';
alter function find_invoice owner to tenancy_lookup;
revoke all on function find_invoice from public;
grant execute on function find_invoice to tenancy_app;
