import {
  createEmulator,
  TestIssuer,
  type TestOrgMembership,
  type TestRole,
  type TestUser,
} from 'nestjs-propelauth/testing';
import type { Seed } from 'propelauth-emulator';
import { expectType, type Equal } from '../equality.js';

expectType<Equal<TestRole['name'], 'Owner' | 'Admin' | 'Member'>>();
expectType<Equal<TestOrgMembership['role'], 'Owner' | 'Admin' | 'Member'>>();

export async function ofAnIssuer() {
  const issuer = await TestIssuer.create({
    roles: ['Owner', { name: 'Admin', permissions: ['can_view_billing'] }, 'Member'],
  });
  const emulator = await createEmulator();
  emulator.addUser({ orgs: [{ role: 'Admin' }] });
  const member: TestUser = {
    orgs: [{ role: 'Member', additionalRoles: ['Admin'], permissions: ['can_edit_billing'] }],
  };
  // @ts-expect-error -- no such role
  await TestIssuer.create({ roles: ['Ownr'] });
  // @ts-expect-error -- no such role
  await TestIssuer.create({ roles: [{ name: 'Ownr' }] });
  // @ts-expect-error -- no such permission
  await TestIssuer.create({ roles: [{ name: 'Owner', permissions: ['typo'] }] });
  // @ts-expect-error -- no such role
  await issuer.accessToken({ orgs: [{ role: 'Ownr' }] });
  // @ts-expect-error -- no such role
  issuer.org({ role: 'Member', additionalRoles: ['Admn'] });
  // @ts-expect-error -- no such permission
  issuer.org({ role: 'Member', permissions: ['typo'] });
  // @ts-expect-error -- no such role
  emulator.addUser({ orgs: [{ role: 'Ownr' }] });
  // @ts-expect-error -- no such role
  await emulator.issuer.accessToken({ orgs: [{ role: 'Ownr' }] });
  return [issuer.org({ role: 'Owner' }).isAtLeastRole('Admin'), issuer.user(member)];
}

/** A seed is JSON, in which the compiler sees nothing but strings: it is read, and checked, when the application starts. */
export function ofASeed(role: string, permission: string): Seed {
  return {
    roles: [role, { name: role, permissions: [permission] }],
    orgs: [{ name: 'Acme Inc' }],
    users: [{ name: 'alice', orgs: [{ org: 'Acme Inc', role, permissions: [permission] }] }],
  };
}
