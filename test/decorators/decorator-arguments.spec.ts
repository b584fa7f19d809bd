import {
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';

/** For arguments that TypeScript would not let through. */
const any = (value: unknown) => value as never;

describe('Arguments of decorators', () => {
  it.each<[string, () => unknown]>([
    ['an empty role', () => RequireOrgRole('')],
    ['a blank role', () => RequireOrgRole(' ')],
    ['an undefined role', () => RequireOrgRole(any(undefined))],
    ['null for a role', () => RequireOrgRole(any(null))],
    ['a number for a role', () => RequireOrgRole(any(1))],
    ['a list of roles', () => RequireOrgRole(any(['Owner']))],
    ['an exact that is no boolean', () => RequireOrgRole('Owner', any({ exact: 'true' }))],
    ['an unknown option of a role', () => RequireOrgRole('Owner', any({ exactly: true }))],
    ['a source that is no function', () => RequireOrgRole('Owner', any({ org: 'orgId' }))],
    ['a source in place of the options', () => RequireOrgRole('Owner', any('orgId'))],
    ['null for the options', () => RequireOrgRole('Owner', any(null))],
    ['an empty permission', () => RequirePermission('')],
    ['a blank permission', () => RequirePermission('\t')],
    ['an undefined permission', () => RequirePermission(any(undefined))],
    ['an empty list of permissions', () => RequirePermission([])],
    ['an empty permission in a list', () => RequirePermission(['can_view_billing', ''])],
    ['undefined in a list', () => RequirePermission(any(['can_view_billing', undefined]))],
    ['a list in a list', () => RequirePermission(any([['can_view_billing']]))],
    ['a second permission for the options', () => RequirePermission('a', any('b'))],
    ['exact for a permission', () => RequirePermission('a', any({ exact: true }))],
    ['an unknown option of a member', () => RequireOrgMember(any({ role: 'Owner' }))],
    ['a source that is null', () => RequireOrgMember(any({ org: null }))],
    ['a source that was not called', () => RequireOrgMember(any('orgFromParam'))],
    ['an empty path parameter', () => orgFromParam('')],
    ['an empty path parameter for a name', () => orgNameFromParam('')],
    ['an empty query parameter', () => orgFromQuery(' ')],
    ['a header without a name', () => orgFromHeader(any(undefined))],
    ['a body property without a name', () => orgFromBody(any(undefined))],
    ['a number for a path parameter', () => orgFromParam(any(1))],
    ['an unknown kind of API keys', () => RequireApiKey(any({ kind: 'team' }))],
    ['a kind in place of the options', () => RequireApiKey(any('org'))],
    ['an unknown option of API keys', () => RequireUserOrApiKey(any({ type: 'org' }))],
    ['an empty action', () => RequireStepUpMfa('')],
    ['an undefined action', () => RequireStepUpMfa(any(undefined))],
    ['an unknown option of step-up MFA', () => RequireStepUpMfa('PAY', any({ header: 'x' }))],
    ['a header that cannot be one', () => RequireStepUpMfa('PAY', { grantHeader: 'x grant' })],
    ['an empty header', () => RequireStepUpMfa('PAY', { grantHeader: '' })],
  ])('are checked when the class is defined: %s throws', (_what, decorate) => {
    expect(decorate).toThrow(TypeError);
  });

  it.each<[string, () => unknown]>([
    ['a role with spaces', () => RequireOrgRole('Billing Manager')],
    ['a permission with colons', () => RequirePermission('ProductA::CanCreate')],
    ['a frozen list', () => RequirePermission(Object.freeze(['a', 'b']))],
    ['an undefined source', () => RequireOrgMember({ org: undefined })],
    ['any function for a source', () => RequireOrgMember({ org: () => undefined })],
    ['no options', () => RequireOrgMember()],
  ])('may be %s', (_what, decorate) => {
    expect(decorate).not.toThrow();
  });

  it('are checked: an unknown option is named with the known ones', () => {
    expect(() => RequireOrgRole('Owner', any({ exactly: true }))).toThrow(/exactly.*exact, org/s);
  });

  it('are checked: a decorator on a class property throws a TypeError', () => {
    expect(() => RequireUser()(class {}.prototype, 'property', any(undefined))).toThrow(TypeError);
  });
});
