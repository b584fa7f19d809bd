import { createHash, timingSafeEqual } from 'node:crypto';
import { Controller, Get, Injectable, Param } from '@nestjs/common';
import type {
  CallerKind,
  CallerMembership,
  CredentialPlace,
  IncomingCall,
} from 'nestjs-propelauth';
import {
  CurrentCaller,
  CurrentUser,
  Public,
  RequireCaller,
  RequireMetadata,
  RequireOrgRole,
  RequireScope,
  RequireUser,
} from 'nestjs-propelauth';
import { ACME_ID } from '../../support/project.js';

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

@Controller()
export class Routes {
  @Get('users')
  @RequireUser()
  users(@CurrentUser('userId') userId: string) {
    return { userId };
  }

  @Get('services')
  @RequireCaller('service')
  services(@CurrentCaller() caller: unknown) {
    return caller;
  }

  @Get('both')
  @RequireCaller('service', 'user')
  both(@CurrentCaller() caller: unknown, @CurrentUser() user: unknown) {
    return { caller, hasUser: user !== null };
  }

  @Get('tokens')
  @RequireCaller('user', 'pat')
  @RequireScope('reports:read', { of: 'pat' })
  tokens(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('tokens/write')
  @RequireCaller('user', 'pat')
  @RequireScope('reports:write', { of: 'pat' })
  write(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('tokens/list')
  @RequireCaller('service', 'pat')
  @RequireScope(['reports:list', 'reports:read'])
  list(@CurrentCaller('identity') identity: object) {
    return { scopes: Reflect.get(identity, 'scopes') as unknown };
  }

  @Get('tokens/either')
  @RequireCaller('service', 'pat')
  @RequireScope({ anyOf: ['reports:delete', 'reports:write'] })
  either(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('orgs/:orgId/reports')
  @RequireCaller('user', 'service')
  @RequireOrgRole('Admin')
  reports(@Param('orgId') orgId: string) {
    return { orgId };
  }

  @Get('eu')
  @RequireCaller('user', 'service')
  @RequireMetadata({ region: 'eu', labels: ['internal'] }, { of: 'service' })
  eu(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('us')
  @RequireCaller('user', 'service')
  @RequireMetadata(({ region }) => region === 'us', { of: 'service', words: 'region us' })
  us(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('albums')
  @RequireCaller('user', 'share-link')
  albums(@CurrentCaller('kind') kind: string) {
    return { kind };
  }

  @Get('open')
  @Public()
  open() {
    return {};
  }
}
