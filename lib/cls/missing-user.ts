import { HttpException, type ExecutionContext } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { findCaller } from '../decision/decision.js';
import { ResolvedOptions } from '../options/resolved-options.js';
import { exceptionFor } from '../refusals/exception-for.js';
import { Refusal } from '../refusals/refusal.js';
import { isUnderRule } from '../rules/is-under-rule.js';
import { ExceptionTranslator } from '../transport/exception-translator.js';
import { methodNameOf } from '../values/method-name.js';
import type { StoredCaller } from './caller-storage.js';

/** The exception for a call that needs a user and has none. */
export function exceptionForMissingUser(
  { context, mcp }: StoredCaller,
  moduleRef: ModuleRef,
): unknown {
  const refusal = new Refusal('token_missing');
  if (context === undefined) {
    return exceptionFor(refusal, true, () => 'CurrentCaller.run() was given no user');
  }
  if (!mayHaveUser(context)) {
    return new Error(
      `CurrentCaller.requireUser() was called for ${handlerOf(context)}, which never has a user. Add @RequireUser() to it.`,
    );
  }
  const { debugMode } = moduleRef.get(ResolvedOptions, { strict: false });
  const exception = exceptionFor(
    refusal,
    debugMode,
    () =>
      `CurrentCaller.requireUser() was called for ${handlerOf(context)}, which lets callers in without a user. ` +
      (mcp === null
        ? 'Send the access token of a user, or add @RequireUser() to the handler'
        : 'Let the handler take a parameter with @CurrentUser(), so that PropelAuth is asked for the user'),
  );
  const translator = moduleRef.get(ExceptionTranslator, { strict: false });
  return exception instanceof HttpException ? translator.translate(exception, context) : exception;
}

/** The handler of a call, for messages. */
export function handlerOf(context: ExecutionContext): string {
  return `${context.getClass().name}.${methodNameOf(context.getHandler())}`;
}

/** Webhooks are under a rule, too, but their caller is PropelAuth. */
function mayHaveUser(context: ExecutionContext): boolean {
  const isWebhook = (findCaller(context)?.event ?? null) !== null;
  return !isWebhook && isUnderRule(context.getClass(), context.getHandler());
}
