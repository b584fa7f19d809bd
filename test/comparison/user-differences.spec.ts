import type { User } from 'nestjs-propelauth';
import { stopClock } from '../support/fake-timers.js';
import { membershipIn } from '../support/claims.js';
import { ACME, ACME_ID } from '../support/project.js';
import { BothSides } from './both-sides.js';
import { forge, ISSUER, NOW, type JsonObject } from '../support/forge.js';

function inAcme(overrides: JsonObject): JsonObject {
  return { org_member_info: membershipIn(ACME, 'Admin', overrides) };
}

stopClock(NOW * 1000);
const sides = await BothSides.start();

async function usersOf(claims: JsonObject): Promise<{ theirs: User; ours: User }> {
  const token = forge({ iss: ISSUER, iat: NOW, exp: NOW + 60, user_id: 'user-alice', ...claims });
  const [theirs, ours] = [
    await sides.askTheirs(`Bearer ${token}`),
    await sides.askOurs(`Bearer ${token}`),
  ];
  if (!theirs.accepted || !ours.accepted) throw new Error('Both sides have to accept the token');
  return { theirs: theirs.user, ours: ours.user };
}

/** What withNullRead() evens out before users are compared, case by case. */
describe('The user of one token', () => {
  it('has null there and no value here for a null claim', async () => {
    const { theirs, ours } = await usersOf({ email: null });
    expect(theirs.email).toBeNull();
    expect(ours.email).toBeUndefined();
  });

  it('has null there and no value here for null in a membership', async () => {
    const { theirs, ours } = await usersOf(inAcme({ legacy_org_id: null }));
    expect(theirs.getActiveOrg()?.legacyOrgId).toBeNull();
    expect(ours.getActiveOrg()?.legacyOrgId).toBeUndefined();
  });

  it.each([[null], [undefined]])(
    'keeps metadata of %s there and has empty metadata here',
    async (absent) => {
      const { theirs, ours } = await usersOf(inAcme({ org_metadata: absent }));
      expect(theirs.getActiveOrg()?.orgMetadata).toBe(absent);
      expect(ours.getActiveOrg()?.orgMetadata).toEqual({});
    },
  );

  it.each([[null], [undefined]])(
    'throws a TypeError there and has no permissions here for permissions of %s',
    async (absent) => {
      const { theirs, ours } = await usersOf(inAcme({ user_permissions: absent }));
      expect(() => theirs.hasPermission(ACME_ID, 'can_view_billing')).toThrow(TypeError);
      expect(ours.hasPermission(ACME_ID, 'can_view_billing')).toBe(false);
    },
  );

  it.each([[null], [undefined]])(
    'throws a TypeError there and has no inherited roles here for inherited roles of %s',
    async (absent) => {
      const { theirs, ours } = await usersOf(
        inAcme({ inherited_user_roles_plus_current_role: absent }),
      );
      expect(() => theirs.isAtLeastRole(ACME_ID, 'Member')).toThrow(TypeError);
      expect(ours.isAtLeastRole(ACME_ID, 'Member')).toBe(false);
    },
  );

  it.each([[null], [undefined]])(
    'has a membership with permissions there and none here for a role of %s',
    async (absent) => {
      const { theirs, ours } = await usersOf(inAcme({ user_role: absent }));
      expect(theirs.hasPermission(ACME_ID, 'can_view_billing')).toBe(true);
      expect(ours.hasPermission(ACME_ID, 'can_view_billing')).toBe(false);
      expect(ours.getOrgs()).toEqual([]);
      expect(ours.getActiveOrgId()).toBeUndefined();
    },
  );

  it('can be changed there and is frozen here', async () => {
    const { theirs, ours } = await usersOf(inAcme({}));
    expect(Object.isFrozen(theirs)).toBe(false);
    expect(Object.isFrozen(ours)).toBe(true);
  });
});
