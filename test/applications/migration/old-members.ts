import { Injectable } from '@nestjs/common';
import { ACME_ID } from '../../support/project.js';

/** The memberships in the database of the application. */
@Injectable()
export class OldMembers {
  membershipsOf(userId: string) {
    return userId === 'auth0|alice'
      ? [{ orgId: ACME_ID, role: 'Admin', inheritedRoles: ['Member'], permissions: [] }]
      : [];
  }
}
