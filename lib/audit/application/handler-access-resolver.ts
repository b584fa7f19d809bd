import { Injectable, type Type } from '@nestjs/common';
import { GlobalGuardCheck } from '../../guard/propel-auth.guard.js';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from '../../rules/handler-access.js';
import { Policies } from '../../rules/policies.js';

/** Describes who may call a handler, from the rules that the guard itself uses. */
@Injectable()
export class HandlerAccessResolver {
  constructor(
    private readonly policies: Policies,
    private readonly globalGuardCheck: GlobalGuardCheck,
  ) {}

  /** @param handler the function that Nest calls */
  of(controller: Type, handler: Function): HandlerAccess {
    const policy = this.policies.ofHandler(controller, handler);
    return policy.isExplicit || this.globalGuardCheck.isRegistered()
      ? handlerAccessOf(policy)
      : OPEN_ACCESS;
  }
}
