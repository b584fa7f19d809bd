import type { ExecutionContext } from '@nestjs/common';
import type { TcpContext } from '@nestjs/microservices';

/** Options for PropelAuthModule and for the local module. Messages have their access token in the metadata of the packet. */
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
