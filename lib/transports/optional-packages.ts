import type { FactoryProvider } from '@nestjs/common';
import type * as Microservices from '@nestjs/microservices';
import type * as Websockets from '@nestjs/websockets';

/** The exports that are needed from packages that only some applications have. */
export class OptionalPackages {
  /** Of `@nestjs/websockets`. */
  readonly WsException: typeof Websockets.WsException | undefined;
  /** Of `@nestjs/microservices`. */
  readonly RpcException: typeof Microservices.RpcException | undefined;
  /** From Nest 12 on, global guards reach gateways, and Nest's own filter answers clients of `ws`. */
  readonly hasNest12Gateways: boolean;

  constructor(
    websockets: typeof Websockets | undefined,
    microservices: typeof Microservices | undefined,
  ) {
    this.WsException = websockets?.WsException;
    this.RpcException = microservices?.RpcException;
    this.hasNest12Gateways =
      websockets !== undefined && 'isNativeWebSocket' in websockets.BaseWsExceptionFilter.prototype;
  }
}

/** Loads the packages when the application starts: a guard must not wait for a file. */
export const optionalPackagesProvider: FactoryProvider<OptionalPackages> = {
  provide: OptionalPackages,
  useFactory: async () => new OptionalPackages(await loadWebsockets(), await loadMicroservices()),
};

// Each import is written out, so that bundlers see it. A package that cannot be loaded is not installed, and then no call needs it.
async function loadWebsockets(): Promise<typeof Websockets | undefined> {
  try {
    return await import('@nestjs/websockets');
  } catch {
    return undefined;
  }
}

async function loadMicroservices(): Promise<typeof Microservices | undefined> {
  try {
    return await import('@nestjs/microservices');
  } catch {
    return undefined;
  }
}
