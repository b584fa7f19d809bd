import { OrgMemberInfo, OrgRoleStructure, UserClass } from '@propelauth/node-apis';
import { narrowUser } from './narrowed-user.js';

const { SingleRole, MultiRole } = OrgRoleStructure;

function membership(structure?: OrgRoleStructure): OrgMemberInfo {
  const roles = ['Admin', 'Member'];
  return new OrgMemberInfo('org', 'Acme', {}, 'acme', 'Admin', roles, [], structure, []);
}

describe('A user with current access', () => {
  it.each<[string, OrgRoleStructure, OrgRoleStructure | undefined, OrgRoleStructure]>([
    ['in a hierarchy, as before', SingleRole, SingleRole, SingleRole],
    ['in a hierarchy, if the answer does not say', SingleRole, undefined, SingleRole],
    ['several, as the answer says', SingleRole, MultiRole, MultiRole],
    ['several, if the answer does not say', MultiRole, undefined, MultiRole],
    [
      'several until the next token, which alone can put them in a hierarchy',
      MultiRole,
      SingleRole,
      MultiRole,
    ],
  ])('has roles that are %s', (_, inToken, inAnswer, expected) => {
    const user = new UserClass({
      userId: 'user',
      email: 'alice@example.com',
      loginMethod: { loginMethod: 'password' },
      orgIdToOrgMemberInfo: { org: membership(inToken) },
    });

    const narrowed = narrowUser(user, {
      state: { isEnabled: true, orgs: new Map([['org', membership(inAnswer)]]) },
      hasLost: () => false,
    });

    expect(narrowed.getOrg('org')?.orgRoleStructure).toBe(expected);
  });
});
