import type { ExecutionContext } from '@nestjs/common';
import { getCurrentUser, type OrgSource } from 'nestjs-propelauth';

export const onlyOrganization: OrgSource = (context: ExecutionContext) => {
  const { headers } = context
    .switchToHttp()
    .getRequest<{ headers: Record<string, string | undefined> }>();
  const orgId = headers['x-org-id'];
  if (orgId !== undefined) return { orgId };

  const [org, ...others] = getCurrentUser(context)?.getOrgs() ?? [];
  return org === undefined || others.length > 0 ? undefined : { orgId: org.orgId };
};
onlyOrganization.reads = { from: 'header', name: 'x-org-id', required: false }; // for Swagger
