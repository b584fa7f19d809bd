import {
  CurrentAccount,
  OptionalCaller,
  OptionalUser,
  OverrideRules,
  Public,
  orgFromBody,
  orgFromHeader,
  orgFromParam,
  orgFromQuery,
  orgNameFromParam,
  RequireApiKey,
  RequireCaller,
  RequireMetadata,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';

/** For arguments that TypeScript would not let through. */
const any = (value: unknown) => value as never;

describe('Arguments of decorators', () => {
  it.each<[string, () => unknown]>([
    ['an empty role', () => RequireOrgRole('')],
    ['an exact that is not a boolean', () => RequireOrgRole('Owner', any({ exact: 'true' }))],
    ['an unknown option of a role', () => RequireOrgRole('Owner', any({ exactly: true }))],
    ['a source that is not a function', () => RequireOrgRole('Owner', any({ org: 'orgId' }))],
    ['a source instead of the options', () => RequireOrgRole('Owner', any('orgId'))],
    ['null for the options', () => RequireOrgRole('Owner', any(null))],
    ['exact beside alternatives', () => RequireOrgRole({ anyOf: ['Owner'] }, { exact: true })],
    ['an empty list of permissions', () => RequirePermission([])],
    ['a second permission instead of the options', () => RequirePermission('a', any('b'))],
    ['exact for a permission', () => RequirePermission('a', any({ exact: true }))],
    ['an unknown option of a member', () => RequireOrgMember(any({ role: 'Owner' }))],
    ['a source that is null', () => RequireOrgMember(any({ org: null }))],
    ['a source that was not called', () => RequireOrgMember(any('orgFromParam'))],
    ['an empty path parameter', () => orgFromParam('')],
    ['an empty path parameter for a name', () => orgNameFromParam('')],
    ['an empty query parameter', () => orgFromQuery(' ')],
    ['a header without a name', () => orgFromHeader('')],
    ['a body property without a name', () => orgFromBody('')],
    ['a number for a path parameter', () => orgFromParam(any(1))],
    ['no kind of callers', () => RequireCaller()],
    ['a value that is not the name of a kind', () => RequireCaller(any('Service token'))],
    ['a list of kinds', () => RequireCaller(any(['user', 'api-key']))],
    ['a kind of callers twice', () => RequireCaller('user', 'user')],
    ['MCP clients beside users', () => RequireCaller('user', 'mcp')],
    ['an unknown kind of API keys', () => RequireApiKey(any({ kind: 'team' }))],
    ['a kind instead of the options', () => RequireApiKey(any('org'))],
    ['several kinds of API keys', () => RequireApiKey(any({ kind: ['org', 'generic'] }))],
    ['a text for metadata', () => RequireApiKey(any({ metadata: 'admin' }))],
    ['a list for metadata', () => RequireUserOrApiKey(any({ metadata: ['admin'] }))],
    ['words without metadata', () => RequireApiKey({ words: 'scope read' })],
    ['a function for metadata without words', () => RequireApiKey({ metadata: () => true })],
    ['an uncheckedOrg that is no boolean', () => RequireUser(any({ uncheckedOrg: 'yes' }))],
    ['an uncheckedOrg for optional users', () => OptionalUser(any({ uncheckedOrg: 1 }))],
    ['an uncheckedOrg for API keys', () => RequireApiKey(any({ uncheckedOrg: null }))],
    [
      'an uncheckedOrg of an organization rule',
      () => RequireOrgMember(any({ uncheckedOrg: 'yes' })),
    ],
    ['an unknown option of API keys', () => RequireUserOrApiKey(any({ type: 'org' }))],
    ['an argument of @Public()', () => (Public as (given: unknown) => unknown)({})],
    ['an empty action', () => RequireStepUpMfa('')],
    ['an unknown option of step-up MFA', () => RequireStepUpMfa('PAY', any({ header: 'x' }))],
    ['an invalid header', () => RequireStepUpMfa('PAY', { grantHeader: 'x grant' })],
    ['an empty header', () => RequireStepUpMfa('PAY', { grantHeader: '' })],
    ['an unknown option of an MCP token', () => RequireMcpToken(any({ scope: 'read:reports' }))],
    ['a scope instead of the options', () => RequireMcpToken(any('read:reports'))],
    ['null for the options of an MCP token', () => RequireMcpToken(any(null))],
    ['an empty list of scopes', () => RequireMcpToken({ scopes: [] })],
    ['metadata of API keys', () => RequireMetadata({ a: 1 }, { of: 'api-key' })],
    ['metadata of nobody', () => RequireMetadata({ a: 1 }, any({}))],
    ['a metadata function without words', () => RequireMetadata(() => true, { of: 'service' })],
    ['an empty scope', () => RequireScope('')],
    ['a scope of a kind without scopes', () => RequireScope('read', { of: 'user' })],
    ['an empty scope among alternatives', () => RequireScope({ anyOf: ['read:reports', ''] })],
    ['options instead of a scope', () => RequireScope(any({ of: 'service' }))],
    ['a second scope instead of the options', () => RequireScope('a', any('b'))],
    ['an unknown option of an account', () => CurrentAccount(any({ required: true }))],
    ['an empty property of an account', () => CurrentAccount('')],
    ['null for an account', () => CurrentAccount(any(null))],
    ['null for the options of an account', () => CurrentAccount('id', any(null))],
    ['a symbol for an account', () => CurrentAccount(any(Symbol('id')))],
    ['options before the property', () => CurrentAccount(any({ optional: true }), any('id'))],
    ['two properties of an account', () => CurrentAccount('id', any('name'))],
    ['a third argument', () => (CurrentAccount as Function)('id', {}, {}) as unknown],
  ])('are checked when the class is defined: %s throws', (_what, decorate) => {
    expect(decorate).toThrow(TypeError);
  });

  it.each<[string, () => unknown]>([
    ['a role with spaces', () => RequireOrgRole('Billing Manager')],
    ['a permission with colons', () => RequirePermission('ProductA::CanCreate')],
    ['a frozen list', () => RequirePermission(Object.freeze(['a', 'b']))],
    ['any function for a source', () => RequireOrgMember({ org: () => undefined })],
    ['no options', () => RequireOrgMember()],
    ['a frozen list of scopes', () => RequireMcpToken({ scopes: Object.freeze(['a', 'b']) })],
    ['one scope of an MCP token', () => RequireMcpToken({ scopes: 'a' })],
    ['alternatives of an MCP token', () => RequireMcpToken({ scopes: { anyOf: ['a', 'b'] } })],
    ['a list of scopes', () => RequireScope(Object.freeze(['a', 'b']))],
    ['alternative scopes', () => RequireScope({ anyOf: Object.freeze(['a', 'b']) })],
    ['a scope that is a URL', () => RequireScope('https://example.com/read#all')],
  ])('can be %s', (_what, decorate) => {
    expect(decorate).not.toThrow();
  });

  it('are checked: an unknown option is reported with the known ones', () => {
    expect(() => RequireOrgRole('Owner', any({ exactly: true }))).toThrow(/exactly.*exact, org/s);
  });

  it.each<[() => unknown, string]>([
    [() => OptionalCaller('User'), "@OptionalCaller('User') names no kind of callers."],
    [() => OptionalCaller('user', 'user'), "@OptionalCaller('user', 'user') names a kind twice."],
    [
      () => OptionalCaller('mcp'),
      "@OptionalCaller('mcp') names 'mcp', but an MCP server asks its clients to sign in.",
    ],
  ])('are checked: kinds of optional callers, %#', (decorate, message) => {
    expect(decorate).toThrow(message);
  });

  it('are checked: @OverrideRules() takes none, and is for methods', () => {
    class Reports {}
    const override = OverrideRules as unknown as (...args: unknown[]) => ClassDecorator;
    expect(() => override(RequireUser())).toThrow('@OverrideRules() takes no argument');
    expect(() => override()(Reports)).toThrow('@OverrideRules() is on the class Reports. Move it');
  });

  it('are checked: a decorator on a class property throws a TypeError', () => {
    expect(() => RequireUser()(class {}.prototype, 'property', any(undefined))).toThrow(TypeError);
  });
});
