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
  NAMED_VALUES,
  SCHEMA_AUDIT,
  STARTUP_AUDIT,
  WEBHOOK_AUDIT,
  type DescribeHandlers,
} from './audit-tokens.js';

type Audit = typeof import('./audit.js');

const loadAudit = (): Promise<Audit> => import('./audit.js');

/** A provider whose class is loaded first. Nest injects what it needs, and calls its hooks. */
function loaded(provide: symbol, classIn: (audit: Audit) => Type): Provider {
  return {
    provide,
    // Request-scoped options make the decider request-scoped. Nest then makes no audit, and OptionsScopeCheck fails startup.
    inject: [ModuleRef, AccessDecider],
    useFactory: async (moduleRef: ModuleRef): Promise<object> =>
      moduleRef.create(classIn(await loadAudit()) as Type<object>),
  };
}

/** The injection token of an audit that nothing else needs. */
const only = (name: string): symbol => Symbol(`nestjs-propelauth: ${name}`);

/** What checks and describes the application as a whole. Nothing that decides about a call needs it. */
export const auditProviders: Provider[] = [
  loaded(APPLICATION_HANDLERS, (audit) => audit.ApplicationHandlers),
  loaded(APPLICATION_INTERCEPTORS, (audit) => audit.ApplicationInterceptors),
  loaded(GLOBAL_GUARDS, (audit) => audit.GlobalGuards),
  loaded(NAMED_VALUES, (audit) => audit.NamedValues),
  loaded(HANDLER_AUDIT, (audit) => audit.HandlerAudit),
  loaded(SCHEMA_AUDIT, (audit) => audit.SchemaAudit),
  loaded(FIELDS_FOR_EVERYONE, (audit) => audit.FieldsForEveryone),
  loaded(WEBHOOK_AUDIT, (audit) => audit.WebhookAudit),
  loaded(STARTUP_AUDIT, (audit) => audit.StartupAudit),
  loaded(only('CacheAudit'), (audit) => audit.CacheAudit),
  loaded(only('UncheckedOrgAudit'), (audit) => audit.UncheckedOrgAudit),
  loaded(only('AccessTableAudit'), (audit) => audit.AccessTableAudit),
  loaded(only('DebugModeAudit'), (audit) => audit.DebugModeAudit),
  {
    provide: DESCRIBE_HANDLERS,
    useFactory: async (): Promise<DescribeHandlers> => (await loadAudit()).descriptionsIn,
  },
];
