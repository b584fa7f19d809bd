import { Controller, Get, Injectable, UseInterceptors } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor, Type } from '@nestjs/common';
import { CurrentOrg, getCurrentOrg, OrgMemberInfo, RequireOrgMember } from 'nestjs-propelauth';
import request from 'supertest';
import { concatMap } from 'rxjs';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, alice, GLOBEX, GLOBEX_ID, headersOf, userIn } from '../support/project.js';

/** A member of both organizations. */
const erin = userIn('erin', { ...ACME, role: 'Admin' }, { ...GLOBEX, role: 'Admin' });

interface Dispatched {
  url: string;
  readonly query: { readonly then?: string };
}

/** What each call found: its parameter, and its interceptor before and after its handler. */
let found: string[] = [];
let dispatch: (incoming: Dispatched, response: unknown) => Promise<void>;

/** Dispatches the request again for another organization, after the handler has run. */
@Injectable()
class DispatchAgain implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    const http = context.switchToHttp();
    const incoming = http.getRequest<Dispatched>();
    const other = incoming.query.then;
    const note = (when: string) => found.push(`${when} ${getCurrentOrg(context)?.orgId}`);
    note('before');
    return next.handle().pipe(
      concatMap(async (result) => {
        if (other !== undefined) {
          incoming.url = `/orgs/${other}`;
          await dispatch(incoming, http.getResponse());
        }
        note('after');
        return result as unknown;
      }),
    );
  }
}

@Controller('orgs/:orgId')
@UseInterceptors(DispatchAgain)
class OrgController {
  @Get()
  @RequireOrgMember()
  show(@CurrentOrg() org: OrgMemberInfo) {
    found.push(`handler ${org.orgId}`);
    return {};
  }
}

async function startExpress(controllers: Type[]): Promise<string> {
  const { app, url } = await startGuarded({ controllers });
  const express = app.getHttpAdapter().getInstance() as unknown as {
    handle(incoming: unknown, response: unknown, next: () => void): void;
  };
  dispatch = (incoming, response) =>
    new Promise((resolve) => {
      // The second call has a response of its own, because a response is sent once.
      const answer = Object.create(response as object) as Record<string, unknown>;
      for (const method of ['send', 'json', 'end']) answer[method] = () => (resolve(), answer);
      express.handle(incoming, answer, resolve);
    });
  return url;
}

describe('A request that is dispatched again for another organization', () => {
  it.each([
    ['keeps the organization of each call', erin, ['before', 'handler', 'after']],
    ['is rejected, and the first call keeps its own', alice, []],
  ])('%s', async (_what, user, again) => {
    found = [];
    const url = await startExpress([OrgController]);
    await request(url)
      .get(`/orgs/${ACME_ID}?then=${GLOBEX_ID}`)
      .set(await headersOf(issuer, user));
    expect(found).toEqual([
      `before ${ACME_ID}`,
      `handler ${ACME_ID}`,
      ...again.map((when) => `${when} ${GLOBEX_ID}`),
      `after ${ACME_ID}`,
    ]);
  });
});
