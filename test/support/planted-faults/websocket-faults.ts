import type { Type } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { CurrentUser, Public, RequireUser, type User } from 'nestjs-propelauth';
import { OpenGateway } from '../../transports/websockets/guarded.gateway.js';
import type { Outcome } from './http/fault.js';
import { Proxied, Wrapped } from './replacements.js';

@WebSocketGateway()
class BoundGateway extends OpenGateway {
  constructor(...dependencies: ConstructorParameters<typeof OpenGateway>) {
    super(...dependencies);
    this.who = this.who.bind(this);
  }

  @SubscribeMessage('who')
  @RequireUser()
  who(@CurrentUser() user: User) {
    return { event: 'who', data: user.userId };
  }
}
Reflect.defineMetadata(
  'design:paramtypes',
  Reflect.getMetadata('design:paramtypes', OpenGateway),
  BoundGateway,
);

@WebSocketGateway()
class WrappedGateway extends OpenGateway {
  @SubscribeMessage('who')
  @Wrapped
  @RequireUser()
  who(@CurrentUser() user: User) {
    return { event: 'who', data: user.userId };
  }

  @SubscribeMessage('open')
  @Public()
  open() {
    return { event: 'open', data: null };
  }
}

class BaseGateway extends OpenGateway {
  @SubscribeMessage('who')
  @RequireUser()
  who(@CurrentUser() user: User) {
    return { event: 'who', data: user.userId };
  }
}

@WebSocketGateway()
class OverridingGateway extends BaseGateway {
  @SubscribeMessage('who')
  override who(@CurrentUser() user: User) {
    return super.who(user);
  }
}

@Proxied
@WebSocketGateway()
class ProxiedGateway extends BaseGateway {}

/** What is done to gateways, and what becomes of the event `who`. */
export const WEBSOCKET_FAULTS: readonly [what: string, gateway: Type, outcome: Outcome][] = [
  ['its constructor binds the method', BoundGateway, 'no start'],
  ['a decorator wraps the method', WrappedGateway, 'guarded'],
  ['it overrides the method with @SubscribeMessage() alone', OverridingGateway, 'guarded'],
  ['a decorator wraps the class', ProxiedGateway, 'guarded'],
];
