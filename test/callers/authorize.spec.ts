import { applyDecorators, Injectable } from '@nestjs/common';
import {
  accessRule,
  DenyImpersonation,
  fromHeader,
  fromInput,
  OptionalUser,
  OverrideRules,
  orgOf,
  PropelAuthService,
  Public,
  RequireAnyOf,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireScope,
  RequireStepUpMfa,
  RequireUser,
  resource,
  type AccessCall,
  type AccessDecorator,
  type AccessRule,
  type Caller,
  type ResourceLoader,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import type { TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import { beforeTests } from '../support/application.js';
import { stopClock } from '../support/fake-timers.js';
import { issuer, startGuarded, type PropelAuthOptions } from '../support/guarded-application.js';
import { ACME_ID, alice, carol, GLOBEX_ID, headersOf } from '../support/project.js';

interface Doc {
  readonly orgId: string;
  readonly editors: readonly string[];
}

@Injectable()
class DocumentLoader implements ResourceLoader<Doc> {
  readonly name = 'document';
  readonly id = fromInput('documentId');
  asked = 0;

  load() {
    this.asked++;
    return null;
  }

  orgId({ orgId }: Doc) {
    return orgId;
  }
}

@Injectable()
class EditorRule implements AccessRule<[], 'userId', 'not_an_editor'> {
  readonly name = 'editor';
  readonly requires = ['userId'] as const;
  readonly denials = { not_an_editor: 404 } as const;

  async authorize({ load, userId }: AccessCall<'userId'>) {
    const document = await load(DocumentLoader);
    return document?.editors.includes(userId) === true;
  }
}

@Injectable()
class HeaderRule implements AccessRule {
  readonly name = 'header';

  authorize({ read }: AccessCall) {
    return read(fromHeader('x-link')) === 'right';
  }
}

const RequireEditor = accessRule(EditorRule);
const RequireHeader = accessRule(HeaderRule);
const document: Doc = { orgId: ACME_ID, editors: ['user-alice'] };

const start = (options: Partial<PropelAuthOptions> = {}) =>
  startGuarded({ providers: [DocumentLoader, EditorRule, HeaderRule] }, options);

const application = beforeTests(() => start());
const propelAuth = () => application.app.get(PropelAuthService);

async function callerOf(user: TestUser, service = propelAuth(), claims = {}): Promise<Caller> {
  const headers = await headersOf(issuer, user, claims);
  return service.authenticate({ headers }, { kinds: ['user'] });
}

const cannot = (decorator: string) => `authorize() cannot check ${decorator}.`;

describe('authorize()', () => {
  it('returns the organization that the rules have checked', async () => {
    const caller = await callerOf(alice);
    const org = await propelAuth().authorize({ caller, orgId: ACME_ID }, RequireOrgRole('Admin'));
    expect(org).toMatchObject({ orgId: ACME_ID, assignedRole: 'Owner' });
    expect(await propelAuth().authorize({ caller }, RequireUser())).toBeNull();
  });

  const impersonated = { ...alice, impersonatorUserId: 'employee' };
  const member = RequireOrgMember();
  const admin = RequireOrgRole('Admin');
  const editor = RequireEditor();

  it.each<[string, TestUser, AccessDecorator[], string | undefined]>([
    ['a member', alice, [member], undefined],
    [
      'whatever the source is',
      alice,
      [RequireOrgMember({ org: orgOf(DocumentLoader) })],
      undefined,
    ],
    ['one of the organization and of the application', alice, [admin, editor], undefined],
    ['either of two', carol, [RequireAnyOf(RequireOrgRole('Owner'), member)], undefined],
    ['a lower role', carol, [admin], 'role_missing'],
    ['a missing permission', carol, [member, RequirePermission('can_fly')], 'permission_missing'],
    ['a rule of the application', carol, [member, editor], 'rule_denied'],
    ['another kind', alice, [RequireApiKey()], 'kind_not_accepted'],
    ['whose type is about another kind', alice, [RequireScope('read')], 'kind_not_accepted'],
    ['about another kind', alice, [RequireScope('read', { of: 'device' })], 'kind_not_accepted'],
    ['an employee', impersonated, [member, DenyImpersonation()], 'impersonation_denied'],
  ])('checks rules as a handler does: %s', async (_what, user, rules, reason) => {
    const subject = {
      caller: await callerOf(user),
      orgId: ACME_ID,
      resources: [resource(DocumentLoader, document)],
    };
    expect(await propelAuth().allows(subject, ...rules)).toBe(reason === undefined);
    const rejection = await propelAuth()
      .authorize(subject, ...rules)
      .then(
        () => undefined,
        (error: { reason: string }) => error.reason,
      );
    expect(rejection).toBe(reason);
    expect(application.app.get(DocumentLoader).asked).toBe(0);
  });

  it.each<[string, AccessDecorator[]]>([
    ['a rule that looks at it', [member, editor]],
    ['none that does', [member]],
    ['a branch that does not', [member, RequireAnyOf(RequireOrgRole('Owner'), editor)]],
  ])('denies a row of another organization, under %s', async (_what, rules) => {
    const caller = await callerOf(alice);
    const ofGlobex = resource(DocumentLoader, { ...document, orgId: GLOBEX_ID });
    const subject = { caller, orgId: ACME_ID, resources: [ofGlobex] };
    await expect(propelAuth().authorize(subject, ...rules)).rejects.toMatchObject({
      reason: 'rule_denied',
    });
  });

  it('denies an editor who has left the organization of the document', async () => {
    const caller = await callerOf({
      ...alice,
      orgs: [{ orgId: GLOBEX_ID, orgName: 'Globex', role: 'Owner' }],
    });
    const resources = [resource(DocumentLoader, document)];
    const rules = [RequireOrgMember(), RequireEditor()];
    expect(await propelAuth().allows({ caller, orgId: ACME_ID, resources }, ...rules)).toBe(false);
  });

  it('denies nobody what rules would allow somebody', async () => {
    const subject = { caller: null, orgId: ACME_ID };
    for (const rule of [RequireUser(), RequireOrgMember(), RequireEditor()]) {
      await expect(propelAuth().authorize(subject, rule)).rejects.toMatchObject({ status: 401 });
    }
  });

  const inOrg = { orgId: ACME_ID, resources: [resource(DocumentLoader, document)] };
  const NO_CALLER = 'authorize() got a caller that is not one of this package.';
  const NO_RULE = 'authorize() got something else than the result of a rule';
  const NO_ORG_RULE =
    'authorize() got a row of DocumentLoader, whose rows belong to organizations, and no rule checks the organization. Add ' +
    'RequireOrgMember().';

  it.each<[string, AccessDecorator[], string, object?]>([
    ['no caller', [RequireUser()], NO_CALLER, { caller: undefined }],
    ['no rule', [], 'authorize() needs at least one rule.'],
    ['@Public()', [Public()], cannot('@Public()')],
    ['@OverrideRules()', [OverrideRules() as AccessDecorator], cannot('@OverrideRules()')],
    ['an optional caller', [OptionalUser()], cannot('@OptionalUser()')],
    ['step-up', [RequireStepUpMfa('PAY')], cannot("@RequireStepUpMfa('PAY')")],
    ['a row of an organization, and no rule about it', [editor], NO_ORG_RULE, inOrg],
    ['such a row, and a branch without it', [RequireAnyOf(member, editor)], NO_ORG_RULE, inOrg],
    ['several decorators in one', [applyDecorators(RequireUser())], NO_RULE],
    ['no decorator', [RequireUser as never], NO_RULE],
    ['an organization rule without one', [member], 'Pass orgId.'],
    ['the same in a branch', [RequireAnyOf(editor, member)], 'Pass orgId.'],
    [
      'a rule that reads the request',
      [RequireHeader()],
      'A rule reads header x-link, but authorize() has no request.',
    ],
    ['a rule that loads a row', [editor], 'Pass resources: [resource(DocumentLoader, row)].'],
  ])('throws a TypeError for %s, also under allows()', async (_what, rules, message, more = {}) => {
    const subject = { caller: await callerOf(alice), ...more };
    for (const name of ['authorize', 'allows'] as const) {
      const asked = propelAuth()[name](subject, ...rules);
      await expect(asked).rejects.toBeInstanceOf(TypeError);
      await expect(asked).rejects.toThrow(message);
    }
  });

  it('throws a TypeError for a copy of a caller, also under allows()', async () => {
    const caller = { ...(await callerOf(alice)) };
    for (const name of ['authorize', 'allows'] as const) {
      const asked = propelAuth()[name]({ caller }, RequireUser());
      await expect(asked).rejects.toBeInstanceOf(TypeError);
      await expect(asked).rejects.toThrow(NO_CALLER);
    }
  });

  it.each<[string, () => unknown]>([
    ['no class', () => resource('DocumentLoader' as never, document)],
    ['no row', () => resource(DocumentLoader, null as never)],
  ])('needs a loader and a row in resource(): %s', (_what, make) => {
    expect(make).toThrow('resource() needs the class of a loader and a row');
  });

  it('rejects a caller whose token has expired since', async () => {
    stopClock(Date.now());
    const caller = await callerOf(alice);
    expect(await propelAuth().allows({ caller }, RequireUser())).toBe(true);
    jest.setSystemTime(Date.now() + 3_600_000);
    await expect(propelAuth().authorize({ caller }, RequireUser())).rejects.toMatchObject({
      reason: 'credential_invalid',
    });
  });
});

async function startWithLiveAccess() {
  const { app, url } = await start({
    webhooks: { secret: issuer.webhookSecret, path: '/webhooks' },
    plugins: [liveAccess()],
  });
  const service = app.get(PropelAuthService);
  const tell = async (event_type: string, about: TestUser | { org_id: string }) => {
    const subject = 'org_id' in about ? about : { user_id: issuer.userId(about) };
    const { headers, body } = issuer.webhook({ event_type, ...subject });
    await supertest(url).post('/webhooks').set(headers).send(body).expect(204);
  };
  return { service, tell };
}

describe('The access of a caller', () => {
  it('is over for authorize() and onAccessEnd() when it changes', async () => {
    const { service, tell } = await startWithLiveAccess();
    const caller = await callerOf(alice, service);
    const other = await callerOf(carol, service);
    const ended: string[] = [];
    service.onAccessEnd(caller, (why) => ended.push(`alice ${why}`));
    service.onAccessEnd(other, (why) => ended.push(`carol ${why}`));
    const stop = service.onAccessEnd(caller, () => ended.push('stopped'));
    stop();
    await tell('user.disabled', alice);
    expect(ended).toEqual(['alice access_changed']);
    await expect(service.authorize({ caller }, RequireUser())).rejects.toMatchObject({
      reason: 'token_revoked',
    });
    expect(await service.allows({ caller: other }, RequireUser())).toBe(true);
  });

  it('is over when an organization is deleted that the rules are about', async () => {
    const { service, tell } = await startWithLiveAccess();
    const caller = await callerOf(alice, service);
    const ended: string[] = [];
    service.onAccessEnd(caller, (why) => ended.push(why));
    await tell('org.deleted', { org_id: ACME_ID });
    expect(ended).toEqual(['access_changed']);
    const inOrg = { caller, orgId: ACME_ID };
    await expect(service.authorize(inOrg, RequireOrgMember())).rejects.toMatchObject({
      reason: 'token_revoked',
    });
    expect(await service.allows({ caller }, RequireUser())).toBe(true);
  });

  it('ends with its token', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'performance'] });
    const caller = await callerOf(alice);
    const ended: string[] = [];
    propelAuth().onAccessEnd(caller, (why) => ended.push(why));
    jest.advanceTimersByTime(10_000);
    expect(ended).toEqual([]);
    jest.advanceTimersByTime(3_600_000);
    expect(ended).toEqual(['token_expired']);
    propelAuth().onAccessEnd(caller, (why) => ended.push(why));
    jest.advanceTimersByTime(0);
    jest.useRealTimers();
    expect(ended).toEqual(['token_expired', 'token_expired']);
  });

  it('cannot be watched where nothing ends it', async () => {
    const { app } = await start({ endStreamsAtExpiry: false });
    const service = app.get(PropelAuthService);
    const caller = await callerOf(alice, service);
    expect(() => service.onAccessEnd(caller, () => undefined)).toThrow(
      'onAccessEnd() has nothing to watch',
    );
  });

  it('can only be watched of a caller of this package', () => {
    const copy = { kind: 'user', key: 'user:user-alice' } as Caller;
    expect(() => propelAuth().onAccessEnd(copy, () => undefined)).toThrow(
      'onAccessEnd() got a caller that is not one of this package.',
    );
  });
});
