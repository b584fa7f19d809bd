import * as vendor from '@propelauth/node-apis';
import { decodeJwt } from 'jose';
import { createEmulator, type TestEmulator } from 'nestjs-propelauth/testing';
import type { PropelAuthApi } from 'nestjs-propelauth';
import { apiOf } from '../support/emulator.js';

const PAID = ['can_view_reports', 'can_export'];

const seed = {
  roles: [{ name: 'Owner', permissions: ['can_view_reports'] }, 'Member'],
  roleMappings: [
    {
      name: 'Paid',
      roles: [{ name: 'Owner', permissions: PAID }],
    },
    { name: 'Suspended', roles: [{ name: 'Owner' }] },
  ],
  orgs: [{ name: 'Acme Inc', roleMapping: 'Paid' }, { name: 'Globex' }],
  users: [
    {
      name: 'alice',
      orgs: [
        { org: 'Acme Inc', role: 'Owner' },
        { org: 'Globex', role: 'Owner' },
      ],
    },
    { name: 'carol', orgs: [{ org: 'Acme Inc', role: 'Member', permissions: ['can_export'] }] },
  ],
};

let emulator: TestEmulator;
let api: PropelAuthApi;
let acme: string;

beforeEach(async () => {
  emulator = await createEmulator({ seed });
  api = apiOf(emulator);
  acme = emulator.issuer.orgId('Acme Inc');
});

/** The permissions in each organization, as a new token of the user has them. */
async function permissionsOf(name: string): Promise<Record<string, unknown>> {
  const claims = decodeJwt(await emulator.issuer.accessToken(emulator.user(name)));
  const orgs = claims['org_id_to_org_member_info'] as Record<
    string,
    { org_name: string; user_permissions: string[] }
  >;
  return Object.fromEntries(Object.values(orgs).map((org) => [org.org_name, org.user_permissions]));
}

describe('A role mapping of the emulator', () => {
  it('gives the roles of its organizations other permissions, in tokens and the backend API', async () => {
    expect(await permissionsOf('alice')).toEqual({
      'Acme Inc': PAID,
      Globex: ['can_view_reports'],
    });
    const { orgIdToOrgInfo } = (await api.fetchUserMetadataByEmail('alice@example.com', true))!;
    expect(orgIdToOrgInfo?.[acme]?.['userPermissions']).toEqual(PAID);
  });

  it('does not change permissions of a membership itself', async () => {
    expect(await permissionsOf('carol')).toEqual({ 'Acme Inc': ['can_export'] });
  });

  it('is changed by subscribeOrgToRoleMapping(), for the next token, until reset()', async () => {
    expect(await api.subscribeOrgToRoleMapping(acme, 'Suspended')).toBe(true);
    expect(await permissionsOf('alice')).toMatchObject({ 'Acme Inc': [] });
    expect(await api.fetchOrg(acme)).toMatchObject({ customRoleMappingName: 'Suspended' });
    expect(await api.subscribeOrgToRoleMapping(acme, 'Paid')).toBe(true);
    expect(await permissionsOf('alice')).toMatchObject({ 'Acme Inc': PAID });
    await api.subscribeOrgToRoleMapping(acme, 'Suspended');
    emulator.reset();
    expect(await permissionsOf('alice')).toMatchObject({ 'Acme Inc': PAID });
  });

  it('changes for a user who was added to the emulator', async () => {
    emulator.addUser({ username: 'erin', orgs: [{ orgName: 'Acme Inc', role: 'Owner' }] });
    expect(await permissionsOf('erin')).toEqual({ 'Acme Inc': PAID });
    await api.subscribeOrgToRoleMapping(acme, 'Suspended');
    expect(await permissionsOf('erin')).toEqual({ 'Acme Inc': [] });
  });

  it('is listed with the number of its organizations', async () => {
    await api.createOrg({ name: 'Initech', customRoleMappingName: 'Paid' });
    expect(await api.fetchCustomRoleMappings()).toEqual({
      customRoleMappings: [
        { customRoleMappingName: 'Paid', numOrgsSubscribed: 2 },
        { customRoleMappingName: 'Suspended', numOrgsSubscribed: 0 },
      ],
    });
  });

  it('is unknown under another name', async () => {
    const subscribing = api.subscribeOrgToRoleMapping(acme, 'Free');
    await expect(subscribing).rejects.toMatchObject({
      cause: expect.any(vendor.UpdateOrgException) as unknown,
    });
    expect(await permissionsOf('alice')).toMatchObject({
      'Acme Inc': PAID,
    });
  });
});
