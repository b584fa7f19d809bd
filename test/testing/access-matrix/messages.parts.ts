import { Controller, Inject, Injectable, Scope } from '@nestjs/common';
import { REQUEST } from '@nestjs/core';
import { EventPattern, GrpcMethod, MessagePattern, type TcpContext } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  activeOrg,
  DenyImpersonation,
  OptionalUser,
  orgFromHeader,
  orgFromMessage,
  Public,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireUser,
  type TokenSource,
} from 'nestjs-propelauth';

/** Which handlers have run. */
export const ran: string[] = [];

const inMetadata: TokenSource = (context) => {
  const metadata = context.switchToRpc().getContext<{ get(key: string): string[] }>();
  return metadata.get('authorization')[0]?.replace('Bearer ', '');
};

const inTcpMetadata: TokenSource = (context) =>
  context.switchToRpc().getContext<TcpContext>().getMetadata()?.['accessToken'];

@WebSocketGateway()
export class Events {
  @SubscribeMessage('ping')
  @Public()
  ping() {
    ran.push('ping');
  }

  @SubscribeMessage('greet')
  @OptionalUser()
  greet() {
    ran.push('greet');
  }

  @SubscribeMessage('edit')
  @RequireOrgRole('Admin', { org: orgFromMessage('filter.orgId') })
  @DenyImpersonation()
  edit() {
    ran.push('edit');
  }

  @SubscribeMessage('follow')
  @RequireOrgMember({ org: orgFromHeader('X-Org-Id') })
  follow() {
    ran.push('follow');
  }
}

@Injectable({ scope: Scope.REQUEST })
export class CallOfRequest {
  constructor(@Inject(REQUEST) readonly request: object) {}
}

@WebSocketGateway()
export class ScopedEvents {
  constructor(readonly call: CallOfRequest) {}

  @SubscribeMessage('scoped')
  @RequireUser()
  scoped() {
    ran.push('scoped event');
  }
}

@Controller()
export class Messages {
  @MessagePattern('health')
  @Public()
  health() {
    ran.push('health');
  }

  @MessagePattern(['list', { cmd: 'list' }])
  @RequirePermission(['can_view', 'can_list'], { org: orgFromMessage() })
  list() {
    ran.push('list');
  }

  @EventPattern('happened')
  @RequireUser()
  happened(_event: unknown) {
    ran.push('happened');
  }

  @MessagePattern('metadata')
  @RequireUser({ tokenSource: inTcpMetadata })
  metadata() {
    ran.push('metadata');
  }

  @GrpcMethod('Reports', 'List')
  @RequireUser({ tokenSource: inMetadata })
  grpc() {
    ran.push('grpc');
  }
}

@Controller()
export class ScopedMessages {
  constructor(readonly call: CallOfRequest) {}

  @MessagePattern('scoped')
  @RequireOrgMember({ org: activeOrg() })
  scoped() {
    ran.push('scoped message');
  }
}

/** A controller with one handler, as a library of an application would make it. */
export function createMessages(pattern: string) {
  @Controller()
  class MadeMessages {
    @MessagePattern(pattern)
    @RequireUser()
    handle() {
      ran.push(pattern);
    }
  }
  return MadeMessages;
}
