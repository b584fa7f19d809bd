import { Controller, Get, type Type } from '@nestjs/common';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  DenyImpersonation,
  OptionalUser,
  orgFromHeader,
  orgFromMessage,
  orgFromQuery,
  PropelAuthConfigurationError,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { CurrentMcpToken, mcpServer, RequireMcpToken, RequireScope } from 'nestjs-propelauth/mcp';
import { failureOf } from '../support/application.js';
import { startGuarded } from '../support/guarded-application.js';
import { mcp } from '../support/mcp-options.js';
import { decorateHandler, routeUnder } from '../support/routes.js';

/** A route with a parameter of its handler. */
function routeWith(parameter: ParameterDecorator, ...decorators: MethodDecorator[]): Type {
  class ParameterController {
    @Get('parameter/:orgId')
    show() {}
  }
  parameter(ParameterController.prototype, 'show', 0);
  decorateHandler(ParameterController, 'show', ...decorators);
  Controller()(ParameterController);
  return ParameterController;
}

const route = (...decorators: MethodDecorator[]) => routeUnder('orgs/:orgId', ...decorators);

/** The first decorator on the class, the other on its only handler. */
function onClass(ofClass: ClassDecorator, ofHandler: MethodDecorator): Type {
  const controller = route(ofHandler);
  ofClass(controller);
  return controller;
}

const tokenSource = () => 'token';

/** Combinations that fail startup, by decorator. */
const FAILING: Record<string, Type[]> = {
  RequireUser: [
    route(RequireUser(), Public()),
    route(RequireUser(), OptionalUser()),
    route(RequireUser(), RequireApiKey()),
    route(RequireUser(), RequireUserOrApiKey()),
    route(RequireUser(), RequireMcpToken()),
    route(RequireUser(), RequireScope('read:reports')),
    route(RequireUser({ tokenSource }), RequireOrgMember({ tokenSource: () => 'other' })),
    route(RequireUser({ uncheckedOrg: true }), RequireOrgMember()),
  ],
  OptionalUser: [
    route(OptionalUser(), RequireOrgMember()),
    route(OptionalUser(), RequireOrgRole('Admin')),
    route(OptionalUser(), RequirePermission('can_pay')),
    route(OptionalUser(), RequireStepUpMfa('PAY')),
    route(OptionalUser(), DenyImpersonation()),
    onClass(OptionalUser(), RequireOrgMember()),
  ],
  Public: [
    route(Public(), RequireOrgMember()),
    route(Public(), RequireStepUpMfa('PAY')),
    route(Public(), DenyImpersonation()),
    route(Public(), RequireScope('read:reports')),
    routeWith(CurrentUser(), Public()),
    onClass(Public(), RequireUser()),
  ],
  RequireOrgMember: [
    routeUnder('reports', RequireOrgMember()),
    route(
      RequireOrgMember({ org: orgFromQuery() }),
      RequireOrgRole('Admin', { org: orgFromHeader('x') }),
    ),
    route(RequireOrgMember({ org: orgFromMessage() })),
    route(RequireOrgMember(), RequireApiKey({ kind: 'personal' })),
  ],
  RequireApiKey: [
    routeWith(CurrentUser(), RequireApiKey()),
    route(RequireApiKey({ uncheckedOrg: true }), RequireOrgMember()),
    route(RequireApiKey(), RequireStepUpMfa('PAY')),
    route(RequireApiKey(), DenyImpersonation()),
  ],
  RequireCaller: [
    route(RequireCaller('user', 'api-key'), RequireStepUpMfa('PAY')),
    route(RequireCaller('user'), RequireUser()),
  ],
  RequireUserOrApiKey: [
    route(RequireUserOrApiKey(), RequireStepUpMfa('PAY')),
    route(RequireUserOrApiKey({ uncheckedOrg: true }), RequireOrgMember()),
    route(RequireUserOrApiKey({ kind: 'personal' }), RequireOrgMember()),
  ],
  RequireStepUpMfa: [
    route(RequireStepUpMfa('PAY'), RequireScope('read:reports')),
    route(RequireStepUpMfa('PAY'), RequireStepUpMfa('DELETE')),
  ],
  DenyImpersonation: [route(DenyImpersonation(), RequireMcpToken())],
  RequireMcpToken: [
    route(RequireMcpToken({ scopes: ['other'] })),
    route(RequireMcpToken({ uncheckedOrg: true }), RequireOrgMember()),
    route(RequireMcpToken(), RequireOrgMember({ tokenSource })),
    routeWith(CurrentApiKey(), RequireMcpToken()),
  ],
  RequireScope: [
    route(RequireScope('other')),
    route(RequireScope('read:reports'), RequireApiKey()),
  ],
  CurrentUser: [routeWith(CurrentUser())],
  CurrentOrg: [routeWith(CurrentOrg(), RequireUser())],
  CurrentApiKey: [routeWith(CurrentApiKey(), RequireUser())],
  CurrentMcpToken: [routeWith(CurrentMcpToken(), RequireUser())],
};

/** Combinations that are allowed, by decorator. */
const WORKING: Record<string, Type[]> = {
  RequireOrgRole: [
    route(RequireOrgRole('Admin'), RequireOrgMember(), RequireUser()),
    route(RequireOrgRole('Admin'), RequireApiKey()),
    routeWith(CurrentOrg(), RequirePermission('can_pay'), RequireUserOrApiKey()),
  ],
  RequireCaller: [route(RequireCaller('mcp')), route(RequireCaller('api-key'), RequireOrgMember())],
  DenyImpersonation: [route(DenyImpersonation(), RequireUserOrApiKey())],
  RequireStepUpMfa: [routeWith(CurrentUser(), RequireStepUpMfa('PAY'), RequireOrgMember())],
  RequireMcpToken: [
    routeWith(CurrentUser(), RequireMcpToken(), RequireOrgMember()),
    routeWith(CurrentMcpToken(), RequireScope('read:reports'), RequireScope('write:reports')),
  ],
};

const listOf = (combinations: Record<string, Type[]>) =>
  Object.entries(combinations).flatMap(([name, controllers]) =>
    controllers.map((controller, index) => ({ name, number: index + 1, controller })),
  );

const start = (controller: Type) =>
  startGuarded({ controllers: [controller] }, { plugins: [mcpServer(mcp)] });

describe('A combination of decorators', () => {
  it.each(listOf(FAILING))('fails startup: @$name(), $number', async ({ controller }) => {
    expect(await failureOf(start(controller))).toBeInstanceOf(PropelAuthConfigurationError);
  });

  it.each(listOf(WORKING))('is allowed: @$name(), $number', async ({ controller }) => {
    expect(await failureOf(start(controller))).toBeUndefined();
  });

  it.each([
    ['an empty role', () => RequireOrgRole('')],
    ['no roles', () => RequireOrgRole({ anyOf: [] })],
    ['exact with anyOf', () => RequireOrgRole({ anyOf: ['Admin'] }, { exact: true })],
    ['an empty permission', () => RequirePermission('')],
    ['no permissions', () => RequirePermission([])],
    ['an empty action type', () => RequireStepUpMfa('')],
    ['no header', () => RequireStepUpMfa('PAY', { grantHeader: 'a b' })],
    ['no kind of callers', () => RequireCaller()],
    ['no scopes', () => RequireMcpToken({ scopes: [] })],
    ['no scope', () => RequireScope('a b')],
  ])('throws at its declaration: %s', (_what, make) => {
    expect(make).toThrow(TypeError);
  });
});
