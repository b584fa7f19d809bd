-- Run as tenancy_owner. A row belongs to the organization in its org_id. Outside of a transaction with app.org_id, there are no rows.
create table invoices (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  number text not null,
  unique (org_id, number), -- not (number): that would tell one tenant which numbers others have
  unique (org_id, id)
);

create table invoice_lines (
  id uuid primary key default gen_random_uuid(),
  org_id text not null default nullif(current_setting('app.org_id', true), ''),
  invoice_id uuid not null,
  cents integer not null,
  -- PostgreSQL checks foreign keys without policies. With the organization in the key, no line can be put on another tenant's invoice.
  foreign key (org_id, invoice_id) references invoices (org_id, id) on delete cascade
);

alter table invoices enable row level security, force row level security;
alter table invoice_lines enable row level security, force row level security;

create policy tenant on invoices
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), ''));
create policy tenant on invoice_lines
  using (org_id = nullif(current_setting('app.org_id', true), ''))
  with check (org_id = nullif(current_setting('app.org_id', true), ''));

-- Without security_invoker, a view reads with the rights of its owner.
create view invoice_totals with (security_invoker = true) as
  select i.org_id, i.id, i.number, coalesce(sum(l.cents), 0)::integer as cents
  from invoices i left join invoice_lines l on l.org_id = i.org_id and l.invoice_id = i.id
  group by i.org_id, i.id, i.number;

grant select, insert, update, delete on invoices, invoice_lines to tenancy_app;
grant select on invoice_totals to tenancy_app;
