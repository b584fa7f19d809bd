import { Injectable } from '@nestjs/common';
import type { AccountLoader, Caller, CallerKind } from 'nestjs-propelauth';
import { ACME_ID } from '../support/project.js';
import { accountOf, type TestAccount } from '../rules/account/accounts.js';
import { alice, EMPLOYEE } from './people.js';

export const SCOPE = 'read:reports';
export const REGION = { region: 'eu' };

/** A service of the application, and what it does not have. */
interface Service {
  readonly id: string;
  readonly lacks?: 'scope' | 'region' | 'org';
  readonly impersonator?: string;
}

export const SERVICES: readonly Service[] = [
  { id: 'service' },
  { id: 'service-no-scope', lacks: 'scope' },
  { id: 'service-no-region', lacks: 'region' },
  { id: 'service-no-org', lacks: 'org' },
  { id: 'service-by-employee', impersonator: EMPLOYEE },
];

/** An own kind of callers. The token of a service is its id. */
@Injectable()
export class ServiceTokens implements CallerKind<Service> {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];
  readonly identify = (token: string) => SERVICES.find(({ id }) => id === token);
  readonly key = () => 'billing';
  readonly scopes = ({ lacks }: Service) => (lacks === 'scope' ? [] : [SCOPE]);
  readonly metadata = ({ lacks }: Service) => (lacks === 'region' ? { region: 'us' } : REGION);
  readonly memberships = ({ lacks }: Service) =>
    lacks === 'org' ? [] : [{ orgId: ACME_ID, role: 'Admin', inheritedRoles: ['Member'] }];
  readonly impersonator = ({ impersonator }: Service) => impersonator;
}

/** The Owner and the services have an account. */
@Injectable()
export class Accounts implements AccountLoader<TestAccount> {
  load(caller: Caller): TestAccount | null {
    if ((caller.kind as string) === 'service') return { id: 'account of a service' };
    return caller.userId === alice.userId ? accountOf(caller) : null;
  }
}
