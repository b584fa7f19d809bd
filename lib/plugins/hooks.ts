import type { UserClass } from '@propelauth/node-apis';
import type { CoreKind } from '../callers/core-kind.js';
import type { Decision } from '../decision/decision.js';
import type { CallTrace, DecisionOutcome } from '../options/access-decision-event.interface.js';
import type { OrgReference } from '../options/org-source.interface.js';
import type { RejectionReason } from '../rejections/rejection-table.js';
import type { Policies } from '../rules/policies.js';
import type { Policy } from '../rules/policy.js';
import type { ApplicationHandler } from '../startup/application/application-handlers.js';
import type { FailingChecks } from '../startup/startup-checks.js';
import type { PropelAuthApiErrorCode } from '../types/propel-auth-api-error-code.js';
import type { Failure } from '../values/outage.js';
import type { AccessEvent, CurrentAccess } from './current-access.js';

/**
 * How a request to PropelAuth ended: `ok` for each complete response, including one that says no; `misconfigured` when PropelAuth does not
 * accept the options in a request for the verification key.
 */
export type RequestOutcome = 'ok' | PropelAuthApiErrorCode | 'misconfigured';

/** A request to PropelAuth. */
export interface MeasuredRequest {
  /** The function of `PropelAuthApi`, or the one that would make the guard's request. */
  readonly name: string;
  /** Who makes it: the guard, to decide about access, or the application, with `PropelAuthApi`. */
  readonly origin: 'guard' | 'application';
}

/** What a cache has counted since the application started. */
export interface CacheCounts {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
}

/** A cache that is in use, by its name in metrics. */
export type NamedCache = readonly [name: string, counts: CacheCounts];

/** The state of a plugin, for health checks and metrics. */
export interface PluginState {
  /** What currently fails, and since when; `undefined` when nothing fails. */
  failure(): Failure | undefined;
  readonly caches: readonly NamedCache[];
  /** For how many seconds changes of access by other instances may have been missed; `undefined` if instances share no changes. */
  readonly lagSeconds: number | undefined;
}

/**
 * The token of the {@link Hooks} before they are filled, for what the hooks of plugins need themselves, such as requests to PropelAuth. Their
 * members can only be read once the application has started.
 */
export const LATE_HOOKS = Symbol('nestjs-propelauth: the hooks before they are filled');

/**
 * What plugins add to the core. A plugin has one object with these members, all optional; the core injects one with those of all plugins.
 * Two plugins never have the same member.
 */
export abstract class Hooks {
  /** The kinds of callers that the plugin adds. */
  readonly kinds?: readonly CoreKind[];

  /**
   * The rules of a call that are known before its caller is identified.
   *
   * @param policies those of all handlers
   */
  policyBefore?(policy: Policy, decision: Decision, policies: Policies): Policy;

  /**
   * Called before the caller is identified, when the policy of the call is known.
   *
   * @throws the rejection of a call that no caller may make
   */
  before?(decision: Decision): void;

  /**
   * Called for a call that the rules allow. It prepares the call for its handler.
   *
   * @throws the rejection of a call that cannot be prepared
   */
  allowed?(decision: Decision): void;

  /** The `WWW-Authenticate` header of a rejected call: `null` for none, `undefined` for that of the kinds of callers. */
  challenge?(
    policy: Pick<Policy, 'callers' | 'checks'>,
    reason: RejectionReason,
  ): string | null | undefined;

  /** Checks whose findings make startup fail, whatever `startupAudit` says. */
  readonly failing?: readonly FailingChecks[];

  /** Finds rules of a handler that cannot work. They fail startup unless `startupAudit` is `'warn'`. */
  mistakes?(handler: ApplicationHandler): string[];

  /** The names of values in the calls of a handler, where its parameters do not show them. */
  argumentNames?(method: Function): string[];

  /**
   * The user of a token, with those of some organizations that they have joined since it was issued.
   *
   * @param named the organizations that a call names, of which the token lacks at least one
   * @param address the address of the call, if it is known
   * @returns a promise that never rejects, of the user itself if they have joined none; `undefined` where PropelAuth is never asked
   */
  newMemberships?(
    user: UserClass,
    named: readonly (OrgReference | undefined)[],
    address: string | undefined,
  ): Promise<UserClass> | undefined;

  /**
   * Called for every decision.
   *
   * @param transport how the call arrived, by the name that its `Call` has
   */
  decided?(outcome: DecisionOutcome, transport: string): void;

  /** The span of the current call, if it has one. */
  activeTrace?(): CallTrace | undefined;

  /**
   * Makes a request to PropelAuth, and records how long it takes.
   *
   * @param outcomeOf finds out from its error how a failed request ended
   */
  measure?<Answer>(
    request: MeasuredRequest,
    send: () => Promise<Answer>,
    outcomeOf: (error: unknown) => RequestOutcome,
  ): Promise<Answer>;

  /**
   * Takes note of an event of PropelAuth, here and in the other instances. Events may come late, twice and out of order.
   *
   * @param id its `svix-id`. An event that is sent again has the same one
   * @param event an event whose signature was verified
   * @param sentAt its `svix-timestamp`, which is the time of the attempt to deliver it: seconds since 1970
   * @returns a promise that is resolved when all instances have the event
   * @throws {ServiceUnavailableException} when the other instances cannot be told
   */
  event?(id: string, event: AccessEvent, sentAt: number): Promise<void>;

  readonly state?: PluginState;

  /** What is known about changes of access. */
  readonly access?: CurrentAccess;
}
