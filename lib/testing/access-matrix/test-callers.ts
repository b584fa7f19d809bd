import type { DescribedHandler } from '../../audit/describe-access.js';
import type { HandlerAccess } from '../../rules/handler-access.js';
import type { FakePropelAuthApi } from '../fake-api/fake-propel-auth-api.js';
import { TestIssuer, type TestTokenOptions } from '../issuer/test-issuer.js';
import type { TestOrgMembership, TestUser } from '../issuer/test-user.interface.js';
import type { Credentials, NamedOrg, TestCaller } from './entry-point.js';
import { membershipsFor, type OrgMembership } from './org-memberships.js';

/** The organization of callers who are in another one. */
const OTHER_ORG: NamedOrg = {
  orgId: '0b0f7d1c-0000-4000-8000-00000000000b',
  urlSafeOrgName: '0b0f7d1c-0000-4000-8000-00000000000b',
};

const EXPIRED: TestTokenOptions = { expiresInSeconds: -3_600 };

/** Makes the callers that the rule of a handler distinguishes. Each differs from one who may call in a single thing. */
export class TestCallers {
  #stranger: Promise<TestIssuer> | undefined;

  constructor(
    private readonly issuer: TestIssuer,
    private readonly api: FakePropelAuthApi,
  ) {}

  /** The callers of a handler, when its calls name this organization. One who may call is first, if anyone may. */
  async of({ access }: DescribedHandler, org: NamedOrg): Promise<TestCaller[]> {
    switch (access.access) {
      case 'open':
      case 'public':
        return this.ofEveryone();
      case 'optional':
        return this.ofOptionalUsers();
      case 'user':
        return this.ofUsers(access, org);
      default:
        throw new Error(`Callers of ${access.access} are not made yet.`);
    }
  }

  private async ofEveryone(): Promise<TestCaller[]> {
    return [NOBODY, MALFORMED].map((caller) => ({ ...caller, mayCall: true }));
  }

  private async ofOptionalUsers(): Promise<TestCaller[]> {
    const unverified = [NOBODY, MALFORMED, ...(await this.withInvalidTokens({}))];
    return [
      { what: 'a user', mayCall: true, credentials: await this.tokenOf({}) },
      ...unverified.map((caller) => ({ ...caller, mayCall: true })),
    ];
  }

  private async ofUsers(access: HandlerAccess, org: NamedOrg): Promise<TestCaller[]> {
    const { enough, lacking } = membershipsFor(access.orgRequirements, this.issuer.roles);
    const hasOrgRules = access.orgRequirements.length > 0;
    const user = hasOrgRules ? userIn(org, enough) : {};
    return [
      ...(hasOrgRules && enough === undefined
        ? []
        : [
            {
              what: 'a user who may call it',
              mayCall: true,
              credentials: await this.tokenOf(user),
            },
          ]),
      NOBODY,
      MALFORMED,
      ...(await this.withInvalidTokens(user)),
      ...(hasOrgRules ? [await this.member(OTHER_ORG, enough, 'of another organization')] : []),
      ...(await Promise.all(lacking.map((one) => this.member(org, one, one.lack)))),
      ...(access.deniesImpersonation ? [await this.impersonated(user)] : []),
    ];
  }

  private async member(org: NamedOrg, membership: OrgMembership | undefined, which: string) {
    return {
      what: `a member ${which}`,
      mayCall: false,
      credentials: await this.tokenOf(userIn(org, membership)),
    };
  }

  private async impersonated(user: TestUser): Promise<TestCaller> {
    const credentials = await this.tokenOf({ ...user, impersonatorUserId: 'an-employee' });
    return { what: 'an employee who impersonates a user', mayCall: false, credentials };
  }

  private async withInvalidTokens(user: TestUser): Promise<TestCaller[]> {
    this.#stranger ??= TestIssuer.create({ authUrl: 'https://another-issuer.example.com' });
    const stranger = await this.#stranger;
    return [
      {
        what: 'a user whose token has expired',
        mayCall: false,
        credentials: await this.tokenOf(user, EXPIRED),
      },
      {
        what: 'a user with a token of another issuer',
        mayCall: false,
        credentials: { tokens: [await stranger.accessToken(withoutRoles(user))] },
      },
    ];
  }

  private async tokenOf(user: TestUser, options?: TestTokenOptions): Promise<Credentials> {
    this.api.addUser(user);
    return { tokens: [await this.issuer.accessToken(user, options)] };
  }
}

const NOBODY: TestCaller = {
  what: 'a caller without credentials',
  mayCall: false,
  credentials: { tokens: [] },
};

const MALFORMED: TestCaller = {
  what: 'a caller with a malformed token',
  mayCall: false,
  credentials: { tokens: ['malformed'] },
};

function userIn(org: NamedOrg, membership: OrgMembership | undefined): TestUser {
  // The roles are those of the issuer, which the compiler does not know.
  const { role, permissions } = (membership ?? { role: 'Member', permissions: [] }) as Pick<
    TestOrgMembership,
    'role' | 'permissions'
  >;
  return {
    email: `${role}-of-${org.orgId}@example.com`,
    orgs: [{ ...org, orgName: org.urlSafeOrgName, role, permissions }],
  };
}

/** Another issuer has the same claims to make, whatever its roles are called. */
function withoutRoles(user: TestUser): TestUser {
  return { ...user, orgs: [] };
}
