import { EventEmitter, on } from 'node:events';
import { Controller, Sse, type MessageEvent } from '@nestjs/common';
import { Args, Resolver, Subscription } from '@nestjs/graphql';
import {
  CurrentUser,
  OptionalUser,
  orgFromArgs,
  Public,
  RequireOrgMember,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { RequireMcpToken } from 'nestjs-propelauth/mcp';
import { fromEvent, map, startWith, type Observable } from 'rxjs';

/** What all streams send. */
const news = new EventEmitter().setMaxListeners(0);

/** Sends something to every stream that is open. */
export function sendNews(): void {
  news.emit('news', 'news');
}

function events(): Observable<MessageEvent> {
  return fromEvent(news, 'news').pipe(
    map(() => ({ data: 'news' })),
    startWith({ data: 'hello' }),
  );
}

@Controller('streams')
export class StreamsController {
  @Sse('public')
  @Public()
  ofAnyone() {
    return events();
  }

  @Sse('optional')
  @OptionalUser()
  ofVisitor() {
    return events();
  }

  @Sse('user')
  @RequireUser()
  ofUser() {
    return events();
  }

  @Sse('member/:orgId')
  @RequireOrgMember()
  ofMember() {
    return events();
  }

  @Sse('userOrKey')
  @RequireUserOrApiKey()
  ofScript() {
    return events();
  }

  @Sse('mcpToken')
  @RequireMcpToken()
  ofMcpClient() {
    return events();
  }

  @Sse('userOfMcpToken')
  @RequireMcpToken()
  ofUserOfMcpClient(@CurrentUser() _user: object) {
    return events();
  }
}

@Resolver()
export class StreamsResolver {
  @Subscription(() => String)
  @Public()
  streamOfAnyone() {
    return subscription('streamOfAnyone');
  }

  @Subscription(() => String)
  @RequireUser()
  streamOfUser() {
    return subscription('streamOfUser');
  }

  @Subscription(() => String)
  @RequireOrgMember({ org: orgFromArgs('orgId') })
  streamOfMember(@Args('orgId') _orgId: string) {
    return subscription('streamOfMember');
  }
}

async function* subscription(field: string) {
  const following = on(news, 'news');
  yield { [field]: 'hello' };
  for await (const [value] of following) yield { [field]: value };
}
