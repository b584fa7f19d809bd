import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import {
  type CallerKind,
  DenyImpersonation,
  guardRule,
  type InjectableOrgSource,
  OptionalCaller,
  OptionalUser,
  Public,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequirePermission,
  RequireStepUpMfa,
  RequireUser,
} from 'nestjs-propelauth';
import { mcpServer, RequireScope } from 'nestjs-propelauth/mcp';
import { accessTable } from 'nestjs-propelauth/testing';
import { startGuarded } from '../support/guarded-application.js';
import { chapterOf, codesIn, rowsOf } from '../support/markdown-tables.js';
import { mcp } from '../support/mcp-options.js';
import { routeUnder } from '../support/routes.js';

@Injectable()
class ShareLinkGuard {
  canActivate() {
    return true;
  }
}

@Injectable()
class InvoiceOrgSource implements InjectableOrgSource {
  static readonly reads = { from: 'path', name: 'id' } as const;

  orgOf() {
    return { orgId: 'none' };
  }
}

@Injectable()
class Services implements CallerKind<{ orgId: string }> {
  readonly name = 'service';
  readonly credential = [{ header: 'x-service-token' }];

  identify() {
    return undefined;
  }

  key({ orgId }: { orgId: string }) {
    return orgId;
  }

  memberships({ orgId }: { orgId: string }) {
    return [{ orgId, role: 'Member' }];
  }
}

/** The decorators of each row, as it writes them. */
const ROWS: Record<string, MethodDecorator[]> = {
  none: [],
  '@Public()': [Public()],
  '@OptionalCaller() @RequireShareLink()': [OptionalCaller(), guardRule(ShareLinkGuard)()],
  '@OptionalUser()': [OptionalUser()],
  '@RequireUser()': [RequireUser()],
  '@RequireUser({ uncheckedOrg: true })': [RequireUser({ uncheckedOrg: true })],
  '@RequireOrgMember()': [RequireOrgMember()],
  "@RequireOrgRole('Admin')": [RequireOrgRole('Admin')],
  "@RequireOrgRole('Admin', { exact: true })": [RequireOrgRole('Admin', { exact: true })],
  "@RequireOrgRole({ anyOf: ['Owner', 'Billing'] })": [
    RequireOrgRole({ anyOf: ['Owner', 'Billing'] }),
  ],
  '@RequireOrgMember({ org: InvoiceOrgSource })': [RequireOrgMember({ org: InvoiceOrgSource })],
  "@RequirePermission('can_pay')": [RequirePermission('can_pay')],
  '@RequireApiKey()': [RequireApiKey()],
  "@RequireApiKey({ kind: 'org' }) @RequireOrgMember()": [
    RequireApiKey({ kind: 'org' }),
    RequireOrgMember(),
  ],
  '@DenyImpersonation()': [DenyImpersonation()],
  "@RequireStepUpMfa('PAY')": [RequireStepUpMfa('PAY')],
  "@RequireCaller('user', 'service') @RequireOrgMember()": [
    RequireCaller('user', 'service'),
    RequireOrgMember(),
  ],
  "@RequireScope('read:reports')": [RequireScope('read:reports')],
};

describe('The table of access rule descriptions', () => {
  const page = readFileSync('docs/list-access.md', 'utf8');
  const listed = rowsOf(chapterOf(page, 'The words of a rule')).map(
    ([decorators = '', words = '']) => [
      codesIn(decorators).join(' ') || decorators,
      codesIn(words)[0],
    ],
  );

  it('matches expectAccess() and describeAccess()', async () => {
    const controllers = Object.entries(ROWS).map(([row, decorators], index) => {
      const path = row.includes('InvoiceOrgSource') ? ':id' : ':orgId';
      return routeUnder(`${index}/${path}`, ...decorators);
    });
    const { app } = await startGuarded(
      { controllers, providers: [InvoiceOrgSource, Services, ShareLinkGuard] },
      { plugins: [mcpServer(mcp)], callerKinds: [Services] },
    );
    const table = accessTable(app);
    const real = Object.keys(ROWS).map((row, index) => [
      row,
      table[`GET /${index}/:orgId`] ?? table[`GET /${index}/:id`],
    ]);
    expect(listed).toEqual(real);
  });
});
