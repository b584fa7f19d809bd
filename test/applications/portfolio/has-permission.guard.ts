import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getCurrentAccount } from 'nestjs-propelauth';
import type { Account, Permission } from './accounts.js';

export const HasPermission = Reflector.createDecorator<Permission>();

/** Looks at the row of the caller, which PropelAuth knows nothing of. It runs after the guard of nestjs-propelauth. */
@Injectable()
export class HasPermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.get(HasPermission, context.getHandler());
    const account = (await getCurrentAccount(context)) as Account | null;
    return account?.permissions.includes(permission) === true;
  }
}
