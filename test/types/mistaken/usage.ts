import { RequireOrgRole, RequirePermission, type OrgRole } from 'nestjs-propelauth';
import { expectType, type Equal } from '../equality.js';

declare module 'nestjs-propelauth' {
  interface PropelAuthTypes {
    role: 'Owner' | 'Member';
    // For permission.
    permissions: 'can_view_billing';
    orgMetadata: string;
    userProperties?: { department: string };
    account: string;
  }
}

// @ts-expect-error -- the declaration has a mistake
RequireOrgRole('Owner');
// @ts-expect-error -- the declaration has a mistake
RequirePermission('can_view_billing');

type Complaint<Member extends string> =
  `PropelAuthTypes has a mistake in its member ${Member}: ${string}`;
expectType<
  Equal<
    OrgRole extends Complaint<infer Member> ? Member : never,
    'permissions' | 'orgMetadata' | 'userProperties' | 'account'
  >
>();
