import { OrgMemberInfo, OrgRoleStructure } from '@propelauth/node-apis';
import type { UserState } from './user-state.js';
import { failuresInsteadOf } from '../../../test/propelauth/backend/failures.js';
import { API_KEY, AUTH_URL } from '../../../test/support/project.js';
import { PropelAuthServer, type Answer } from '../../../test/support/propelauth-server.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { BackendClient } from './backend-client.js';

const ID = '31c41c16-c281-44ae-9602-8a047e3bf33d';
const OTHER_ID = '00000000-0000-4000-8000-000000000000';
const ORG_ID = '1189c444-8a2d-4c41-8b4b-ae43ce79a492';

const membership = {
  org_id: ORG_ID,
  org_name: 'Acme Inc',
  org_metadata: { custom_key: 'customValue' },
  url_safe_org_name: 'acme-inc',
  org_role_structure: 'single_role_in_hierarchy',
  user_role: 'Admin',
  inherited_user_roles_plus_current_role: ['Admin', 'Member'],
  additional_roles: [],
  user_permissions: ['can_view_billing'],
};
const user = {
  user_id: ID,
  email: 'test@example.com',
  first_name: 'Test',
  last_name: null,
  username: 'tester',
  properties: { plan: 'pro' },
  enabled: true,
  org_id_to_org_info: { [ORG_ID]: membership },
};
const state: UserState = {
  isEnabled: true,
  orgs: new Map([
    [
      ORG_ID,
      new OrgMemberInfo(
        ORG_ID,
        'Acme Inc',
        { custom_key: 'customValue' },
        'acme-inc',
        'Admin',
        ['Admin', 'Member'],
        ['can_view_billing'],
        OrgRoleStructure.SingleRole,
        [],
      ),
    ],
  ]),
  profile: {
    email: 'test@example.com',
    firstName: 'Test',
    username: 'tester',
    properties: { plan: 'pro' },
  },
};

const withMembership = (changes: object) => ({
  ...user,
  org_id_to_org_info: { [ORG_ID]: { ...membership, ...changes } },
});

/** Users that do not match PropelAuth's documentation. */
const NOT_UNDERSTOOD: [what: string, user: unknown][] = [
  ['null', null],
  ['an array', [user]],
  ['another user', { ...user, user_id: OTHER_ID }],
  ['no id', { ...user, user_id: undefined }],
  ['an id in another case', { ...user, user_id: ID.toUpperCase() }],
  ['no enabled property', { ...user, enabled: undefined }],
  ['a string for enabled', { ...user, enabled: 'true' }],
  ['a number for enabled', { ...user, enabled: 1 }],
  ['no organizations', { ...user, org_id_to_org_info: undefined }],
  ['null for organizations', { ...user, org_id_to_org_info: null }],
  ['an array of organizations', { ...user, org_id_to_org_info: [membership] }],
  ['null for a membership', { ...user, org_id_to_org_info: { [ORG_ID]: null } }],
  ['a membership under another id', { ...user, org_id_to_org_info: { [OTHER_ID]: membership } }],
  ['a membership without an id', withMembership({ org_id: undefined })],
  // The others are in org-claims.spec.ts.
  ['a number for a role', withMembership({ user_role: 7 })],
  ['a number for an email address', { ...user, email: 7 }],
  ['an array for a first name', { ...user, first_name: ['Test'] }],
  ['a number for a last name', { ...user, last_name: 7 }],
  ['an object for a user name', { ...user, username: {} }],
  ['a number for a legacy id', { ...user, legacy_user_id: 7 }],
  ['an array for properties', { ...user, properties: [] }],
];

const server = await PropelAuthServer.start();
const client = new BackendClient(new ResolvedOptions({ authUrl: AUTH_URL, apiKey: API_KEY }));

function reasonOf(error: { reason: string }): string {
  return error.reason;
}

beforeEach(() => void (server.requests.length = 0));

describe('The current access of one user', () => {
  it("is requested the way PropelAuth's client requests it", async () => {
    server.answers({ status: 200, body: user });
    expect(await client.fetchUserState(ID)).toEqual(state);
    expect(server.requests).toMatchObject([
      { method: 'GET', path: `/api/backend/v1/user/${ID}?include_orgs=true` },
    ]);
  });

  it.each([
    ['without a role is none', { user_role: null }, []],
    [
      'without roles and permissions has none',
      {
        inherited_user_roles_plus_current_role: null,
        additional_roles: null,
        user_permissions: undefined,
      },
      [{ userInheritedRolesPlusCurrentRole: [], userPermissions: [] }],
    ],
  ])('has a membership that %s', async (_what, changes, orgs) => {
    server.answers({ status: 200, body: withMembership(changes) });
    const answer = await client.fetchUserState(ID);
    expect([...answer!.orgs.values()]).toMatchObject(orgs);
  });

  it.each(NOT_UNDERSTOOD)('is rejected if the response has %s', async (_what, body) => {
    server.answers({ status: 200, body: JSON.stringify(body) });
    expect(await client.fetchUserState(ID)).toBeUndefined();
  });

  it('is read from a response of up to 8 MiB, for a user in thousands of organizations', async () => {
    server.answers({ status: 200, body: JSON.stringify(user).padEnd(8 * 1_048_576) });
    expect(await client.fetchUserState(ID)).toEqual(state);
    server.answers({ status: 200, body: JSON.stringify(user).padEnd(8 * 1_048_576 + 1) });
    expect(await client.fetchUserState(ID)).toBeUndefined();
  });

  it('is empty after a 404 as PropelAuth sends it', async () => {
    server.answers({ status: 404, body: {} });
    expect(await client.fetchUserState(ID)).toBeNull();
  });

  it.each<[string, Answer]>([
    ['HTML', { status: 404, body: '<html>', headers: { 'content-type': 'text/html' } }],
    ['nothing', { status: 404, body: '' }],
    ['a message', { status: 404, body: { message: 'no Route matched' } }],
    ['an array', { status: 404, body: [] }],
  ])('is rejected if a 404 has %s', async (_what, answer) => {
    server.answers(answer);
    expect(await client.fetchUserState(ID)).toBeUndefined();
  });

  it.each(failuresInsteadOf(user).filter(([what]) => !what.includes('404')))(
    'is unknown after %s',
    async (_what, answer) => {
      server.answers(answer);
      const outcome: unknown = await client.fetchUserState(ID).catch(reasonOf);
      expect([undefined, 'propelauth_unavailable']).toContain(outcome);
    },
  );
});

describe('A 429 response', () => {
  it.each([
    [{ 'retry-after': '7' }, 7],
    [{}, 1],
  ])('with the headers %j pauses requests for %i s', async (headers, retryAfterSeconds) => {
    server.answers({ status: 429, headers });
    const expected = { reason: 'propelauth_unavailable', retryAfterSeconds };
    await expect(client.fetchUserState(ID)).rejects.toMatchObject(expected);
    await expect(client.fetchUserStates([ID])).rejects.toMatchObject(expected);
  });
});

describe('The current access of several users', () => {
  it("is requested the way PropelAuth's client requests it, and includes the users in the response", async () => {
    server.answers({ status: 200, body: [user] });
    expect(await client.fetchUserStates([OTHER_ID, ID])).toEqual(new Map([[ID, state]]));
    expect(server.requests).toMatchObject([
      { method: 'POST', path: '/api/backend/v1/user/user_ids?include_orgs=true' },
    ]);
  });

  it.each(NOT_UNDERSTOOD)('omits a user if the response has %s', async (_what, body) => {
    const other = { ...user, user_id: OTHER_ID, org_id_to_org_info: {} };
    server.answers({ status: 200, body: JSON.stringify([other, body]) });
    const states = await client.fetchUserStates([OTHER_ID, ID]);
    expect(states.get(ID)).toBeUndefined();
  });

  it('omits a user who is listed twice, and users who were not requested', async () => {
    const other = { ...user, user_id: OTHER_ID, org_id_to_org_info: {} };
    server.answers({ status: 200, body: [user, other, { ...user, enabled: false }] });
    expect(await client.fetchUserStates([ID])).toEqual(new Map());
  });

  it('is unknown after a response of more than 8 MiB, which is not an outage', async () => {
    server.answers({ status: 200, body: JSON.stringify([user]).padEnd(8 * 1_048_576 + 1) });
    expect(await client.fetchUserStates([ID])).toEqual(new Map());
  });

  it.each(failuresInsteadOf([user]))('is unknown after %s', async (_what, answer) => {
    server.answers(answer);
    const outcome: unknown = await client.fetchUserStates([ID, OTHER_ID]).catch(reasonOf);
    expect([new Map(), 'propelauth_unavailable']).toContainEqual(outcome);
  });
});
