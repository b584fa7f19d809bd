import { randomUUID } from 'node:crypto';
import { Injectable, type Type } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import {
  accessRule,
  activeOrg,
  OptionalUser,
  orgFromArgs,
  orgFromQuery,
  PropelAuthGuard,
  RequireAnyOf,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireScope,
  RequireUserOrApiKey,
  type AccessRule,
  type CallerKind,
  type OrgSource,
} from 'nestjs-propelauth';
import { expectAccess, type CredentialNeeds, type HoldOptions } from 'nestjs-propelauth/testing';
import { AccessDecider } from '../../../lib/guard/access-decider.js';
import { anyOfRule } from '../../../lib/rules/any-of/any-of-rule.js';
import { ProbedVerdicts } from '../../../lib/testing/access-matrix/probed-providers.js';
import {
  messageOf,
  startMatrixApplication,
  type MatrixApplicationOptions,
} from '../../support/access-matrix.js';
import { graphqlModule } from '../../support/graphql.js';
import { routeUnder } from '../../support/routes.js';

let asked: string[] = [];

@Injectable()
class EditorRule implements AccessRule<[of?: string]> {
  readonly name = 'editor';

  describe(of?: string) {
    return of === undefined ? 'editor' : `editor of ${of}`;
  }

  authorize() {
    asked.push('editor');
    return false;
  }
}

const RequireEditor = accessRule(EditorRule);

const tokens = new Map<string, CredentialNeeds>();

@Injectable()
class ServiceTokens implements CallerKind<CredentialNeeds> {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];

  identify(text: string) {
    return tokens.get(text);
  }

  key() {
    return 'service';
  }

  scopes({ scopes }: CredentialNeeds) {
    return scopes;
  }
}

const credentials: HoldOptions['credentials'] = {
  service: (needs) => {
    const text = randomUUID();
    tokens.set(text, needs);
    return text;
  },
};

@Resolver()
class ReportsResolver {
  @Query(() => String)
  @RequireAnyOf(RequireOrgRole('Admin', { org: orgFromArgs() }), RequireEditor())
  report(@Args('orgId') orgId: string): string {
    return orgId;
  }

  @Mutation(() => String)
  @RequireAnyOf(RequireEditor(), RequireOrgRole('Owner', { org: orgFromArgs() }))
  rename(@Args('orgId') orgId: string): string {
    return orgId;
  }
}

const ownerOrEditor = () => RequireAnyOf(RequireOrgRole('Owner'), RequireEditor());

const SOUND: Type[] = [
  routeUnder('role-or-rule/:orgId', ownerOrEditor()),
  routeUnder('two-rules', RequireAnyOf(RequireEditor('a'), RequireEditor('b'))),
  routeUnder(
    'organizations',
    RequireAnyOf(
      RequireOrgMember({ org: orgFromQuery('a') }),
      RequireOrgRole('Owner', { org: orgFromQuery('b') }),
      RequireOrgMember({ org: activeOrg() }),
    ),
  ),
  routeUnder(
    'beside-rules/:orgId',
    RequireOrgRole('Member'),
    RequireEditor('all'),
    RequireAnyOf(RequireOrgRole('Admin'), RequirePermission('can_edit'), RequireEditor('this')),
  ),
  routeUnder(
    'two-decorators/:orgId',
    ownerOrEditor(),
    RequireAnyOf(RequireEditor('b'), RequireOrgMember()),
  ),
  routeUnder('visitors/:orgId', OptionalUser(), ownerOrEditor()),
  routeUnder('api-keys/:orgId', RequireUserOrApiKey(), ownerOrEditor()),
  routeUnder(
    'a-branch-for-each-kind/:orgId',
    RequireCaller('user', 'service'),
    RequireAnyOf(RequireOrgMember(), RequireScope('read')),
  ),
  routeUnder(
    'scopes',
    RequireCaller('service'),
    RequireScope('c'),
    RequireAnyOf(RequireScope('a'), RequireScope('b')),
  ),
];

const start = async (options: MatrixApplicationOptions) => {
  const { app } = await startMatrixApplication({
    module: { callerKinds: [ServiceTokens] },
    ...options,
    providers: [EditorRule, ServiceTokens, ...(options.providers ?? [])],
  });
  return expectAccess(app);
};

const startGraphql = () => start({ imports: [graphqlModule()], providers: [ReportsResolver] });

beforeEach(() => {
  asked = [];
});

describe('toHold() of @RequireAnyOf()', () => {
  it('passes if each branch alone lets in whom it should, and asks no rule', async () => {
    const access = await start({ controllers: SOUND });
    const { tried, notTried } = await access.toHold({ credentials });
    expect(tried).toHaveLength(SOUND.length);
    expect(notTried).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('passes over GraphQL', async () => {
    const { tried, notTried } = await (await startGraphql()).toHold();
    expect(tried).toHaveLength(2);
    expect(notTried).toEqual([]);
  });

  it.each<[string, () => void]>([
    [
      'branches that nobody asks',
      () => void jest.spyOn(anyOfRule, 'check').mockResolvedValue(undefined),
    ],
    [
      'a guard that lets in all',
      () => void jest.spyOn(PropelAuthGuard.prototype, 'canActivate').mockReturnValue(true),
    ],
    [
      'rules that are lost',
      () => {
        const decide = jest.spyOn(AccessDecider.prototype, 'policyOf' as never);
        decide.mockReturnValue({ callers: { everyone: true }, checks: [] } as never);
      },
    ],
  ])('finds %s', async (_what, plant) => {
    const http = await start({ controllers: [routeUnder('a/:orgId', ownerOrEditor())] });
    const graphql = await startGraphql();
    plant();
    for (const [access, role] of [
      [http, 'Admin'],
      [graphql, 'Member'],
    ] as const) {
      const message = await messageOf(access.toHold());
      expect(message).toContain(`  - a member with the role ${role}, who meets no branch\n`);
      expect(message).toContain(
        "  - a caller whom the rule 'editor' denies, who meets no branch\n",
      );
    }
  });

  it('finds a rule that is not enforced', async () => {
    const access = await start({ controllers: [routeUnder('a/:orgId', ownerOrEditor())] });
    jest.spyOn(ProbedVerdicts.prototype, 'of').mockResolvedValue(true);
    expect(await messageOf(access.toHold())).toContain(
      "allows a caller whom the rule 'editor' denies, who meets no branch.",
    );
  });

  it('finds a real rule that lets nobody in, whatever the other branches say', async () => {
    const access = await start({ controllers: [routeUnder('a/:orgId', ownerOrEditor())] });
    expect(await messageOf(access.toHold({ realRules: [EditorRule] }))).toContain(
      "GET /a/:orgId (OneRouteController.show) rejects a user, who meets only 'editor' (rule_denied).",
    );
  });

  it.each<[string, OrgSource, RegExp]>([
    [
      'a branch that looks for another organization',
      () => ({ orgId: 'another' }),
      /rejects a member with the role Owner, who meets only '.*' \(not_a_member\)\.[^]*the id of the organization from orgFor/,
    ],
    [
      'a branch behind one that throws',
      () => {
        throw new Error('No organization');
      },
      /rejects:\n.*\n {2}- a user, who meets only 'editor' \(error\)\n/,
    ],
  ])('finds %s', async (_what, org, message) => {
    const anyOf = RequireAnyOf(RequireOrgRole('Owner', { org }), RequireEditor());
    const access = await start({ controllers: [routeUnder('a', anyOf)] });
    expect(await messageOf(access.toHold({ orgFor: () => 'acme' }))).toMatch(message);
  });

  it('finds a branch that no accepted caller can meet', async () => {
    const branches = [RequireEditor(), RequireOrgRole('Guest', { exact: true })] as const;
    const access = await start({
      controllers: [routeUnder('a/:orgId', RequireAnyOf(...branches))],
    });
    expect(await messageOf(access.toHold())).toContain('knows no caller whom its rule allows');
  });
});
