import { HttpException, type ExecutionContext } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { ResolvedOptions } from '../options/resolved-options.js';
import { exceptionFor } from '../rejections/exception-for.js';
import { Rejection } from '../rejections/rejection.js';
import { acceptsOnly } from '../rules/callers.js';
import { isUnderRule } from '../rules/is-under-rule.js';
import { Policies } from '../rules/policies.js';
import { callOf } from '../transports/call-of.js';
import { CallTools } from '../transports/call-tools.js';
import { methodNameOf } from '../values/method-name.js';

/** @param context `undefined` inside `CallerContext.run()` */
export function exceptionForMissingUser(
  context: ExecutionContext | undefined,
  moduleRef: ModuleRef,
): unknown {
  const rejection = new Rejection('token_missing');
  if (context === undefined) {
    return exceptionFor(
      rejection,
      { debugMode: true },
      () =>
        'CallerContext.requireUser() was called inside CallerContext.run() without a user. Pass one: caller.run({ user }, …)',
    );
  }
  const called = `CallerContext.requireUser() was called for ${handlerOf(context)}, which`;
  if (!mayHaveUser(context, moduleRef)) {
    return new Error(
      `${called} never has a user. Add a rule that accepts users, such as @RequireUser() or @RequireUserOrApiKey().`,
    );
  }
  const exception = exceptionFor(
    rejection,
    moduleRef.get(ResolvedOptions, { strict: false }),
    () =>
      `${called} also accepts callers without a user. Send the access token of a user, or add @RequireUser() to the handler. For MCP ` +
      'clients, add a parameter with @CurrentUser(), so that PropelAuth is asked for the user',
  );
  if (!(exception instanceof HttpException)) return exception;
  return callOf(context).translate(exception, moduleRef.get(CallTools, { strict: false }));
}

/** The handler of a call, for messages. */
export function handlerOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${methodNameOf(context.getHandler())}`;
}

function mayHaveUser(context: ExecutionContext, moduleRef: ModuleRef): boolean {
  if (!isUnderRule(context.getClass(), context.getHandler())) return false;
  const { callers } = moduleRef.get(Policies, { strict: false }).of(context);
  return !acceptsOnly(callers, 'api-key');
}
