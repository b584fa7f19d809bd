import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import { methodNameOf } from '../../values/method-name.js';
import type { Transport } from '../transport.interface.js';

/**
 * Calls that a library makes itself, such as those of a message broker or a webhook of others: only the application knows where their token
 * is.
 */
export const externalTransport: Transport = {
  readToken(context) {
    throw unknownTokenPlace(context);
  },
  needsTokenSource: true,
  requestOf: () => undefined,
  annotationTargetOf: () => undefined,
  tokenScopeOf: () => undefined,
  decisionKeysOf: (context) => context.getArgs<unknown[]>().filter(isObject),
  operationScopeOf: () => undefined,
  addressOf: () => undefined,
  translate: (exception) => exception,
};

function unknownTokenPlace(context: ExecutionContext): Error {
  const type = context.getType<string>();
  return new Error(
    `${context.getClass().name}.${methodNameOf(context.getHandler())}: PropelAuthGuard does not know where calls of type ` +
      `"${type}" carry the access token. Add @Public() or a tokenSource to the handler, or set ignoreContextTypes: ` +
      `['${type}'] to let all calls of this type pass the global guard.`,
  );
}
