import type { ExecutionContext } from '@nestjs/common';
import type { TcpContext } from '@nestjs/microservices';

/** For PropelAuth and for the local module: where the access token of a message is. */
export const accessOptions = {
  requireUserByDefault: true,
  tokenSource: (context: ExecutionContext) => {
    const token: unknown = context
      .switchToRpc()
      .getContext<TcpContext>()
      .getMetadata()?.accessToken;
    return typeof token === 'string' ? token : undefined;
  },
};
