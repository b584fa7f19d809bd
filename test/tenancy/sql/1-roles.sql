-- Run once, as a superuser. No role is a superuser or has BYPASSRLS.
create role tenancy_owner login; -- owns the tables; only migrations use it
create role tenancy_app login; -- the application; owns nothing
create role tenancy_lookup; -- owns the one function that reads rows of all organizations
create role tenancy_accounts login; -- keeps accounts in step with PropelAuth; cannot read invoices

-- Only the owner creates tables. That includes temporary tables, which come first in the search_path of their session.
revoke create on schema public from public;
grant create on schema public to tenancy_owner;
do $$ begin
  execute format('revoke temporary on database %I from public', current_database());
end $$;
