import { Controller, Get, Post } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject } from '@nestjs/swagger';
import {
  DenyImpersonation,
  orgFromHeader,
  PropelAuthModule,
  RequireApiKey,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
  RequireUserOrApiKey,
} from 'nestjs-propelauth';
import { PropelAuthSwagger } from 'nestjs-propelauth/swagger';
import type { TestUser } from 'nestjs-propelauth/testing';
import { startApplication, type RunningApplication } from '../support/application.js';
import { Backend } from '../support/backend.js';
import { issuer, request } from '../support/guarded-application.js';
import { ACME_ID, alice, carol, dave } from '../support/project.js';
import { classOf } from '../support/routes.js';

const controller = classOf('ErrorsController', [Controller()], {
  user: [Get('user'), RequireUser()],
  member: [Get('orgs/:orgId'), RequireOrgMember()],
  role: [Get('orgs/:orgId/role'), RequireOrgRole('Admin'), RequirePermission('can_fly')],
  reports: [Get('reports'), RequireOrgMember({ org: orgFromHeader('x-org-id') })],
  pay: [Post('pay'), DenyImpersonation(), RequireStepUpMfa('PAY')],
  key: [Get('key'), RequireApiKey()],
  either: [Get('either'), RequireUserOrApiKey()],
});

/** A request that is rejected for the reason; with a key, PropelAuth is asked about it. */
const REJECTED: [reason: string, path: string, user: TestUser | null, apiKey: string | null][] = [
  ['token_missing', 'user', null, null],
  ['org_missing', 'reports', alice, null],
  ['not_a_member', 'orgs/{orgId}', dave, null],
  ['role_missing', 'orgs/{orgId}/role', carol, null],
  ['permission_missing', 'orgs/{orgId}/role', alice, null],
  ['step_up_required', 'pay', alice, null],
  ['api_key_missing', 'key', null, null],
  ['credential_missing', 'either', null, null],
  ['api_key_rate_limited', 'key', null, 'a'.repeat(64)],
  ['propelauth_unavailable', 'key', null, 'b'.repeat(64)],
];

const backend = await Backend.start();
backend.apiKeys.set('a'.repeat(64), { status: 429, body: { wait_seconds: 1 } });
backend.apiKeys.set('b'.repeat(64), { status: 500 });

async function start(debugMode: boolean): Promise<[RunningApplication, OpenAPIObject]> {
  const application = await startApplication({
    imports: [PropelAuthModule.forRoot({ ...issuer.moduleOptions, debugMode })],
    controllers: [controller],
  });
  const { app } = application;
  return [application, PropelAuthSwagger.createDocument(app, new DocumentBuilder().build())];
}

interface Example {
  summary: string;
  value: { statusCode: number; reason?: string };
}

function examplesOf(
  document: OpenAPIObject,
  path: string,
): [status: string, Record<string, Example>][] {
  const { get, post } = document.paths[`/${path}`] ?? {};
  return Object.entries((get ?? post)?.responses ?? {})
    .filter(([status]) => status >= '400')
    .map(([status, response]) => {
      if (response === undefined || !('content' in response))
        throw new Error(`${path} has no body for ${status}.`);
      return [status, response.content?.['application/json']?.examples as Record<string, Example>];
    });
}

describe.each([false, true])('With debugMode: %s', (debugMode) => {
  let application: RunningApplication;
  let document: OpenAPIObject;

  beforeAll(async () => {
    [application, document] = await start(debugMode);
  });

  it.each(REJECTED)('the example of %s is what /%s returns', async (reason, path, user, apiKey) => {
    const agent = request(application.url, user);
    const url = `/${path.replace('{orgId}', ACME_ID)}`;
    const calling = document.paths[`/${path}`]?.get ? agent.get(url) : agent.post(url);
    const { body, status } = await (apiKey ? calling.set('X-API-Key', apiKey) : calling);
    const examples = Object.fromEntries(examplesOf(document, path));
    // With debugMode, the body adds which roles the caller has.
    const message = (body as { message: string }).message.replace(/, but "Member"$/, '');
    expect(examples[status]?.[reason]?.value).toEqual({ ...body, message });
  });

  it('the example of token_expired is what /user returns', async () => {
    const token = await issuer.accessToken(alice, { expiresInSeconds: -120 });
    const call = request(application.url, null).get('/user');
    const { body } = await call.set('Authorization', `Bearer ${token}`);
    const examples = Object.fromEntries(examplesOf(document, 'user'));
    expect(examples['401']?.['token_expired']?.value).toEqual(body);
  });

  it('the description of a response is one sentence about all of its reasons', () => {
    expect(document.paths['/orgs/{orgId}/role']?.get?.responses['403']).toMatchObject({
      description:
        'The caller is not a member of the organization, or the caller does not have the required role in the organization, or the ' +
        'caller does not have the required permission in the organization.',
    });
  });

  it('each example has the status of its response, and only reasons that its route can return', () => {
    const reasons = Object.keys(document.paths).map((path) => [
      path,
      examplesOf(document, path.slice(1)).map(([status, examples]) => {
        for (const { value } of Object.values(examples)) {
          expect(String(value.statusCode)).toBe(status);
        }
        return [status, Object.keys(examples)];
      }),
    ]);
    expect(Object.fromEntries(reasons)).toEqual({
      '/user': [['401', ['token_missing', 'token_expired']]],
      '/orgs/{orgId}': [
        ['401', ['token_missing', 'token_expired']],
        ['403', ['not_a_member']],
      ],
      '/orgs/{orgId}/role': [
        ['401', ['token_missing', 'token_expired']],
        ['403', ['not_a_member', 'role_missing', 'permission_missing']],
      ],
      '/reports': [
        ['401', ['token_missing', 'token_expired']],
        ['403', ['org_missing', 'not_a_member']],
      ],
      '/pay': [
        ['401', ['token_missing', 'token_expired']],
        ['403', ['impersonation_denied', 'step_up_required']],
        ['503', ['propelauth_unavailable']],
      ],
      '/key': [
        ['401', ['api_key_missing']],
        ['429', ['api_key_rate_limited']],
        ['503', ['propelauth_unavailable']],
      ],
      '/either': [
        ['401', ['credential_missing', 'token_expired']],
        ['429', ['api_key_rate_limited']],
        ['503', ['propelauth_unavailable']],
      ],
    });
  });

  it('the shared schema has no example of its own', () => {
    expect(JSON.stringify(document.components?.schemas?.['PropelAuthError'])).not.toContain(
      'example',
    );
  });
});
