import { Injectable } from '@nestjs/common';
import { type AccessCall, type AccessRule, accessRule } from 'nestjs-propelauth';

/** Tenants who have not paid are closed for everybody. */
@Injectable()
export class ActiveTenantRule implements AccessRule<[], 'org', 'tenant_suspended'> {
  readonly name = 'active-tenant';
  readonly requires = ['org'] as const;
  readonly denials = { tenant_suspended: 402 } as const;
  readonly suspended = new Set<string>();

  describe() {
    return 'active tenant';
  }

  authorize({ org }: AccessCall<'org'>) {
    return !this.suspended.has(org.orgId);
  }
}

export const RequireActiveTenant = accessRule(ActiveTenantRule);
