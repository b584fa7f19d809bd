import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallerMembership } from 'nestjs-propelauth';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';
import type { PersonalAccess } from './personal-access-tokens.js';

const inAnHour = new Date(Date.now() + 3_600_000);
const aliceWith = (tokenId: string, ...scopes: string[]): PersonalAccess => ({
  tokenId,
  ownerId: 'user-alice',
  scopes,
  expiresAt: inAnHour,
});

/** What the scripts of the installation are in each tenant. */
export const TENANTS: readonly CallerMembership[] = [
  { orgId: ACME_ID, urlSafeOrgName: 'acme-inc', role: 'Script' },
  { orgId: GLOBEX_ID, urlSafeOrgName: 'globex', role: 'Script' },
];

/** Stands for two tables of the application's database, and for what PropelAuth says about the owners. */
@Injectable()
export class TokenRows {
  private readonly memberships = new Map<string, readonly CallerMembership[]>([
    [
      'user-alice',
      [{ orgId: ACME_ID, urlSafeOrgName: 'acme-inc', role: 'Admin', inheritedRoles: ['Member'] }],
    ],
  ]);
  private readonly rows = new Map<string, PersonalAccess>(
    Object.entries({
      'pat-of-alice': aliceWith('1', 'collections:read', 'collections:write'),
      'pat-that-reads': aliceWith('2', 'collections:read'),
      'pat-without-scopes': aliceWith('3'),
      'pat-that-expired': { ...aliceWith('4', 'collections:read'), expiresAt: new Date(0) },
      'pat-to-revoke': aliceWith('6', 'collections:read'),
      'pat-of-mallory': { ...aliceWith('5', 'collections:read'), ownerId: 'user-mallory' },
    }).map(([text, row]) => [hash('sha256', text), row]),
  );

  async findByHash(digest: string): Promise<PersonalAccess | undefined> {
    return this.rows.get(digest);
  }

  async revoke(digest: string): Promise<void> {
    this.rows.delete(digest);
  }

  async membershipsOf(userId: string): Promise<readonly CallerMembership[]> {
    return this.memberships.get(userId) ?? [];
  }

  /** Adds a token of a new user who is a member of one organization. */
  add(text: string, membership: CallerMembership, scopes: readonly string[]): void {
    const ownerId = `owner of ${text}`;
    this.rows.set(hash('sha256', text), { tokenId: text, ownerId, scopes, expiresAt: inAnHour });
    this.memberships.set(ownerId, [membership]);
  }
}
