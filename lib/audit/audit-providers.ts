import type { Provider, Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AccessDecider } from '../guard/access-decider.js';
import {
  APPLICATION_HANDLERS,
  APPLICATION_INTERCEPTORS,
  DESCRIBE_HANDLERS,
  FIELDS_FOR_EVERYONE,
  GLOBAL_GUARDS,
  HANDLER_AUDIT,
  MOUNTED_PATHS_AUDIT,
  NAMED_VALUES,
  SCHEMA_AUDIT,
  STARTUP_AUDIT,
  WEBHOOK_AUDIT,
  type DescribeHandlers,
} from './audit-tokens.js';

type Audit = typeof import('./audit.js');

let audit: Promise<Audit> | undefined;

/**
 * Loads the code, once. Called when an application sets up the module: Jest may have forgotten what is loaded by the time that Nest makes the
 * providers, and would load Nest a second time.
 */
export function loadAudit(): Promise<Audit> {
  audit ??= import('./audit.js');
  return audit;
}

/** Makes an instance of a class that is loaded first. Nest injects what it needs, and calls its hooks. */
function lazyProvider(provide: symbol, classIn: (loaded: Audit) => Type): Provider {
  return {
    provide,
    // Request-scoped options make the decider request-scoped. Nest then makes no audit, and OptionsScopeCheck fails startup.
    inject: [ModuleRef, AccessDecider],
    useFactory: async (moduleRef: ModuleRef): Promise<object> =>
      moduleRef.create(classIn(await loadAudit()) as Type<object>),
  };
}

/** The injection token of an audit that nothing else injects. */
const privateToken = (name: string): symbol => Symbol(`nestjs-propelauth: ${name}`);

/** What checks and describes the application as a whole. Nothing that decides about a call needs it. */
export const auditProviders: Provider[] = [
  lazyProvider(APPLICATION_HANDLERS, (loaded) => loaded.ApplicationHandlers),
  lazyProvider(APPLICATION_INTERCEPTORS, (loaded) => loaded.ApplicationInterceptors),
  lazyProvider(GLOBAL_GUARDS, (loaded) => loaded.GlobalGuards),
  lazyProvider(NAMED_VALUES, (loaded) => loaded.NamedValues),
  lazyProvider(HANDLER_AUDIT, (loaded) => loaded.HandlerAudit),
  lazyProvider(SCHEMA_AUDIT, (loaded) => loaded.SchemaAudit),
  lazyProvider(FIELDS_FOR_EVERYONE, (loaded) => loaded.FieldsForEveryone),
  lazyProvider(WEBHOOK_AUDIT, (loaded) => loaded.WebhookAudit),
  lazyProvider(STARTUP_AUDIT, (loaded) => loaded.StartupAudit),
  lazyProvider(MOUNTED_PATHS_AUDIT, (loaded) => loaded.MountedPathsAudit),
  lazyProvider(privateToken('CacheAudit'), (loaded) => loaded.CacheAudit),
  lazyProvider(privateToken('UncheckedOrgAudit'), (loaded) => loaded.UncheckedOrgAudit),
  lazyProvider(privateToken('AccessTableAudit'), (loaded) => loaded.AccessTableAudit),
  lazyProvider(privateToken('DebugModeAudit'), (loaded) => loaded.DebugModeAudit),
  {
    provide: DESCRIBE_HANDLERS,
    useFactory: async (): Promise<DescribeHandlers> => (await loadAudit()).descriptionsIn,
  },
];
