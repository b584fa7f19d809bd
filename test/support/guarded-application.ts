import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { PropelAuthModule } from 'nestjs-propelauth';
import { TestIssuer, type TestUser } from 'nestjs-propelauth/testing';
import supertest from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { startApplication, type RunningApplication } from './application.js';
import { headersOf, ROLES } from './project.js';

export type PropelAuthOptions = Parameters<typeof PropelAuthModule.forRoot>[0];

/** Issues the tokens of the users of project.ts. */
export const issuer = await TestIssuer.create({ roles: ROLES });

/** Starts an application with `PropelAuthModule`, which accepts the tokens of the issuer. */
export function startGuarded(
  { imports = [], ...metadata }: ModuleMetadata,
  options: Partial<PropelAuthOptions> = {},
  prepare?: (app: INestApplication) => void,
): Promise<RunningApplication> {
  const propelAuth = PropelAuthModule.forRoot({ ...issuer.moduleOptions, ...options });
  return startApplication({ imports: [propelAuth, ...imports], ...metadata }, prepare);
}

/** supertest, with the access token of a user; `null` sends none. */
export function request(
  url: string,
  user: TestUser | null = null,
  claims?: Record<string, unknown>,
): TestAgent {
  return supertest.agent(url).use(withToken(user, claims));
}

/** A plugin of supertest. Signing is asynchronous, so it adds the token when the request is sent. */
function withToken(user: TestUser | null, claims?: Record<string, unknown>) {
  return (test: supertest.Test): void => {
    const end = test.end.bind(test);
    test.end = (callback) => {
      const send = (headers: Record<string, string>) => void end.call(test.set(headers), callback);
      void headersOf(issuer, user, claims).then(send);
      return test;
    };
  };
}
