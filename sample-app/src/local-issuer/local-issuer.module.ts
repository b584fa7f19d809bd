import {
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { LocalIssuer } from './local-issuer.js';
import { AuthorizationCodes } from './oauth/authorization-codes.js';
import { AuthorizeController } from './oauth/authorize.controller.js';
import { OAuthClient } from './oauth/oauth-client.js';
import { TokenController } from './oauth/token.controller.js';
import { loopbackHostsOnly } from './loopback-hosts.middleware.js';
import { RefreshTokenController } from './refresh-token.controller.js';

/**
 * Stands in for PropelAuth where there is no account: it hands an access token to anyone who asks.
 * So an app that imports it has to listen on a loopback address only; requests that name another
 * host are refused here.
 */
@Module({})
export class LocalIssuerModule implements NestModule {
  /**
   * @param options `origin`: the issuer of the tokens, where the app is reached. `client`: the one
   * that people can sign in to
   */
  static forRoot({ origin, client }: { origin: string; client: OAuthClient }): DynamicModule {
    return {
      module: LocalIssuerModule,
      controllers: [RefreshTokenController, AuthorizeController, TokenController],
      providers: [
        { provide: LocalIssuer, useFactory: () => LocalIssuer.create(origin) },
        { provide: OAuthClient, useValue: client },
        { provide: AuthorizationCodes, useFactory: () => new AuthorizationCodes() },
      ],
      exports: [LocalIssuer],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(loopbackHostsOnly).forRoutes('{*path}');
  }
}
