import { Controller, Get, Param } from '@nestjs/common';
import {
  CurrentOrg,
  CurrentUser,
  RequireOrgMember,
  type OrgMemberInfo,
  type User,
} from 'nestjs-propelauth';
import request from 'supertest';
import type { RunningApplication } from '../support/application.js';
import { issuer, startGuarded } from '../support/guarded-application.js';
import { ACME, ACME_ID, GLOBEX_ID, userIn } from '../support/project.js';

const erin = {
  ...userIn('erin', {
    ...ACME,
    role: 'Member',
    orgMetadata: { limits: { seats: 3 } },
    additionalRoles: ['Owner'],
  }),
  properties: { theme: { color: 'blue' }, tags: ['a'] },
};

/** Where a careless handler, or a library that it calls, may write: an object and a key of it. */
const places: Record<string, (user: User, org: OrgMemberInfo) => [unknown, string | number]> = {
  'the user id': (user) => [user, 'userId'],
  'a new property': (user) => [user, 'isRoot'],
  'the organizations': (user) => [user, 'orgIdToUserOrgInfo'],
  'another organization': (user) => [user.orgIdToUserOrgInfo, GLOBEX_ID],
  'an organization': (user) => [user.orgIdToUserOrgInfo, ACME_ID],
  'the login method': (user) => [user.loginMethod, 'loginMethod'],
  'the properties': (user) => [user.properties, 'theme'],
  'the properties, nested': (user) => [user.properties?.['theme'], 'color'],
  'an array in the properties': (user) => [user.properties?.['tags'], 1],
  'the role': (_user, org) => [org, 'userAssignedRole'],
  'the inherited roles': (_user, org) => [org.inheritedRolesPlusCurrentRole, 1],
  'the additional roles': (_user, org) => [org.userAssignedAdditionalRoles, 1],
  'the permissions': (_user, org) => [org.permissions, 1],
  'a permission': (_user, org) => [org.permissions, 0],
  'the metadata': (_user, org) => [org.orgMetadata, 'plan'],
  'the metadata, nested': (_user, org) => [org.orgMetadata['limits'], 'seats'],
};

@Controller('orgs/:orgId')
@RequireOrgMember()
class OrgController {
  @Get()
  show(@CurrentUser() user: User) {
    return user;
  }

  @Get('write/:place')
  write(@CurrentUser() user: User, @CurrentOrg() org: OrgMemberInfo, @Param('place') name: string) {
    const [target, key] = places[name]?.(user, org) ?? [];
    if (typeof target !== 'object' || target === null || key === undefined) return {};
    try {
      (target as Record<string | number, unknown>)[key] = 'written';
      return { outcome: 'written' };
    } catch (error) {
      return { outcome: (error as Error).name };
    }
  }

  @Get('write-carelessly')
  writeCarelessly(@CurrentUser() user: User) {
    user.userId = 'user-root';
    return user;
  }
}

describe.each([{ tokenCache: undefined }, { tokenCache: false as const }])(
  'A user, with tokenCache $tokenCache,',
  (options) => {
    let application: RunningApplication;
    let token: string;

    beforeAll(async () => {
      application = await startGuarded({ controllers: [OrgController] }, options);
      token = await issuer.accessToken(erin);
    });

    async function get(path: string) {
      const { status, body } = await request(application.url)
        .get(`/orgs/${ACME_ID}${path}`)
        .set('Authorization', `Bearer ${token}`);
      return { status, body };
    }

    it.each(Object.keys(places))('cannot be written to: %s', async (place) => {
      const before = await get('');
      expect(before.status).toBe(200);
      expect(await get(`/write/${encodeURIComponent(place)}`)).toEqual({
        status: 200,
        body: { outcome: 'TypeError' },
      });
      expect(await get('')).toEqual(before);
    });

    it('throws for a handler that tries it, without affecting other requests', async () => {
      const before = await get('');
      const [careless, ...others] = await Promise.all([get('/write-carelessly'), get(''), get('')]);
      expect(careless).toEqual({
        status: 500,
        body: { statusCode: 500, message: 'Internal server error' },
      });
      expect(others).toEqual([before, before]);
    });

    it('is safely shared by concurrent requests with the same new token', async () => {
      token = await issuer.accessToken({ ...erin, username: 'erin' });
      const answers = await Promise.all(Array.from({ length: 10 }, () => get('')));
      expect(answers.map(({ status, body }) => [status, body.userId, body.username])).toEqual(
        Array.from({ length: 10 }, () => [200, erin.userId, 'erin']),
      );
    });
  },
);
