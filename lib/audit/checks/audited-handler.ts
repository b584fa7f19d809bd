import type { Type } from '@nestjs/common';
import type { ApplicationHandler } from '../application/application-handler.js';
import type { KindLookUp } from '../../rules/verdicts.js';
import type { AuditedMethod } from './audited-route.js';

/** A resolver, gateway or message handler as the audit looks at it. */
export type AuditedHandler = ApplicationHandler & AuditedMethod;

/** What the checks of a handler need to know about the application. */
export interface AuditContext {
  readonly isGuardGlobal: boolean;
  /** The kinds of callers of the application. */
  readonly kinds: KindLookUp;
  /** Whether every GraphQLModule calls guards for fields. */
  readonly areFieldsGuarded: boolean;
  /** Whether global guards reach gateways. */
  readonly globalGuardsReachGateways: boolean;
  /** Whether the application serves HTTP. Global guards may not reach microservices that are connected to such an application. */
  readonly isHttpApplication: boolean;
  /** Whether the module has a `tokenSource` that may find the token of a message. */
  readonly readsMessages: boolean;
  /** Whether a guard of a class is global. */
  readonly isGlobalGuard: (guard: Type) => boolean;
}
