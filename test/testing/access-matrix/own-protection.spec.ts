import { Controller, Get, Injectable, type Type } from '@nestjs/common';
import { hash } from 'node:crypto';
import {
  fromParam,
  Public,
  RequireCaller,
  RequireOrgRole,
  RequireScope,
  type CallerKind,
  type IncomingCall,
} from 'nestjs-propelauth';
import { expectAccess, type CredentialNeeds } from 'nestjs-propelauth/testing';
import { messageOf, startMatrixApplication } from '../../support/access-matrix.js';
import { classOf, routeUnder } from '../../support/routes.js';

let token = '';

@Injectable()
class ServiceTokens implements CallerKind<CredentialNeeds> {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];
  /** Set for a look-up that forgets something. */
  mistake: 'scopes' | 'organization' | undefined;

  identify(text: string): CredentialNeeds | undefined {
    const [content = '', signature] = text.split('#');
    return signature === hash('sha256', content)
      ? (JSON.parse(content) as CredentialNeeds)
      : undefined;
  }

  key() {
    return 'service';
  }

  readonly scopeHierarchy = { owner: ['read'], read: [] };

  scopes({ scopes }: CredentialNeeds) {
    return this.mistake === 'scopes' ? ['owner', 'write'] : scopes;
  }

  memberships({ orgId, role = '', inheritedRoles }: CredentialNeeds, call: IncomingCall) {
    const named = call.read(fromParam('orgId')) ?? '';
    return [{ orgId: this.mistake === 'organization' ? named : orgId, role, inheritedRoles }];
  }
}

/** Looks only at the beginning of a token. */
@Injectable()
class CarelessTokens implements CallerKind<CredentialNeeds> {
  readonly name = 'careless';
  readonly credential = [{ header: 'x-careless-token' }];
  readonly issued = new Map<string, CredentialNeeds>();

  issue(needs: CredentialNeeds): string {
    const start = `token-${this.issued.size + 10}`;
    this.issued.set(start, needs);
    return `${start}-and-the-rest-of-it`;
  }

  identify(text: string): CredentialNeeds | undefined {
    return this.issued.get(text.slice(0, 8));
  }

  key() {
    return 'careless';
  }

  memberships({ orgId, role = '', inheritedRoles }: CredentialNeeds) {
    return [{ orgId, role, inheritedRoles }];
  }
}

const membersController = classOf('MembersController', [Controller('orgs/:orgId')], {
  members: [Get('members'), RequireOrgRole('Member', { exact: true }), RequireCaller('careless')],
});

const orgsController = classOf('OrgsController', [Controller('orgs/:orgId')], {
  reports: [
    Get('reports'),
    RequireScope('read', { of: 'service' }),
    RequireOrgRole('Admin'),
    RequireCaller('user', 'service'),
  ],
});

const service = RequireCaller('service');
const scopesController = classOf('ScopesController', [Controller('scopes')], {
  either: [Get('either'), RequireScope({ anyOf: ['read', 'write'] }), service],
  both: [Get('both'), RequireScope(['owner', 'read']), service],
});

@Injectable()
class Robots implements CallerKind {
  readonly name = 'robot';
  readonly credential = [{ scheme: 'Bearer' }];

  identify(text: string) {
    return text === 'robot-1' ? { text } : undefined;
  }

  key() {
    return 'robot';
  }
}

const openController = routeUnder('health', Public());

const partsController = classOf('PartsController', [Controller('parts')], {
  list: [Get(), RequireCaller('user', 'robot')],
});

function signed(content: Partial<CredentialNeeds>): string {
  const text = JSON.stringify(content);
  return `${text}#${hash('sha256', text)}`;
}

const credentials = {
  service: ({ orgId, role, inheritedRoles, scopes }: CredentialNeeds) =>
    signed({ orgId, role, inheritedRoles, scopes }),
};

function startServices(...others: Type[]) {
  return startMatrixApplication({
    module: { callerKinds: [ServiceTokens] },
    controllers: [orgsController, ...others],
    providers: [ServiceTokens],
  });
}

describe('toHold() of callers of an own kind', () => {
  it('passes with credentials that are exactly as good as it asks', async () => {
    const { app } = await startServices();
    expect((await expectAccess(app).toHold({ credentials })).tried).toHaveLength(1);
  });

  it('tries alternative scopes one by one and none, and knows which scopes include others', async () => {
    const { app } = await startServices(scopesController);
    const asked: Record<string, (readonly string[])[]> = {};
    const { tried } = await expectAccess(app).toHold({
      credentials: {
        service(needs) {
          (asked[needs.handler.name] ??= []).push(needs.scopes);
          return credentials.service(needs);
        },
      },
    });
    expect(tried).toHaveLength(3);
    expect(asked).toMatchObject({
      'GET /scopes/either': [['read', 'write'], ['write'], ['read'], []],
      'GET /scopes/both': [['owner', 'read'], ['read'], ['owner']],
    });
    app.get(ServiceTokens).mistake = 'scopes';
    const review = await messageOf(expectAccess(app).toHold({ credentials }));
    expect(review).toContain(
      'allows a caller with the service credential without the scope read and write.',
    );
    expect(review).toContain('without the scope owner.');
  });

  it('reports the handlers without credentials', async () => {
    const { app } = await startServices();
    const review = await messageOf(expectAccess(app).toHold());
    expect(review).toContain('GET /orgs/:orgId/reports (OrgsController.reports) was not tried.');
    expect(review).toContain(
      "It accepts the kind 'service', whose credentials toHold() does not have. Return them: toHold({ credentials: { 'service'",
    );
  });

  it('reports the handlers for which credentials returns none, beside one that it tries', async () => {
    const { app } = await startServices(openController);
    const review = await messageOf(
      expectAccess(app).toHold({ credentials: { service: () => undefined } }),
    );
    expect(review).toContain(
      "credentials['service'] returns no credential for an allowed caller, or",
    );
    expect(review).toContain('toHold() did not try 1 of 2 handlers.');
  });

  it('reports one credential for callers who differ', async () => {
    const { app } = await startServices();
    const one = signed({ orgId: 'acme', role: 'Admin', inheritedRoles: [], scopes: ['read'] });
    const review = await messageOf(
      expectAccess(app).toHold({
        orgFor: () => 'acme',
        credentials: { service: async () => one },
      }),
    );
    expect(review).toContain('GET /orgs/:orgId/reports (OrgsController.reports) was not tried.');
    expect(review).toContain(
      'or one for callers who differ. Return one for each caller, with exactly the access',
    );
    expect(review).not.toContain(one);
  });

  it('reports a kind that accepts an altered credential of a caller who may call, whose role is not the highest', async () => {
    const { app } = await startMatrixApplication({
      module: { callerKinds: [CarelessTokens] },
      controllers: [membersController],
      providers: [CarelessTokens],
    });
    const kind = app.get(CarelessTokens);
    const review = await messageOf(
      expectAccess(app).toHold({ credentials: { careless: (needs) => kind.issue(needs) } }),
    );
    expect(review).toContain('the careless credential, altered');
  });

  it('accepts one credential for handlers whose callers do not differ, and none for access that the kind never has', async () => {
    const { app } = await startServices();
    expect(
      (
        await expectAccess(app).toHold({
          credentials: {
            service: (needs) =>
              needs.role === 'Admin' && needs.scopes.length > 0
                ? credentials.service(needs)
                : undefined,
          },
        })
      ).tried,
    ).toHaveLength(1);
  });

  it('reports a credential of another kind for a caller who may call', async () => {
    const { app, issuer } = await startMatrixApplication({
      module: { callerKinds: [Robots] },
      controllers: [partsController],
      providers: [Robots],
    });
    await expectAccess(app).toHold({ credentials: { robot: () => 'robot-1' } });
    token = await issuer.accessToken({ email: 'alice@example.com' });
    const review = await messageOf(
      expectAccess(app).toHold({ credentials: { robot: () => token } }),
    );
    expect(review).toContain(
      'GET /parts (PartsController.list) was not tried as a caller with the robot credential.\n',
    );
  });

  it.each([
    ['a text that the kind does not know', () => 'unknown'],
    ['an access token of a user', () => token],
  ])('reports %s as the credential of a caller who may not call', async (_what, other) => {
    const { app, issuer } = await startServices();
    token = await issuer.accessToken({ email: 'alice@example.com' });
    const review = await messageOf(
      expectAccess(app).toHold({
        credentials: {
          service: (needs) => (needs.scopes.length > 0 ? credentials.service(needs) : other()),
        },
      }),
    );
    expect(review).toContain(
      '(OrgsController.reports) was not tried as a caller with the service credential of a member without the scope read.\n',
    );
    expect(review).toContain("credentials['service'] returns a credential that the kind does not");
    expect(review).not.toContain(token);
  });

  it.each([
    ['scopes', 'allows a caller with the service credential of a member without the scope read.'],
    [
      'organization',
      'allows a caller with the service credential of a member of another organization.',
    ],
  ] as const)('finds a kind that forgets its %s', async (mistake, problem) => {
    const { app } = await startServices();
    app.get(ServiceTokens).mistake = mistake;
    expect(await messageOf(expectAccess(app).toHold({ credentials }))).toContain(problem);
  });

  it('prints no credential', async () => {
    const { app } = await startServices();
    app.get(ServiceTokens).mistake = 'scopes';
    expect(await messageOf(expectAccess(app).toHold({ credentials }))).not.toContain('"orgId"');
  });
});

describe('toHold() of links with a secret in the query', () => {
  const SECRET = "s3cret ~!'()/+=%é";

  @Injectable()
  class Links implements CallerKind {
    readonly name = 'link';
    readonly credential = [{ query: 'link' }];

    /** Forgets to compare. */
    identify(text: string) {
      return { text };
    }

    key() {
      return undefined;
    }
  }

  it('prints the secret in no form', async () => {
    const { app } = await startMatrixApplication({
      module: { callerKinds: [Links] },
      controllers: [routeUnder('linked', RequireCaller('link'))],
      providers: [Links],
    });
    const review = await messageOf(
      expectAccess(app).toHold({ credentials: { link: () => SECRET } }),
    );
    expect(review).toContain('allows a caller with the link credential, altered.');
    expect(review).not.toMatch(/s3cr/);
  });
});
