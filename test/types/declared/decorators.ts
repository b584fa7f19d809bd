import { Controller, Get } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  OrgMemberInfo,
  RequireOrgRole,
  RequirePermission,
  User,
  type OrgRole,
} from 'nestjs-propelauth';

const WRITERS: OrgRole = 'Admin';

@Controller('orgs/:orgId')
@RequireOrgRole('Member')
@RequireOrgRole('Admin', { exact: true })
@RequirePermission('can_view_billing')
@RequirePermission(['can_view_billing', 'can_edit_billing'])
export class Declared {
  @Get()
  @RequireOrgRole(WRITERS)
  show(@CurrentOrg() org: OrgMemberInfo, @CurrentUser() user: User) {
    return [org.orgId, user.userId];
  }

  @Get('properties')
  properties(@CurrentOrg('orgMetadata') metadata: object, @CurrentUser('email') email: string) {
    return [metadata, email];
  }
}

@Controller('elsewhere')
export class Elsewhere {
  @Get()
  @OptionalUser()
  show(@CurrentUser() user: User | null) {
    return user?.userId;
  }
}

// @ts-expect-error -- no such role
RequireOrgRole('Admn');
// @ts-expect-error -- any string
RequireOrgRole(process.env['ROLE'] ?? '');
// @ts-expect-error -- no such permission
RequirePermission('can_veiw_billing');
// @ts-expect-error -- one of them
RequirePermission(['can_view_billing', 'typo']);
// @ts-expect-error -- no such property
CurrentUser('emial');
// @ts-expect-error -- no such property
CurrentOrg('orgNmae');
