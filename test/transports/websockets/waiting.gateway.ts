import { UseInterceptors, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { CurrentUser, RequireUser, type User } from 'nestjs-propelauth';
import { OpenGateway } from './guarded.gateway.js';

let opened: Promise<void>;
let open: () => void;

/** Holds up messages that come from here on, for `beforeEach`. */
export function closeGate(): void {
  opened = new Promise((resolve) => (open = resolve));
}

/** Lets all messages go on that wait. */
export function openGate(): void {
  open();
}

class Gate {
  async intercept(_context: ExecutionContext, next: CallHandler) {
    await opened;
    return next.handle();
  }
}

/** A gateway with a message that waits between guard and handler, until {@link openGate} is called. */
@WebSocketGateway()
export class WaitingGateway extends OpenGateway {
  @SubscribeMessage('waiting')
  @RequireUser()
  @UseInterceptors(Gate)
  waiting(@CurrentUser() user: User | null, @MessageBody() text: string) {
    return { event: 'waiting', data: `${text} of ${user?.userId ?? 'nobody'}` };
  }
}
