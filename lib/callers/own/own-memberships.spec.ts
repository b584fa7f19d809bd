import { OrgMemberInfo } from '@propelauth/node-apis';
import { readMemberships } from './own-memberships.js';

const member = (more = {}) => ({ orgId: 'acme', role: 'Member', ...more });

describe('The memberships that an application lists', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['an object', { acme: member() }],
    ['a list with undefined', [member({ orgId: 'globex' }), undefined]],
    ['a list with null', [null]],
    ['a list with a text', ['acme']],
    ['a function beside a membership', [member(), Object.assign(() => {}, member())]],
    ['no id', [{ role: 'Member' }]],
    ['an empty id', [member({ orgId: '' })]],
    ['no role', [{ orgId: 'acme' }]],
    ['inherited roles that are no list', [member({ inheritedRoles: 'Member' })]],
    ['an inherited role that is no text', [member({ inheritedRoles: ['Guest', 1] })]],
    ['permissions that are no list', [member({ permissions: { read: true } })]],
    ['a permission that is no text', [member({ permissions: ['read', 1] })]],
    ['an organization twice', [member(), member({ role: 'Owner' })]],
  ])('are none of the callers if they are or have %s', (_what, listed) => {
    expect(readMemberships(listed)).toBeUndefined();
  });

  it('are known by organization, with nothing but what is listed', () => {
    expect(readMemberships([])).toEqual({});
    expect(readMemberships([member(), member({ orgId: 'globex' })])).toEqual({
      acme: new OrgMemberInfo('acme', '', {}, '', 'Member', ['Member'], []),
      globex: new OrgMemberInfo('globex', '', {}, '', 'Member', ['Member'], []),
    });
  });

  it('have names, inherited roles and permissions if these are listed', () => {
    const names = { orgName: 'Acme', urlSafeOrgName: 'acme-inc' };
    const listed = [member({ ...names, inheritedRoles: ['Guest'], permissions: ['read'] })];
    expect(readMemberships(listed)).toEqual({
      acme: new OrgMemberInfo(
        'acme',
        'Acme',
        {},
        'acme-inc',
        'Member',
        ['Member', 'Guest'],
        ['read'],
      ),
    });
  });

  it('are taken over as they are if this package has made them', () => {
    const ofToken = Object.freeze(new OrgMemberInfo('acme', '', {}, '', 'Member', ['Member'], []));
    expect(readMemberships([ofToken])!['acme']).toBe(ofToken);
  });
});
