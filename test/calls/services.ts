import { Injectable } from '@nestjs/common';
import {
  accessRule,
  type AccessCall,
  type AccessRule,
  type AccountLoader,
  type Caller,
  type CallerKind,
} from 'nestjs-propelauth';
import { ACME_ID } from '../support/project.js';
import { accountOf, type TestAccount } from '../rules/account/accounts.js';
import { alice, carol, EMPLOYEE } from './people.js';
import { Witness } from './witness.js';

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
  constructor(private readonly witness: Witness) {}

  load(caller: Caller): TestAccount | null {
    this.witness.loadedAccount();
    if ((caller.kind as string) === 'service') return { id: 'account of a service' };
    return caller.userId === alice.userId ? accountOf(caller) : null;
  }
}

/** A rule of the application that only Owners of the organization meet. */
@Injectable()
class OwnerRule implements AccessRule<[], 'org', 'owner_required'> {
  readonly name = 'owner';
  readonly requires = ['org'] as const;
  readonly denials = { owner_required: 402 } as const;

  async authorize({ org }: AccessCall<'org'>) {
    return org.isRole('Owner');
  }
}

/** One that lets in visitors without a credential, and not the Member, to whom it says that there is nothing. */
@Injectable()
class VisitorRule implements AccessRule<[], never, 'gone'> {
  readonly name = 'visitor';
  readonly denials = { gone: 404 } as const;

  authorize({ userId }: AccessCall) {
    return userId !== carol.userId;
  }
}

export const OWN_RULES = [OwnerRule, VisitorRule];
export const RequireOwner = accessRule(OwnerRule);
export const RequireVisitor = accessRule(VisitorRule);
