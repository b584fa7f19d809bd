import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import {
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  orgFromMessage,
  Public,
  RequireOrgMember,
  RequireUser,
  type OrgMemberInfo,
  tokenFromHeader,
  type TokenSource,
  type User,
} from 'nestjs-propelauth';
import { CurrentCaller, type Caller } from '../../support/routes.js';

/** What the messages of the tests look like. */
export interface Message {
  accessToken?: unknown;
  token?: unknown;
  orgId?: string;
}

const inHeader = tokenFromHeader();

export const tokenFromMessage: TokenSource = (context) =>
  context.getType() === 'rpc'
    ? (context.switchToRpc().getData<Message>().accessToken as string | undefined)
    : inHeader(context);

const fromElsewhere: TokenSource = (context) =>
  context.switchToRpc().getData<Message>().token as string | undefined;

/** What events were handled. */
export const handledEvents: string[] = [];

@Controller()
export class GuardedMessages {
  @MessagePattern('me')
  @RequireUser()
  me(@CurrentUser() user: User) {
    return user.userId;
  }

  @MessagePattern('visitor')
  @OptionalUser()
  visitor(@CurrentUser() user: User | null) {
    return { userId: user?.userId ?? null };
  }

  @MessagePattern('public')
  @Public()
  public(@CurrentCaller() caller: Caller) {
    return caller;
  }

  @MessagePattern('reports')
  @RequireOrgMember({ org: orgFromMessage() })
  reports(@Payload() { orgId }: Message, @CurrentOrg() org: OrgMemberInfo) {
    return [orgId, org.orgId];
  }

  @MessagePattern('elsewhere')
  @RequireUser({ tokenSource: fromElsewhere })
  elsewhere(@CurrentUser() user: User) {
    return user.userId;
  }

  @EventPattern('happened')
  @RequireUser()
  happened(@CurrentUser() user: User) {
    handledEvents.push(user.userId);
  }
}

/** A handler without a word of its own. */
@Controller()
export class UndecoratedMessages {
  @MessagePattern('undecorated')
  undecorated(@CurrentCaller() caller: Caller) {
    return caller;
  }
}
