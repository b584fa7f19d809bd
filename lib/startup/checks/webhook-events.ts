import { EventHandlers, type EventHandler } from '../../propelauth/webhooks/event-handlers.js';
import { PropelAuthWebhooks } from '../../propelauth/webhooks/propel-auth-webhooks.js';
import { MISSING_SVIX } from '../../propelauth/webhooks/svix.js';
import { WebhookEndpoint } from '../../propelauth/webhooks/webhook-endpoint.js';
import { WebhookVerifier } from '../../propelauth/webhooks/webhook-verifier.js';
import type { NestModule } from '../../values/nest-module.js';
import type { AuditedApplication } from '../application/audited-application.js';
import { findInServedPath } from './served-paths.js';

const OTHER_ADAPTER =
  "Replace it by webhooks.receive: 'own', and pass the requests of your own route to PropelAuthWebhooks.receive().";

const HOW_TO_SET =
  "Set it to { secret, path } or { secret, receive: 'own' }, with the signing secret of the endpoint from your PropelAuth dashboard.";

/** The package that verifies events is missing. */
export function findMissingVerifier({ options, get }: AuditedApplication): string[] {
  return options.webhooks === undefined || get(WebhookVerifier).canVerify ? [] : [MISSING_SVIX];
}

/** A path that cannot be served. */
export function findUnservedWebhooks({
  options,
  httpAdapter,
  handlers,
  get,
}: AuditedApplication): string[] {
  const path = options.webhooks?.path;
  if (path === undefined) return [];
  const served = {
    name: 'webhooks.path',
    askedBy: 'option',
    path,
    methods: 'POST',
    isServed: get(WebhookEndpoint).isServed,
    otherAdapterAdvice: OTHER_ADAPTER,
  } as const;
  return findInServedPath(served, httpAdapter, handlers);
}

/** Event handlers that would miss events, or get them twice. */
export function findUselessEventHandlers({ options, get }: AuditedApplication): string[] {
  const handlers = get(EventHandlers).list();
  const [handler] = handlers;
  if (handler === undefined) return [];
  if (options.webhooks === undefined) {
    return [`${handler.name}: @OnPropelAuthEvent() needs the option webhooks. ${HOW_TO_SET}`];
  }
  return [
    ...handlers.filter(({ isRecreated }) => isRecreated).map(describeRecreated),
    ...findSharedNames(handlers),
  ];
}

/** Events reach PropelAuthWebhooks if the application injects it. Whether the application calls it is not known. */
export function findMissingReceiver({
  options: { webhooks },
  modules,
}: AuditedApplication): string[] {
  const hasReceiver = [...modules.values()].some(injectsReceiver);
  if (webhooks === undefined && hasReceiver) {
    return [`PropelAuthWebhooks needs the option webhooks. ${HOW_TO_SET}`];
  }
  if (webhooks === undefined || webhooks.path !== undefined || hasReceiver) return [];
  return [
    "webhooks.receive is 'own', but no provider or controller injects PropelAuthWebhooks. Inject it where events arrive, such as in " +
      'the controller of a @Public() route, and call receive() there; or replace receive by path, to have the package receive events.',
  ];
}

/** Event handlers of classes that Nest makes for itself. Middleware is known only when all modules are configured. */
export function findUnreachedEventHandlers({ get }: AuditedApplication): string[] {
  return get(EventHandlers).listUnreachable().map(describeUnreachable);
}

/** Nest leaves a gap for each dependency that it has not found. */
function injectsReceiver({
  providers,
  controllers,
  injectables,
  middlewares,
}: NestModule): boolean {
  return [providers, controllers, injectables, middlewares]
    .flatMap((wrappers) => [...wrappers.values()])
    .flatMap((wrapper): (typeof wrapper | undefined)[] => [
      ...(wrapper.getCtorMetadata() ?? []),
      ...(wrapper.getPropertiesMetadata() ?? []).map((property) => property.wrapper),
    ])
    .some((injected) => injected?.token === PropelAuthWebhooks);
}

function describeRecreated({ name, type }: EventHandler): string {
  return (
    `${name}: @OnPropelAuthEvent() does not work on a request-scoped or transient class. Make ${type.name} and its ` +
    'dependencies singletons, or move the handler to a singleton.'
  );
}

function describeUnreachable({ name, type }: EventHandler): string {
  return (
    `${name}: @OnPropelAuthEvent() is never called on a guard, interceptor, pipe, filter or middleware that is not a ` +
    `provider. Move the handler to a provider, and inject the provider into ${type.name} if needed.`
  );
}

/** Finished handlers are remembered by name, so each name must be unique. */
function findSharedNames(handlers: readonly EventHandler[]): string[] {
  return [...new Set(handlers.map(({ name }) => name))].flatMap((name) => {
    const sharing = handlers.filter((handler) => handler.name === name);
    if (sharing.length === 1) return [];
    const isOneClass = new Set(sharing.map(({ type }) => type)).size === 1;
    const modules = sharing.map(({ moduleName }) => moduleName).join(', ');
    return isOneClass
      ? `${name}: its class is provided several times (in ${modules}), so it would handle each event several times. Provide ` +
          'it in one module, and export it there.'
      : `${name}: several classes have this name (in ${modules}), so their finished handlers cannot be told apart. Rename one of them.`;
  });
}
