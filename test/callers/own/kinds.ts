import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Injectable, type Type } from '@nestjs/common';
import {
  CurrentCaller,
  type CallerKind,
  type CallerMembership,
  type CredentialPlace,
  type IncomingCall,
} from 'nestjs-propelauth';
import { ACME_ID } from '../../support/project.js';
import { decorateHandler } from '../../support/routes.js';

/** A service that has a token of its own. */
export interface Service {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly orgs: readonly CallerMembership[];
}

export const SERVICE_TOKEN = 'token-of-billing';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Services with a token in a header. It counts what it is asked. */
@Injectable()
export class ServiceTokens implements CallerKind<Service> {
  readonly name: string = 'service';
  readonly credential: readonly CredentialPlace[] = [{ header: 'X-Service-Token' }];
  readonly challenge: string | undefined = 'ServiceToken realm="api"';
  readonly asked: string[] = [];
  /** What came with them. */
  readonly calls: IncomingCall[] = [];

  async identify(token: string, call: IncomingCall): Promise<Service | undefined> {
    this.asked.push(token);
    this.calls.push(call);
    if (!timingSafeEqual(digest(token), digest(SERVICE_TOKEN))) return undefined;
    return {
      id: 'billing',
      scopes: ['reports:read'],
      metadata: { region: 'eu', labels: ['internal'] },
      orgs: [{ orgId: ACME_ID, role: 'Admin', inheritedRoles: ['Member'] }],
    };
  }

  key({ id }: Service): string | undefined {
    return id;
  }

  scopes({ scopes }: Service): readonly string[] {
    return scopes;
  }

  metadata({ metadata }: Service): Readonly<Record<string, unknown>> {
    return metadata;
  }

  memberships(
    { orgs }: Service,
    call: IncomingCall,
  ): readonly CallerMembership[] | Promise<readonly CallerMembership[]> {
    this.calls.push(call);
    return orgs;
  }
}

/** Personal access tokens, after `Bearer`. They have no organizations. */
@Injectable()
export class PersonalTokens implements CallerKind<{ userId: string; expiresAt: Date }> {
  readonly name = 'pat';
  readonly credential: readonly CredentialPlace[] = [{ scheme: 'Bearer' }];
  /** What the token `pat-alice` is valid until. */
  expiry = new Date(8.64e15);

  identify(token: string) {
    return token === 'pat-alice' ? { userId: 'user-alice', expiresAt: this.expiry } : undefined;
  }

  key({ userId }: { userId: string }): string {
    return userId;
  }

  expiresAt({ expiresAt }: { expiresAt: Date }): Date {
    return expiresAt;
  }

  scopes(): readonly string[] {
    return ['reports:read'];
  }
}

/** Links that let whoever has them see one album. */
@Injectable()
export class ShareLinks implements CallerKind<{ album: string }> {
  readonly name = 'share-link';
  readonly credential: readonly CredentialPlace[] = [{ query: 'share' }, { path: 'share' }];

  identify(text: string) {
    return text === 'open-sesame' ? { album: 'holidays' } : undefined;
  }

  key(): undefined {}
}

/** A controller with one GET route under these decorators, which answers with the kind of its caller and with the text of its identity. */
export function kindRoute(path: string, ...decorators: MethodDecorator[]): Type {
  class KindRoute {
    @Get(path)
    show(@CurrentCaller() caller: { kind: string; identity?: { text?: string } } | null) {
      const text = caller?.identity?.text;
      return { kind: caller?.kind, ...(text !== undefined && { text }) };
    }
  }
  decorateHandler(KindRoute, 'show', ...decorators);
  Controller()(KindRoute);
  return KindRoute;
}
