import { Controller, Get, Injectable, type Type } from '@nestjs/common';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import {
  describeAccess,
  PropelAuthConfigurationError,
  RequireOrgMember,
  type InjectableOrgSource,
  type OrgSource,
  type OrgSourceOption,
  type OrgSourceReads,
} from 'nestjs-propelauth';
import { failureOf } from '../../../support/application.js';
import { issuer, startGuarded } from '../../../support/guarded-application.js';
import { ACME_ID, bob } from '../../../support/project.js';
import { routeUnder } from '../../../support/routes.js';
import { connectSocketIo } from '../../../support/websockets.js';

function sourceThatReads(reads: OrgSourceReads): OrgSource {
  return Object.assign(() => undefined, { reads });
}

@Injectable()
class InvoiceOrgSource implements InjectableOrgSource {
  static readonly reads: OrgSourceReads = { from: 'path', name: 'id' };

  orgOf() {
    return undefined;
  }
}

@Injectable()
class CookieOrgSource extends InvoiceOrgSource {
  static override readonly reads = { from: 'cookie', name: 'org' } as never;
}

/** It reads something else than it says. */
const orgFromText: OrgSource = (context) => ({ orgId: context.switchToWs().getData<string>() });
orgFromText.reads = { from: 'message', name: 'orgId' };

function start(path: string, org: OrgSourceOption) {
  const providers: Type[] = [InvoiceOrgSource, CookieOrgSource];
  return startGuarded({ controllers: [routeUnder(path, RequireOrgMember({ org }))], providers });
}

describe('An organization source of the application that declares what it reads', () => {
  it.each<[string, OrgSourceOption, object]>([
    [
      'query tenant',
      sourceThatReads({ from: 'query', name: 'tenant', required: false }),
      { from: 'query', name: 'tenant' },
    ],
    ['path id', InvoiceOrgSource, { from: 'path', name: 'id' }],
  ])('is described by that declaration: %s', async (words, org, place) => {
    const { app } = await start('things/:id', org);
    expect(describeAccess(app)).toMatchObject([
      { rules: { org: { in: [place] } }, summary: `members of the org found by ${words}` },
    ]);
  });

  it.each<[string, OrgSourceOption]>([
    ['the path parameter "id", which this path does not have', InvoiceOrgSource],
    [
      'argument "orgId", which an HTTP request does not have',
      sourceThatReads({ from: 'argument', name: 'orgId' }),
    ],
  ])('fails startup if the route cannot have it: %s', async (words, org) => {
    const failure = await failureOf(start('things', org));
    expect((failure as Error).message).toContain(words);
  });

  it('can read what a route does not have, if it is optional', async () => {
    const org = sourceThatReads({ from: 'path', name: 'id', required: false });
    expect(await failureOf(start('things', org))).toBeUndefined();
  });

  it.each([
    { from: 'cookie', name: 'org' },
    { from: 'constructor', name: 'org' },
    { from: 'path' },
    { from: 'header', name: ' ' },
    { from: 'query', name: 'orgId', required: 'yes' },
    'path orgId',
    null,
  ])('fails startup with an invalid declaration: %j', async (reads) => {
    const failure = await failureOf(start('things/:id', sourceThatReads(reads as never)));
    expect(failure).toBeInstanceOf(PropelAuthConfigurationError);
    expect((failure as Error).message).toContain(
      `invalid property reads: ${JSON.stringify(reads)}.`,
    );
  });

  it('is named in the startup error, if it has a name', async () => {
    const failure = await failureOf(start('things/:id', CookieOrgSource));
    expect((failure as Error).message).toContain('The organization source CookieOrgSource has');
  });

  it('is not trusted for string messages, which are rejected as for every source of the application', async () => {
    @WebSocketGateway()
    class Gateway {
      @SubscribeMessage('list')
      @RequireOrgMember({ org: orgFromText })
      list() {
        return { event: 'list', data: 'listed' };
      }
    }
    const application = await startGuarded({ providers: [Gateway] }, { debugMode: true });
    const token = await issuer.accessToken(bob);
    const answer = await connectSocketIo(application, { auth: { token } }).ask('list', ACME_ID);
    expect(answer).toMatchObject({
      event: 'exception',
      data: { reason: 'message_not_object' },
    });
  });
});

it('A built-in source is described the same way', async () => {
  @Controller('orgs/:orgId')
  class OrgController {
    @Get()
    @RequireOrgMember()
    show() {}
  }
  const { app } = await startGuarded({ controllers: [OrgController] });
  expect(describeAccess(app)).toMatchObject([
    { rules: { org: { in: [{ from: 'path', name: 'orgId' }] } } },
  ]);
});
