import type { ExecutionContext } from '@nestjs/common';
import { TokenRefusal } from '../../refusals/token-refusal.js';
import { isObject } from '../../values/is-object.js';
import type { Transport } from '../transport.interface.js';

/** Message handlers of microservices. There is no place for a token that all of their transports have: `tokenSource` says where. */
export const rpcTransport: Transport = {
  readToken() {
    throw new TokenRefusal('token_missing');
  },
  hasNoTokenPlace: true,
  sharedRequestOf: firstObjectOf,
  ownObjectOf(context) {
    const [data, messageContext] = context.getArgs<unknown[]>();
    return [messageContext, data].find(isObject);
  },
  callOf: firstObjectOf,
  addressOf: () => undefined,
  requestOf: () => undefined,
  annotatedBy: (context) => {
    const messageContext = context.getArgByIndex<unknown>(1);
    return isObject(messageContext) ? messageContext : undefined;
  },
};

function firstObjectOf(context: ExecutionContext): object | undefined {
  return context.getArgs<unknown[]>().find(isObject);
}
