import type { ExecutionContext } from '@nestjs/common';
import { isObject } from '../../values/is-object.js';
import { rpcExceptionFor } from './rpc-exception.js';
import type { Transport } from '../transport.interface.js';
import { Rejection } from '../../rejections/rejection.js';

/** Message handlers of microservices. There is no place for a token that all of their transports have: `tokenSource` says where. */
export const rpcTransport: Transport = {
  readToken() {
    throw new Rejection('token_missing');
  },
  describeRejection: (reason) =>
    reason === 'token_missing'
      ? 'The option tokenSource is not set, so messages have no access token'
      : undefined,
  needsTokenSource: true,
  tokenScopeOf: firstObjectOf,
  decisionKeysOf: (context) => context.getArgs<unknown[]>().filter(isObject),
  operationScopeOf: firstObjectOf,
  addressOf: () => undefined,
  requestOf: () => undefined,
  translate: (exception, context, { packages }) => rpcExceptionFor(exception, context, packages),
  annotationTargetOf: (context) => {
    const messageContext = context.getArgByIndex<unknown>(1);
    return isObject(messageContext) ? messageContext : undefined;
  },
};

function firstObjectOf(context: ExecutionContext): object | undefined {
  return context.getArgs<unknown[]>().find(isObject);
}
