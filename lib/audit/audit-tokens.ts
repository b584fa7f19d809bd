import type { INestApplicationContext } from '@nestjs/common';
import type { HandlerDescription } from './handler-description.interface.js';

/*
 * The injection tokens of the classes that check and describe the application as a whole. The classes are not used as tokens, because their
 * code is loaded later.
 */

export const APPLICATION_HANDLERS = Symbol('nestjs-propelauth: ApplicationHandlers');
export const APPLICATION_INTERCEPTORS = Symbol('nestjs-propelauth: ApplicationInterceptors');
export const GLOBAL_GUARDS = Symbol('nestjs-propelauth: GlobalGuards');
export const NAMED_VALUES = Symbol('nestjs-propelauth: NamedValues');
export const HANDLER_AUDIT = Symbol('nestjs-propelauth: HandlerAudit');
export const SCHEMA_AUDIT = Symbol('nestjs-propelauth: SchemaAudit');
export const FIELDS_FOR_EVERYONE = Symbol('nestjs-propelauth: FieldsForEveryone');
export const WEBHOOK_AUDIT = Symbol('nestjs-propelauth: WebhookAudit');
export const STARTUP_AUDIT = Symbol('nestjs-propelauth: StartupAudit');
export const MOUNTED_PATHS_AUDIT = Symbol('nestjs-propelauth: MountedPathsAudit');
export const DESCRIBE_HANDLERS = Symbol('nestjs-propelauth: describeAccess()');

/** The injection token of the paths in `requireUserByDefault.except`; `undefined` without `requireUserByDefault`. */
export const EXEMPTED_PATHS = Symbol('nestjs-propelauth: paths in requireUserByDefault.except');

/** Describes all handlers of an application whose handlers are prepared. */
export type DescribeHandlers = (app: Pick<INestApplicationContext, 'get'>) => HandlerDescription[];
