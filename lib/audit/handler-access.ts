import { Injectable, type Type } from '@nestjs/common';
import { GlobalGuard } from '../guard/global-guard.js';
import { handlerAccessOf, OPEN_ACCESS, type HandlerAccess } from '../rules/handler-access.js';
import { AccessRules } from '../rules/policies.js';

/** Tells who may call a handler, from the rules that the guard itself goes by. */
@Injectable()
export class HandlerAccessResolver {
  constructor(
    private readonly rules: AccessRules,
    private readonly globalGuard: GlobalGuard,
  ) {}

  /** @param handler the method, as that class has it */
  of(controller: Type, handler: Function): HandlerAccess {
    const rules = this.rules.ofHandler(controller, handler);
    return rules.isRuled || this.globalGuard.isPresent() ? handlerAccessOf(rules) : OPEN_ACCESS;
  }
}
