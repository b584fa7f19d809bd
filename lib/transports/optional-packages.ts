import type { FactoryProvider } from '@nestjs/common';

type ExceptionType = new (error: string | object) => Error;

// The types are written out, because declarations that name a package cannot be compiled where it is not installed.
interface WebsocketsPackage {
  readonly WsException: ExceptionType;
  readonly BaseWsExceptionFilter: { readonly prototype: object };
}
interface MicroservicesPackage {
  readonly RpcException: ExceptionType;
}

/** The exports that are needed from packages that only some applications have. */
export class OptionalPackages {
  /** Of `@nestjs/websockets`. */
  readonly WsException: ExceptionType | undefined;
  /** Of `@nestjs/microservices`. */
  readonly RpcException: ExceptionType | undefined;
  /** From Nest 12 on, global guards reach gateways, and Nest's own filter answers clients of `ws`. */
  readonly hasNest12Gateways: boolean;

  constructor(
    websockets: WebsocketsPackage | undefined,
    microservices: MicroservicesPackage | undefined,
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
async function loadWebsockets(): Promise<WebsocketsPackage | undefined> {
  try {
    return await import('@nestjs/websockets');
  } catch {
    return undefined;
  }
}

async function loadMicroservices(): Promise<MicroservicesPackage | undefined> {
  try {
    return await import('@nestjs/microservices');
  } catch {
    return undefined;
  }
}
