import * as common from '@nestjs/common';
import * as propelAuth from 'nestjs-propelauth';
import * as mcp from 'nestjs-propelauth/mcp';
import { loadEntry } from './compiled-module.js';

const {
  CurrentAccount,
  CurrentApiKey,
  CurrentCaller,
  CurrentOrg,
  CurrentUser,
  OnPropelAuthEvent,
  CurrentResource,
  OptionalCaller,
  RequireAnyOf,
  OptionalUser,
  orgFromArgs,
  orgFromBody,
  orgFromHeader,
  orgFromMessage,
  orgFromParam,
  orgFromQuery,
  orgNameFromHost,
  orgNameFromParam,
  RequireApiKey,
  RequireCaller,
  RequireMetadata,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireScope,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
  tokenFromCookie,
} = propelAuth;
const { CurrentMcpToken, RequireMcpToken } = mcp;

/** What a circular import leaves of anything. */
const gone = undefined as never;

/** What is undefined, the call with it, and how the message calls the decorator, if with its arguments. */
type Undefined = [what: string, call: () => unknown, of?: string];

const CALLS: Record<string, Undefined[]> = {
  '@RequireUser()': [
    ['Argument 1', () => RequireUser(gone)],
    ['The option tokenSource', () => RequireUser({ tokenSource: gone })],
    ['The option uncheckedOrg', () => RequireUser({ uncheckedOrg: gone })],
  ],
  '@OptionalUser()': [
    ['Argument 1', () => OptionalUser(gone)],
    ['The option tokenSource', () => OptionalUser({ tokenSource: gone })],
  ],
  '@RequireAnyOf()': [['Argument 1', () => RequireAnyOf(gone)]],
  '@OptionalCaller()': [['Argument 1', () => OptionalCaller(gone)]],
  '@CurrentResource()': [
    ['Argument 1', () => CurrentResource(gone)],
    ['Argument 2', () => CurrentResource(class Loader {} as never, gone)],
    ['The option optional', () => CurrentResource(class Loader {} as never, { optional: gone })],
  ],
  '@RequireOrgMember()': [
    ['Argument 1', () => RequireOrgMember(gone)],
    ['The option org', () => RequireOrgMember({ org: gone })],
    ['The option tokenSource', () => RequireOrgMember({ tokenSource: gone })],
  ],
  '@RequireOrgRole()': [
    ['Argument 1', () => RequireOrgRole(gone)],
    ['Argument 2', () => RequireOrgRole('Admin', gone)],
    ['The option org', () => RequireOrgRole('Admin', { org: gone })],
    ['The option exact', () => RequireOrgRole('Admin', { exact: gone })],
  ],
  '@RequirePermission()': [
    ['Argument 1', () => RequirePermission(gone)],
    ['Argument 2', () => RequirePermission('can_export', gone)],
    ['The option org', () => RequirePermission('can_export', { org: gone })],
  ],
  '@RequireApiKey()': [
    ['Argument 1', () => RequireApiKey(gone)],
    ['The option kind', () => RequireApiKey({ kind: gone })],
    ['The option metadata', () => RequireApiKey({ metadata: gone })],
    ['The option words', () => RequireApiKey({ metadata: { a: 1 }, words: gone })],
  ],
  '@RequireUserOrApiKey()': [
    ['Argument 1', () => RequireUserOrApiKey(gone)],
    ['The option kind', () => RequireUserOrApiKey({ kind: gone })],
  ],
  '@RequireCaller()': [
    ['Argument 1', () => RequireCaller(gone)],
    ['Argument 2', () => RequireCaller('user', gone)],
    [
      'The option uncheckedOrg',
      () => RequireCaller('user', { uncheckedOrg: gone }),
      "@RequireCaller('user')",
    ],
  ],
  '@RequireMetadata()': [
    ['Argument 1', () => RequireMetadata(gone, { of: 'service' })],
    ['Argument 2', () => RequireMetadata({ a: 1 }, gone)],
    ['The option of', () => RequireMetadata({ a: 1 }, { of: gone })],
    ['The option words', () => RequireMetadata({ a: 1 }, { of: 'service', words: gone })],
  ],
  '@RequireScope()': [
    ['Argument 1', () => RequireScope(gone)],
    ['Argument 2', () => RequireScope('read', gone)],
    ['The option of', () => RequireScope('read', { of: gone })],
  ],
  '@RequireStepUpMfa()': [
    ['Argument 1', () => RequireStepUpMfa(gone)],
    ['Argument 2', () => RequireStepUpMfa('PAY', gone)],
    [
      'The option grantHeader',
      () => RequireStepUpMfa('PAY', { grantHeader: gone }),
      "@RequireStepUpMfa('PAY')",
    ],
  ],
  '@RequireMcpToken()': [
    ['Argument 1', () => RequireMcpToken(gone)],
    ['The option scopes', () => RequireMcpToken({ scopes: gone })],
  ],
  '@OnPropelAuthEvent()': [
    ['Argument 1', () => OnPropelAuthEvent(gone)],
    ['Argument 2', () => OnPropelAuthEvent('user.created', gone)],
  ],
  '@CurrentUser()': [
    ['Argument 1', () => CurrentUser(gone)],
    ['Argument 2', () => CurrentUser('userId', gone)],
  ],
  '@CurrentCaller()': [['Argument 1', () => CurrentCaller(gone)]],
  '@CurrentOrg()': [['Argument 1', () => CurrentOrg(gone)]],
  '@CurrentApiKey()': [['Argument 1', () => CurrentApiKey(gone)]],
  '@CurrentMcpToken()': [['Argument 1', () => CurrentMcpToken(gone)]],
  '@CurrentAccount()': [
    ['Argument 1', () => CurrentAccount(gone)],
    ['Argument 2', () => CurrentAccount('id', gone)],
    ['The option optional', () => CurrentAccount({ optional: gone })],
  ],
  'orgFromParam()': [['Argument 1', () => orgFromParam(gone)]],
  'orgNameFromParam()': [['Argument 1', () => orgNameFromParam(gone)]],
  'orgNameFromHost()': [['Argument 1', () => orgNameFromHost(gone)]],
  'orgFromQuery()': [['Argument 1', () => orgFromQuery(gone)]],
  'orgFromHeader()': [['Argument 1', () => orgFromHeader(gone)]],
  'orgFromBody()': [['Argument 1', () => orgFromBody(gone)]],
  'orgFromArgs()': [['Argument 1', () => orgFromArgs(gone)]],
  'orgFromMessage()': [['Argument 1', () => orgFromMessage(gone)]],
  'tokenFromCookie()': [
    ['Argument 1', () => tokenFromCookie(gone)],
    ['Argument 2', () => tokenFromCookie('token', gone)],
    ['The option orHeader', () => tokenFromCookie('token', { orHeader: gone })],
    ['The option allowedOrigins', () => tokenFromCookie('token', { allowedOrigins: gone })],
  ],
};

const WITHOUT_ARGUMENTS = ['@DenyImpersonation()', '@Public()', 'activeOrg()', 'tokenFromHeader()'];

/** The decorators and sources among exported names, as messages call them. */
function calledInClasses(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (/^(?:(?:org|orgName|token)From[A-Z]|activeOrg$)/.test(name)) return `${name}()`;
    const isDecorator = /^(?:Require|Current|Optional|Deny|On|Public$)/;
    return isDecorator.test(name) ? `@${name}()` : [];
  });
}

const rows = Object.entries(CALLS).flatMap(([name, calls]) =>
  calls.map(([what, call, of = name]) => ({ what, call, of })),
);

describe('An argument that is there and undefined', () => {
  it.each(rows)('is an error: $what of $of', ({ what, call, of }) => {
    expect(call).toThrow(
      new TypeError(
        `${what} of ${of} is undefined, usually because of a circular import. Break the cycle, or leave it out.`,
      ),
    );
  });

  it('is tried with every decorator and every source', () => {
    const exported = new Set(calledInClasses([...Object.keys(propelAuth), ...Object.keys(mcp)]));
    expect(exported).toEqual(new Set([...Object.keys(CALLS), ...WITHOUT_ARGUMENTS]));
  });

  it('is an error where a circular import of CommonJS modules leaves it', () => {
    const entry = 'test/rules/decorators/circular-import/tenant-source.ts';
    expect(() =>
      loadEntry(entry, { '@nestjs/common': common, 'nestjs-propelauth': propelAuth }),
    ).toThrow(
      'The option org of @RequireOrgMember() is undefined, usually because of a circular import.',
    );
  });
});
