import type { INestApplicationContext } from '@nestjs/common';
import {
  ApplicationConfig,
  HttpAdapterHost,
  ModulesContainer,
  type AbstractHttpAdapter,
} from '@nestjs/core';
import { CallerKinds } from '../../callers/caller-kinds.js';
import { GlobalGuardCheck } from '../../guard/propel-auth.guard.js';
import { ResolvedOptions } from '../../options/resolved-options.js';
import { Hooks } from '../../plugins/hooks.js';
import { Policies } from '../../rules/policies.js';
import { mayReadMessages } from '../../transports/built-in-token-sources.js';
import { OptionalPackages } from '../../transports/optional-packages.js';
import { classesIn, enhancersIn } from './application-classes.js';
import { handlersIn, type ApplicationHandler } from './application-handlers.js';
import { areFieldsGuarded, servedSchemasIn } from './served-schemas.js';

/** What an application and a `ModuleRef` have in common. */
export type ProviderLookup = Pick<INestApplicationContext, 'get'>;

/** An application at one moment, with what its checks and descriptions ask. */
export type AuditedApplication = ReturnType<typeof auditedApplication>;

/** Lists the handlers of an application once. Each phase of startup, and each description, looks at the application anew. */
export function auditedApplication(providers: ProviderLookup) {
  const get = <Provider>(token: Token<Provider>): Provider =>
    providers.get(token, { strict: false });
  const modules = get(ModulesContainer);
  const applicationConfig = get(ApplicationConfig);
  const adapterHost = get(HttpAdapterHost);
  const options = get(ResolvedOptions);
  const policies = get(Policies);
  const guardCheck = get(GlobalGuardCheck);
  const isGuardGlobal = guardCheck.isRegistered();
  const fieldsAreGuarded = areFieldsGuarded(modules);
  return {
    /** A provider of the application. */
    get,
    modules,
    options,
    policies,
    /** All handlers, routes first. */
    handlers: handlersIn(modules, applicationConfig, policies, isGuardGlobal),
    /** Each class that the application provides. */
    classes: classesIn(modules),
    /** Guards, interceptors, pipes, filters and middleware. */
    enhancers: enhancersIn(modules),
    /** The GraphQL schemas, which exist only when all modules are initialized. */
    schemas: servedSchemasIn(modules),
    /** The kinds of callers. */
    kinds: get(CallerKinds),
    /** What plugins add, such as checks of their handlers. */
    hooks: get(Hooks),
    /** The adapter of Express, Fastify or another; none in an application without HTTP. */
    httpAdapter: adapterHost.httpAdapter as AbstractHttpAdapter | null | undefined,
    isGuardGlobal,
    /** Whether Nest calls global guards for a handler, by how clients call it. */
    guardsReach: {
      http: true,
      operation: true,
      field: fieldsAreGuarded,
      reference: fieldsAreGuarded,
      gateway: get(OptionalPackages).hasNest12Gateways && guardCheck.isSingleton(),
      // Global guards may not reach microservices that are connected to an application with HTTP.
      message: !adapterHost.httpAdapter,
      mcp: !adapterHost.httpAdapter,
    } satisfies Record<ApplicationHandler['type'], boolean>,
    /** Whether the module has a `tokenSource` that may find the token of a message. */
    readsMessages: mayReadMessages(options.tokenSource),
  };
}

/** A class by which Nest provides an instance. */
type Token<Provider> = Function & { readonly prototype: Provider };
