-- Once, as a superuser. None of these roles is one, and none has BYPASSRLS.
create role tenancy_owner login; -- owns the tables; only migrations use it
create role tenancy_app login; -- the application; owns nothing
create role tenancy_lookup; -- owns the one function that looks for a row in all tenants
create role tenancy_accounts login; -- keeps accounts in step with PropelAuth; sees no invoices

-- Nobody else makes tables here, temporary ones included: a session's temporary tables come first in its search_path.
revoke create on schema public from public;
grant create on schema public to tenancy_owner;
do $$ begin
  execute format('revoke temporary on database %I from public', current_database());
end $$;
