import { Controller, Get, Header, type MessageEvent, Module, Sse } from '@nestjs/common';
import { PropelAuthModule, Public, RequireOrgMember } from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { interval, map, type Observable } from 'rxjs';
import { settings } from './settings.js';

/** 28-sse: a page, and the events that it listens to. */

@Controller()
class AppController {
  @Get()
  @Public()
  @Header('content-type', 'text/html')
  index() {
    return '<script>new EventSource("/sse")</script>';
  }

  @Sse('sse')
  sse(): Observable<MessageEvent> {
    return interval(1000).pipe(map(() => ({ data: { hello: 'world' } })));
  }

  @Sse('orgs/:orgId/sse')
  @RequireOrgMember()
  sseOfOrg(): Observable<MessageEvent> {
    return this.sse();
  }
}

@Module({ imports: [PropelAuthModule.forRoot(settings)], controllers: [AppController] })
export class SseModule {}

export const sseAccess: AccessTable = {
  'GET /': 'public',
  'GET /sse': 'user',
  'GET /orgs/:orgId/sse': 'members of the org in path orgId',
};
