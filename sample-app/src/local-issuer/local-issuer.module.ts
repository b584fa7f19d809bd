import {
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { LocalIssuer } from './local-issuer.js';
import { loopbackHostsOnly } from './loopback-hosts.middleware.js';
import { RefreshTokenController } from './refresh-token.controller.js';

/**
 * Stands in for PropelAuth where there is no account: it hands an access token to anyone who asks.
 * So an app that imports it has to listen on a loopback address only; requests that name another
 * host are refused here.
 */
@Module({})
export class LocalIssuerModule implements NestModule {
  /** @param options `origin`: the issuer of the tokens, where the app is reached */
  static forRoot({ origin }: { origin: string }): DynamicModule {
    return {
      module: LocalIssuerModule,
      controllers: [RefreshTokenController],
      providers: [{ provide: LocalIssuer, useFactory: () => LocalIssuer.create(origin) }],
      exports: [LocalIssuer],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(loopbackHostsOnly).forRoutes('{*path}');
  }
}
