import type { ApplicationClass } from './application/application-classes.js';
import type { ApplicationHandler } from './application/application-handlers.js';
import type { AuditedApplication } from './application/audited-application.js';
import { findSharedCaches } from './checks/shared-caches.js';
import { findContradictions } from './checks/contradictions.js';
import { findDeadOpenings } from './checks/dead-openings.js';
import { findLostInLibraries } from './checks/handlers-of-libraries.js';
import {
  findDetachedParents,
  findLostGuards,
  findOtherCopy,
  findWrongConstructor,
} from './checks/lost-guards.js';
import { findMisplacedCredentials } from './checks/misplaced-credentials.js';
import { findMisplacedLoaders } from './checks/misplaced-loaders.js';
import { findMisplacedParameters } from './checks/misplaced-parameters.js';
import { findMisplacedSources, findUnknownActiveOrg } from './checks/misplaced-sources.js';
import { findIn } from './checks/named-findings.js';
import { findUnenforcedRules } from './checks/unenforced-rules.js';
import {
  findCallerlessParameters,
  findMissingAccountOption,
  findUnguardedParameters,
} from './checks/empty-parameters.js';
import { findOpenFields, findUnreachedHandlers } from './checks/unreached-handlers.js';
import { findSplitHandlers } from './checks/ts-rest-handlers.js';
import { findUntraceable } from './checks/untraceable-handlers.js';
import { findUnusableKinds } from './checks/unusable-kinds.js';
import { findDebugMode } from './checks/debug-mode.js';
import { findCompiledQueries, findGuardedStreamCalls } from './checks/unguardable-calls.js';
import {
  findMissingReceiver,
  findMissingVerifier,
  findUnreachedEventHandlers,
  findUnservedWebhooks,
  findUselessEventHandlers,
} from './checks/webhook-events.js';

/** Finds what is wrong in an application. */
type ApplicationCheck = (app: AuditedApplication) => readonly string[];

/** Finds what is wrong with one handler. The name of the handler precedes each finding. */
type HandlerCheck = (handler: ApplicationHandler, app: AuditedApplication) => readonly string[];

/** Finds what is wrong with one class. */
type ClassCheck = (provided: ApplicationClass, app: AuditedApplication) => readonly string[];

/** Checks whose findings make startup fail, in one error. */
export interface FailingChecks {
  readonly heading: string;
  readonly checks: readonly ApplicationCheck[];
}

const OPEN = 'These handlers are open, or their access rules are lost:';
const EVENTS = 'Events from PropelAuth cannot be handled:';

/** What fails startup before Nest registers routes, whatever `startupAudit` says. */
export const OPENINGS: readonly FailingChecks[] = [
  {
    heading: 'These handlers cannot be guarded:',
    checks: [eachHandler(findGuardedStreamCalls), eachClass(findSplitHandlers)],
  },
  {
    heading: OPEN,
    checks: [
      eachClass(findOtherCopy),
      eachClass(findWrongConstructor),
      eachClass(findDetachedParents),
      eachClass(findLostInLibraries),
      eachHandler(findUntraceable, findUnreachedHandlers, findLostGuards, findMissingAccountOption),
    ],
  },
  {
    heading: 'These handlers accept kinds of callers that they cannot use:',
    checks: [eachHandler(findUnusableKinds)],
  },
];

/** The same, once handlers and sources are known to be usable. */
export const UNRECEIVED_EVENTS: FailingChecks = {
  heading: EVENTS,
  checks: [findMissingVerifier, findUnservedWebhooks],
};

/** What fails startup once all modules are configured, because only then all middleware is known. */
export const MISSED_EVENTS: FailingChecks = {
  heading: EVENTS,
  checks: [findUselessEventHandlers, findMissingReceiver, findUnreachedEventHandlers],
};

/** Rules that cannot work. They fail startup unless `startupAudit` is `'warn'`. */
export const MISTAKES: readonly ApplicationCheck[] = [
  eachHandler(
    findContradictions,
    findCallerlessParameters,
    findUnguardedParameters,
    findMisplacedSources,
    findUnknownActiveOrg,
    findMisplacedLoaders,
    findMisplacedCredentials,
    (handler, { hooks }) => hooks.mistakes?.(handler) ?? [],
  ),
  findDeadOpenings,
  eachClassAndEnhancer(findUnenforcedRules, findMisplacedParameters),
];

/** What fails startup once GraphQL schemas exist, whatever `startupAudit` says. */
export const OPEN_SCHEMAS: readonly FailingChecks[] = [
  { heading: OPEN, checks: [findOpenFields] },
  { heading: 'These queries cannot be guarded:', checks: [findCompiledQueries] },
];

/** What is only warned of, at the end. */
export const WARNINGS: readonly ApplicationCheck[] = [findDebugMode, findSharedCaches];

function eachHandler(...checks: readonly HandlerCheck[]): ApplicationCheck {
  return (app) => findIn(app.handlers, (one) => checks.flatMap((check) => check(one, app)));
}

function eachClass(check: ClassCheck): ApplicationCheck {
  return (app) => app.classes.flatMap((one) => check(one, app));
}

function eachClassAndEnhancer(...checks: readonly ClassCheck[]): ApplicationCheck {
  return (app) =>
    [...app.classes, ...app.enhancers].flatMap((one) => checks.flatMap((check) => check(one, app)));
}
