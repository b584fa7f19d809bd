import { hash } from 'node:crypto';
import { Controller, Get, Injectable, Module, Post, Put } from '@nestjs/common';
import { jwtVerify } from 'jose';
import {
  type AccessCall,
  type AccessRule,
  accessRule,
  type AccountLoader,
  type Caller,
  type CallerKind,
  type CredentialPlace,
  CurrentAccount,
  CurrentApiKey,
  CurrentCaller,
  CurrentResource,
  DenyImpersonation,
  fromInput,
  orgOf,
  PropelAuthModule,
  Public,
  RequireAnyOf,
  RequireApiKey,
  RequireCaller,
  RequireOrgMember,
  RequireOrgRole,
  RequireUser,
  type ResourceCall,
  type ResourceLoader,
  tokenFromCookie,
} from 'nestjs-propelauth';
import type { AccessTable } from 'nestjs-propelauth/testing';
import { issuer } from '../../support/guarded-application.js';
import { ACME_ID, GLOBEX_ID } from '../../support/project.js';

type Permission = 'portfolio.read' | 'order.create';

interface Account {
  readonly id: number;
  /** The id at PropelAuth, for users who have moved. */
  readonly userId?: string;
  /** The id in the system before PropelAuth. */
  readonly legacyId?: string;
  readonly permissions: readonly Permission[];
}

/** The users of the application. A user of PropelAuth gets a row at the first call, all others have one or are not let in. */
@Injectable()
export class Accounts implements AccountLoader<Account> {
  readonly rows: Account[] = [
    {
      id: 1,
      userId: 'user-alice',
      legacyId: 'legacy-alice',
      permissions: ['portfolio.read', 'order.create'],
    },
    { id: 2, userId: 'user-bob', permissions: ['portfolio.read'] },
    { id: 3, legacyId: 'legacy-erin', permissions: ['portfolio.read', 'order.create'] },
  ];

  async load(caller: Caller): Promise<Account | undefined> {
    const { kind, userId, identity }: { kind: string; userId?: string; identity?: object } = caller;
    if (kind === 'legacy-user') {
      const { userId: legacyId } = identity as { userId: string };
      return this.rows.find((row) => row.legacyId === legacyId);
    }
    if (userId === undefined) return undefined;
    return kind === 'user' ? this.upsert(userId) : this.rows.find((row) => row.userId === userId);
  }

  /** As a database does with a unique column: without a moment between the look and the insertion. */
  private upsert(userId: string): Account {
    const known = this.rows.find((row) => row.userId === userId);
    if (known !== undefined) return known;
    const account: Account = {
      id: this.rows.length + 1,
      userId,
      permissions: ['portfolio.read', 'order.create'],
    };
    this.rows.push(account);
    return account;
  }
}

const ISSUER = 'https://portfolio.example.com';

/** The tokens of the sign-in before PropelAuth, for as long as users still have some. */
@Injectable()
class LegacyTokens implements CallerKind<{ userId: string; expiresAt: Date }> {
  readonly name = 'legacy-user';
  readonly credential: readonly CredentialPlace[] = [{ scheme: 'Bearer', claims: { iss: ISSUER } }];
  private readonly secret = new TextEncoder().encode(process.env['LEGACY_JWT_SECRET']);

  async identify(token: string) {
    try {
      const { payload } = await jwtVerify(token, this.secret, {
        algorithms: ['HS256'],
        issuer: ISSUER,
        requiredClaims: ['sub', 'exp'],
      });
      return { userId: payload.sub as string, expiresAt: new Date((payload.exp as number) * 1000) };
    } catch {
      return undefined;
    }
  }

  key({ userId }: { userId: string }): string {
    return userId;
  }

  expiresAt({ expiresAt }: { expiresAt: Date }): Date {
    return expiresAt;
  }
}

/** The API keys that the application itself has made, before PropelAuth had any. */
@Injectable()
export class PortfolioKeys implements CallerKind<{ ownerId: string }> {
  readonly name = 'portfolio-key';
  readonly credential = [{ header: 'api-key' }];
  readonly challenge = 'Api-Key';
  private readonly owners = new Map([
    [hash('sha256', 'key-of-alice'), 'user-alice'],
    [hash('sha256', 'key-of-bob'), 'user-bob'],
    [hash('sha256', 'key-of-a-deleted-user'), 'user-deleted'],
  ]);

  identify(key: string): { ownerId: string } | undefined {
    const ownerId = this.owners.get(hash('sha256', key));
    return ownerId === undefined ? undefined : { ownerId };
  }

  revoke(key: string): void {
    this.owners.delete(hash('sha256', key));
  }

  key({ ownerId }: { ownerId: string }): string {
    return ownerId;
  }

  userId({ ownerId }: { ownerId: string }): string {
    return ownerId;
  }
}

/** Looks at the row of the caller, which PropelAuth knows nothing of. */
@Injectable()
class PermissionRule implements AccessRule<[Permission], 'caller', 'permission_missing'> {
  readonly name = 'permission';
  readonly requires = ['caller'] as const;
  readonly denials = { permission_missing: 403 } as const;

  constructor(private readonly accounts: Accounts) {}

  describe(permission: Permission) {
    return `permission ${permission}`;
  }

  async authorize({ caller }: AccessCall<'caller'>, permission: Permission) {
    return (await this.accounts.load(caller))?.permissions.includes(permission) === true;
  }
}

const RequireAccountPermission = accessRule(PermissionRule);

type Role = 'viewer' | 'editor';

/** A portfolio of a firm, and the users whom its advisers have invited: they need not be in the firm. */
interface Shared {
  readonly id: string;
  readonly firmId: string;
  readonly invited: ReadonlyMap<string, Role>;
}

const SHARED: readonly Shared[] = [
  {
    id: 'bonds',
    firmId: ACME_ID,
    invited: new Map([
      ['user-erin', 'viewer'],
      ['user-frank', 'editor'],
    ]),
  },
  { id: 'gold', firmId: GLOBEX_ID, invited: new Map([['user-bob', 'viewer']]) },
];

@Injectable()
class SharedLoader implements ResourceLoader<Shared> {
  readonly name: string = 'shared-portfolio';
  readonly id = fromInput('portfolioId');

  load(_call: ResourceCall, id: string) {
    return SHARED.find((row) => row.id === id);
  }
}

/** For the source of the organization: guests call without one, for whom a loader with orgId() has no rows. */
@Injectable()
class FirmLoader extends SharedLoader {
  override readonly name = 'firm';

  orgId({ firmId }: Shared) {
    return firmId;
  }
}

@Injectable()
class InvitationRule implements AccessRule<[Role], 'userId'> {
  readonly name = 'invitation';
  readonly requires = ['userId'] as const;

  describe(role: Role) {
    return `invited as ${role}`;
  }

  async authorize(call: AccessCall<'userId'>, role: Role) {
    const given = (await call.load(SharedLoader))?.invited.get(call.userId);
    return given === 'editor' || given === role;
  }
}

const RequireInvitation = accessRule(InvitationRule);

@Controller()
@RequireCaller('user', 'legacy-user', 'portfolio-key')
class PortfolioController {
  @Get('portfolio')
  show(@CurrentAccount() { id }: Account, @CurrentCaller('kind') readBy: string) {
    return { id, readBy };
  }

  @Post('orders')
  @RequireAccountPermission('order.create')
  order(@CurrentCaller('kind') orderedBy: string) {
    return { orderedBy };
  }

  /** A key must not make another, and an employee who acts as a user makes none. */
  @Post('keys')
  @RequireUser()
  @DenyImpersonation()
  createKey(@CurrentAccount() { id }: Account) {
    return { keyOf: id };
  }

  /** For the keys that PropelAuth makes. */
  @Get('export')
  @RequireApiKey({ kind: 'personal' })
  export(@CurrentApiKey('user') user: { userId: string }) {
    return { exported: user.userId };
  }

  @Get('info')
  @Public()
  info() {
    return { version: 1 };
  }
}

const org = orgOf(FirmLoader);

/** For the firm that a portfolio belongs to, and for those whom it has invited one by one. */
@Controller('portfolios/:portfolioId')
@RequireCaller('user', 'portfolio-key')
class SharedController {
  @Get()
  @RequireAnyOf(RequireOrgMember({ org }), RequireInvitation('viewer'))
  show(@CurrentResource(SharedLoader) { id }: Shared) {
    return { id };
  }

  @Put()
  @RequireAnyOf(RequireOrgRole('Admin', { org }), RequireInvitation('editor'))
  change(@CurrentResource(SharedLoader) { id }: Shared) {
    return { id };
  }
}

@Module({
  imports: [
    PropelAuthModule.forRoot({
      ...issuer.moduleOptions,
      tokenSource: tokenFromCookie('session', { orHeader: true }),
      callerKinds: [LegacyTokens, PortfolioKeys],
      account: Accounts,
    }),
  ],
  controllers: [PortfolioController, SharedController],
  providers: [
    FirmLoader,
    InvitationRule,
    PermissionRule,
    SharedLoader,
    Accounts,
    LegacyTokens,
    PortfolioKeys,
  ],
})
export class PortfolioModule {}

/** Who may call which handler of the portfolio: one of them public. */
export const PORTFOLIO_TABLE: AccessTable = {
  'GET /portfolio': 'user or legacy user or portfolio key, with account',
  'POST /orders': 'user or legacy user or portfolio key, permission order.create',
  'GET /portfolios/:portfolioId':
    'user or portfolio key, either members of the org found by firm or invited as viewer, with shared-portfolio',
  'PUT /portfolios/:portfolioId':
    'user or portfolio key, either Admin and above of the org found by firm or invited as editor, with shared-portfolio',
  'POST /keys': 'user, not impersonated, with account',
  'GET /export': 'personal API key',
  'GET /info': 'public',
};
