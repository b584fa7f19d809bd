import { ForbiddenException } from '@nestjs/common';
import * as fc from 'fast-check';
import type { OrgMemberInfo, User } from 'nestjs-propelauth';
import { stopClock } from '../support/fake-timers.js';
import { membershipIn, userClaims } from '../support/claims.js';
import { ACME, ACME_ID } from '../support/project.js';
import { BothSides } from './both-sides.js';
import { permission, role, validClaims } from './claims.arbitrary.js';
import { forge, ISSUER, NOW, type JsonObject } from '../support/forge.js';
import { membershipsIn } from './inspection.js';
import { PATIENCE, reproducible } from '../support/thorough.js';
import { outcomeOf, Tally } from './tally.js';

/** What is asked about a user: whether they are in an organization, and meet a requirement there. */
interface Question {
  readonly check: Check;
  readonly orgId: string;
  readonly requirement: string | string[];
}

const CHECKS = ['member', 'minimum role', 'exact role', 'permission', 'all permissions'] as const;
type Check = (typeof CHECKS)[number];

/** What they allow and we refuse. */
const STRICTER_HERE: { name: string; applies: (question: Question) => boolean }[] = [
  {
    name: 'an empty list of permissions, which would let every member in',
    applies: ({ requirement }) => requirement.length === 0,
  },
  {
    name: 'a role or permission without a name',
    applies: ({ check, requirement }) =>
      check !== 'member' && [requirement].flat().some((name) => name.trim() === ''),
  },
  {
    name: 'an organization id that is no plain string',
    applies: ({ orgId }) => typeof orgId !== 'string',
  },
];

const NAMELESS = fc.constantFrom('', ' ');

function oneOrRarely<T>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: rare });
}

const requirementOf: Record<Check, fc.Arbitrary<string | string[]>> = {
  member: fc.constant('-'),
  'minimum role': oneOrRarely(role, NAMELESS),
  'exact role': oneOrRarely(role, NAMELESS),
  permission: oneOrRarely(permission, NAMELESS),
  'all permissions': fc.array(oneOrRarely(permission, NAMELESS), { maxLength: 3 }),
};

const elsewhere = fc.constantFrom('', 'elsewhere', 'constructor', '__proto__', 'hasOwnProperty');

/** A question about an organization of the user, if there is one, and now and then about another one. */
function questionAbout(claims: JsonObject): fc.Arbitrary<Question> {
  const own = membershipsIn(claims).map(([orgId]) => String(orgId));
  const ownOrg = own.length > 0 ? fc.constantFrom(...own) : elsewhere;
  const asList = ownOrg.map((id) => [id] as unknown as string);
  return fc.constantFrom(...CHECKS).chain((check) =>
    fc.record({
      check: fc.constant(check),
      orgId: oneOrRarely(ownOrg, fc.oneof(elsewhere, asList)),
      requirement: requirementOf[check],
    }),
  );
}

const questioned = validClaims.chain((claims) =>
  fc.record({ claims: fc.constant(claims), question: questionAbout(claims) }),
);

stopClock(NOW * 1000);
const sides = await BothSides.start();

async function askTheirs(
  authorization: string,
  { check, orgId, requirement }: Question,
): Promise<OrgMemberInfo | undefined> {
  const { theirs } = sides;
  const [one, all] = [requirement as string, requirement as string[]];
  const org = { orgId };
  try {
    const answer = await {
      member: () => theirs.validateAccessTokenAndGetUserWithOrgInfo(authorization, org),
      'minimum role': () =>
        theirs.validateAccessTokenAndGetUserWithOrgInfoWithMinimumRole(authorization, org, one),
      'exact role': () =>
        theirs.validateAccessTokenAndGetUserWithOrgInfoWithExactRole(authorization, org, one),
      permission: () =>
        theirs.validateAccessTokenAndGetUserWithOrgInfoWithPermission(authorization, org, one),
      'all permissions': () =>
        theirs.validateAccessTokenAndGetUserWithOrgInfoWithAllPermissions(authorization, org, all),
    }[check]();
    return answer.orgMemberInfo;
  } catch {
    return undefined;
  }
}

/** A refusal is a 403, or a TypeError for a requirement that makes no sense. All else fails the test. */
function askOurs(user: User, { check, orgId, requirement }: Question): OrgMemberInfo | undefined {
  const { ours } = sides;
  const [one, all] = [requirement as string, requirement as string[]];
  try {
    return {
      member: () => ours.requireOrgMember(user, orgId),
      'minimum role': () => ours.requireOrgMemberWithMinimumRole(user, orgId, one),
      'exact role': () => ours.requireOrgMemberWithExactRole(user, orgId, one),
      permission: () => ours.requireOrgMemberWithPermission(user, orgId, one),
      'all permissions': () => ours.requireOrgMemberWithAllPermissions(user, orgId, all),
    }[check]();
  } catch (error) {
    const isSenseless =
      check !== 'member' && (all.length === 0 || [requirement].flat().some((name) => !name.trim()));
    expect(error).toBeInstanceOf(isSenseless ? TypeError : ForbiddenException);
    return undefined;
  }
}

/** The membership that each side answers with, or nothing. */
async function ask(
  claims: JsonObject,
  question: Question,
): Promise<{ theirs?: OrgMemberInfo; ours?: OrgMemberInfo }> {
  const token = forge({ iss: ISSUER, iat: NOW, exp: NOW + 60, ...claims });
  return {
    theirs: await askTheirs(`Bearer ${token}`, question),
    ours: askOurs(await sides.ours.validateAccessToken(token), question),
  };
}

describe('Organization checks of this package and of @propelauth/node', () => {
  it(
    'have the same result and membership, except for the listed differences',
    async () => {
      const byCheck = new Tally();
      const byDifference = new Tally();

      await fc.assert(
        fc.asyncProperty(questioned, async ({ claims, question }) => {
          const { theirs, ours } = await ask(claims, question);
          const outcome = outcomeOf(theirs !== undefined, ours !== undefined);
          const listed = STRICTER_HERE.filter(({ applies }) => applies(question));
          byCheck.add(question.check, outcome);
          for (const { name } of listed) byDifference.add(name, outcome);

          expect(['both refuse', listed.length > 0 ? 'only they accept' : 'both accept']).toContain(
            outcome,
          );
          // Undefined where this side refuses.
          expect([theirs?.orgId, undefined]).toContain(ours?.orgId);
        }),
        reproducible<[{ claims: JsonObject; question: Question }]>(2_000),
      );

      byCheck.print('Organization checks');
      byDifference.print('Organization checks, by listed difference');
      for (const check of CHECKS) {
        expect([check, byCheck.count(check, 'both accept') > 0]).toEqual([check, true]);
        expect([check, byCheck.count(check, 'both refuse') > 0]).toEqual([check, true]);
      }
    },
    PATIENCE,
  );

  describe('allowed by @propelauth/node and rejected by this package', () => {
    const alice = userClaims('alice', membershipIn(ACME, 'Admin', { user_permissions: [''] }));
    const withoutRole = userClaims('alice', membershipIn(ACME, 'Admin', { user_role: null }));

    it.each<{ what: string; claims: JsonObject; question: Question }>([
      {
        what: 'an empty list of permissions',
        claims: alice,
        question: { check: 'all permissions', orgId: ACME_ID, requirement: [] },
      },
      {
        what: 'a permission without a name',
        claims: alice,
        question: { check: 'permission', orgId: ACME_ID, requirement: '' },
      },
      {
        what: 'a list that contains the id',
        claims: alice,
        question: {
          check: 'member',
          orgId: [ACME_ID] as unknown as string,
          requirement: '-',
        },
      },
      {
        what: 'a membership without a role',
        claims: withoutRole,
        question: { check: 'member', orgId: ACME_ID, requirement: '-' },
      },
    ])('$what', async ({ claims, question }) => {
      const { theirs, ours } = await ask(claims, question);
      expect(theirs).toMatchObject({ orgId: ACME_ID });
      expect(ours).toBeUndefined();
    });
  });
});
