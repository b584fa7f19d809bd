import { Injectable } from '@nestjs/common';
import { type AccessCall, type AccessRule, accessRule } from 'nestjs-propelauth';
import { Accounts, type Permission } from './accounts.js';

/** Looks at the row of the caller, which PropelAuth knows nothing of. */
@Injectable()
export class PermissionRule implements AccessRule<[Permission], 'caller', 'permission_missing'> {
  readonly name = 'permission';
  readonly requires = ['caller'] as const;
  readonly denials = { permission_missing: 403 } as const;

  constructor(private readonly accounts: Accounts) {}

  describe(permission: Permission) {
    return `permission ${permission}`;
  }

  async authorize({ caller }: AccessCall<'caller'>, permission: Permission) {
    return (await this.accounts.load(caller))?.permissions.includes(permission) === true;
  }
}

export const RequireAccountPermission = accessRule(PermissionRule);
