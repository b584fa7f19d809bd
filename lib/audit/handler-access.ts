import { Injectable, type Type } from '@nestjs/common';
import { GlobalGuard } from '../guard/global-guard.js';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from '../rules/handler-access.js';
import { Policies } from '../rules/policies.js';

/** Tells who may call a handler, from the rules that the guard itself goes by. */
@Injectable()
export class HandlerAccessResolver {
  constructor(
    private readonly policies: Policies,
    private readonly globalGuard: GlobalGuard,
  ) {}

  /** @param handler the method, as that class has it */
  of(controller: Type, handler: Function): HandlerAccess {
    const policy = this.policies.ofHandler(controller, handler);
    return policy.isExplicit || this.globalGuard.isPresent()
      ? handlerAccessOf(policy)
      : OPEN_ACCESS;
  }
}
