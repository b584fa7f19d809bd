import type { DynamicModule, Type } from '@nestjs/common';
import {
  PropelAuthModule,
  type AccessDecisionEvent,
  type CallerKind,
  type TokenSource,
} from 'nestjs-propelauth';
import { liveAccess } from 'nestjs-propelauth/live-access';
import { mcpServer } from 'nestjs-propelauth/mcp';
import { mcp } from '../support/mcp-options.js';
import { issuer } from './people.js';
import { Accounts } from './services.js';

export const WEBHOOK_PATH = '/webhooks/propelauth';

/** What differs between the applications of the table. */
export interface ApplicationOptions {
  readonly onDecision: (event: AccessDecisionEvent) => void;
  readonly requireUserByDefault?: true;
  readonly except?: readonly Type[];
  readonly callerKinds?: Type<CallerKind>[];
  readonly tokenSource?: TokenSource;
}

/** The module as all applications of the table import it. Options that become plugins are named here and nowhere else. */
export function propelAuthModule(options: ApplicationOptions): DynamicModule {
  return PropelAuthModule.forRoot({
    authUrl: issuer.authUrl,
    apiKey: issuer.apiKey,
    webhooks: { secret: issuer.webhookSecret, path: WEBHOOK_PATH },
    // Clients see the reason of a rejection, so the table can compare it.
    debugMode: true,
    clockToleranceSeconds: 0,
    // Contradictions start, and their calls are rejected.
    startupAudit: 'warn',
    account: Accounts,
    plugins: [liveAccess(), mcpServer({ ...mcp, cacheSeconds: 0 })],
    ...options,
  });
}
