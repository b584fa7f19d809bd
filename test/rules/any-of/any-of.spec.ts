import { applyDecorators, Injectable } from '@nestjs/common';
import {
  accessRule,
  DenyImpersonation,
  describeAccess,
  OptionalUser,
  orgFromQuery,
  RequireAnyOf,
  RequireApiKey,
  RequireMetadata,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  type AccessCall,
  type AccessDecorator,
  type AccessRule,
  type AccessVerdict,
} from 'nestjs-propelauth';
import { RequireScope } from 'nestjs-propelauth/mcp';
import type { TestUser } from 'nestjs-propelauth/testing';
import { beforeTests } from '../../support/application.js';
import { request, startGuarded } from '../../support/guarded-application.js';
import { ACME_ID, alice, carol, GLOBEX_ID } from '../../support/project.js';
import { routeUnder } from '../../support/routes.js';
import { messageOf } from '../../support/start-error.js';

/** Says what a test wants. */
@Injectable()
class EditorRule implements AccessRule<[], never, 'not_an_editor'> {
  readonly name = 'editor';
  readonly denials = { not_an_editor: 404 } as const;
  asked = 0;
  verdict: () => unknown = () => false;

  authorize(_call: AccessCall) {
    this.asked++;
    return this.verdict() as AccessVerdict<'not_an_editor'>;
  }
}

@Injectable()
class OwnerRule implements AccessRule<[], 'org'> {
  readonly name = 'owner';
  readonly requires = ['org'] as const;

  authorize({ org }: AccessCall<'org'>) {
    return org.isRole('Owner');
  }
}

const RequireEditor = accessRule(EditorRule);
const RequireOwner = accessRule(OwnerRule);

/** A Member of both organizations. */
const inBoth = {
  ...carol,
  orgs: [...(carol.orgs ?? []), { orgId: GLOBEX_ID, orgName: 'Globex', role: 'Member' }],
};

const member = RequireOrgMember();
const NOT_A_RULE = 'got something else than the result of a rule';

const application = beforeTests(() =>
  startGuarded({
    controllers: [
      routeUnder('editor-first/:orgId', RequireAnyOf(RequireEditor(), RequireOrgRole('Owner'))),
      routeUnder(
        'two-orgs',
        RequireAnyOf(
          RequireOrgRole('Owner', { org: orgFromQuery('a') }),
          RequireOrgRole('Owner', { org: orgFromQuery('b') }),
        ),
      ),
      routeUnder(
        'within/:orgId',
        RequireOrgMember(),
        RequireAnyOf(
          RequireOwner(),
          RequirePermission('can_view_billing'),
          RequireOrgMember({ org: orgFromQuery('other') }),
        ),
      ),
      routeUnder(
        'visitors/:orgId',
        OptionalUser(),
        RequireAnyOf(RequireOrgRole('Owner'), RequireEditor()),
      ),
    ],
    providers: [EditorRule, OwnerRule],
  }),
);

const editor = () => application.app.get(EditorRule);
const get = (path: string, user: TestUser | null = alice) =>
  request(application.url, user).get(path);

beforeEach(() => {
  editor().verdict = () => false;
  editor().asked = 0;
});

describe('@RequireAnyOf()', () => {
  it.each<[string, boolean, TestUser | null, number, string | null, number]>([
    [`/editor-first/${ACME_ID}`, false, alice, 200, ACME_ID, 1],
    [`/editor-first/${ACME_ID}`, false, carol, 403, null, 1],
    [`/two-orgs?a=${GLOBEX_ID}&b=${ACME_ID}`, false, alice, 200, ACME_ID, 0],
    [`/visitors/${ACME_ID}`, false, null, 401, null, 1],
    [`/visitors/${ACME_ID}`, true, null, 200, null, 1],
    // Other rules beside it are met as well.
    [`/within/${ACME_ID}`, false, alice, 200, ACME_ID, 0],
    [`/within/${GLOBEX_ID}`, false, alice, 403, null, 0],
    [`/within/${ACME_ID}`, false, carol, 403, null, 0],
    [`/within/${ACME_ID}?other=${ACME_ID}`, false, carol, 200, ACME_ID, 0],
    [`/within/${ACME_ID}?other=${GLOBEX_ID}`, false, inBoth, 403, null, 0],
  ])(
    'takes the first branch that passes, or the last denial: %s, where the editor passes: %s',
    async (path, isEditor, user, status, orgId, asked) => {
      editor().verdict = () => isEditor;
      const response = await get(path, user);
      expect([response.status, editor().asked]).toEqual([status, asked]);
      expect(response.body.orgId ?? null).toBe(orgId);
    },
  );

  it('is in the table and in descriptions', () => {
    const described = describeAccess(application.app).map(({ name, summary, rules }) => [
      name,
      { summary, anyOf: rules['any-of'] },
    ]);
    expect(Object.fromEntries(described)).toMatchObject({
      'GET /editor-first/:orgId': {
        summary: 'user, either editor or Owner and above of the org in path orgId',
        anyOf: [
          [
            { application: [{ rule: 'editor' }] },
            { org: { in: [{ from: 'path', name: 'orgId' }] } },
          ],
        ],
      },
    });
  });

  it.each<[string, string, ...unknown[]]>([
    ['no branch', 'needs two rules or more.'],
    ['one branch', 'needs two rules or more.', member],
    ['a caller', 'cannot have @RequireUser() as a branch', member, RequireUser()],
    ['API keys', 'cannot have @RequireApiKey() as a branch', member, RequireApiKey()],
    ['step-up', "cannot have @RequireStepUpMfa('PAY')", member, RequireStepUpMfa('PAY')],
    ['impersonation', 'cannot have @DenyImpersonation()', member, DenyImpersonation()],
    [
      'metadata, which is about one kind of callers',
      'cannot have @RequireMetadata() as a branch: only rules about organizations and scopes, and those of your application.',
      member,
      RequireMetadata({ region: 'eu' }, { of: 'service' }),
    ],
    ['several in one', NOT_A_RULE, member, applyDecorators(member)],
    ['no decorator', NOT_A_RULE, member, RequireOrgRole],
    [
      'one of a kind',
      'with the option of as a branch.',
      member,
      RequireScope('read', { of: 'service' }),
    ],
    [
      'one with a token',
      'with the option tokenSource as a branch.',
      member,
      RequireOrgMember({ tokenSource: () => '' }),
    ],
    ['undefined', 'Argument 2 of @RequireAnyOf() is undefined', member, undefined],
  ])('throws for %s', (_what, message, ...branches) => {
    expect(() => RequireAnyOf(...(branches as AccessDecorator[]))).toThrow(message);
  });
});

function startWith(...decorators: MethodDecorator[]): Promise<string> {
  return messageOf(
    startGuarded({
      controllers: [routeUnder('odd', ...decorators)],
      providers: [EditorRule, OwnerRule],
    }),
  );
}

describe('Startup fails for @RequireAnyOf()', () => {
  it.each<[string, MethodDecorator[], string]>([
    [
      'whose branch reads what the path does not have',
      [RequireAnyOf(RequireOrgMember(), RequireEditor())],
      'The organization rule reads the path parameter "orgId", which this path does not have.',
    ],
    [
      'whose branch requires an organization that no rule checks',
      [RequireAnyOf(RequireOwner(), RequireEditor())],
      "The rule 'owner' requires an organization, which no rule of this handler checks.",
    ],
    [
      'that no accepted caller can meet',
      [RequireUser(), RequireAnyOf(RequireScope('read'), RequireScope('write'))],
      '@RequireAnyOf()',
    ],
  ])('%s', async (_what, decorators, message) => {
    expect(await startWith(...decorators)).toContain(message);
  });
});
