import { Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { OPEN_ACCESS, isForEveryone, type HandlerAccess } from '../rules/handler-access.js';
import { Policies } from '../rules/policies.js';
import {
  fieldNameIn,
  reachableTypes,
  rootFieldsOf,
  type Schema,
} from '../transports/graphql/schema-types.js';
import type { ApplicationHandler } from './application/application-handler.js';
import { schemaFieldOf } from './application/handler-names.js';
import { servedSchemasIn, type ServedSchema } from './application/served-schemas.js';
import { HandlerAudit } from './handler-audit.js';

/** The access modes of operations that ask no caller for anything, the weakest first. */
const FOR_EVERYONE = ['open', 'public'] as const;

/** A field without a rule that every caller reaches below an operation. */
interface FieldForEveryone {
  readonly handler: ApplicationHandler;
  readonly access: HandlerAccess;
}

/**
 * Finds the GraphQL fields that a query reaches below an operation for everyone, under `@Public()` or without any guard. A field without a
 * rule belongs to its operation, so every caller reaches these fields, even if they are below guarded operations as well.
 */
@Injectable()
export class FieldsForEveryone {
  // A private field: logging this object must not print the whole application.
  readonly #modules: ModulesContainer;

  constructor(
    modules: ModulesContainer,
    private readonly policies: Policies,
    private readonly audit: HandlerAudit,
  ) {
    this.#modules = modules;
  }

  /** @param handlers all handlers of the application that receive no HTTP requests */
  among(handlers: readonly ApplicationHandler[]): FieldForEveryone[] {
    const found = new Map<ApplicationHandler, HandlerAccess>();
    for (const served of servedSchemasIn(this.#modules)) {
      for (const access of FOR_EVERYONE) {
        for (const handler of this.fieldsBelow(access, served, handlers)) {
          if (!found.has(handler)) found.set(handler, { ...OPEN_ACCESS, access });
        }
      }
    }
    return [...found].map(([handler, access]) => ({ handler, access }));
  }

  private fieldsBelow(
    access: string,
    { schema, hasResolver }: ServedSchema,
    handlers: readonly ApplicationHandler[],
  ): ApplicationHandler[] {
    const served = handlers.filter(({ controller }) => hasResolver(controller));
    const operations = this.namesOf(
      served.filter((one) => one.kind === 'operation' && this.accessOf(one) === access),
      schema,
    );
    if (operations.size === 0) return [];
    const roots = rootFieldsOf(schema);
    const barriers = this.namesOf(served.filter(this.rejectsStrangers), schema);
    for (const { name } of roots) barriers.add(name);
    const types = reachableTypes(
      roots.filter(({ name }) => operations.has(name)).map(({ type }) => type),
      schema,
      (field) => !barriers.has(field),
    );
    return served.filter((one) => this.isWithoutRule(one) && isFieldOf(types, one));
  }

  /** Whether a field has a rule, so that strangers get neither its value nor what is below it. */
  private readonly rejectsStrangers = (handler: ApplicationHandler): boolean =>
    handler.kind === 'field' &&
    this.policies.ofHandler(handler.controller, handler.handler).isExplicit &&
    !isForEveryone(this.accessOf(handler));

  private isWithoutRule({ kind, controller, handler }: ApplicationHandler): boolean {
    const policy = this.policies.ofHandler(controller, handler);
    return kind === 'field' && !policy.isExplicit && policy.exemptedBy === undefined;
  }

  private accessOf(handler: ApplicationHandler): string {
    return this.audit.accessOf(handler).access;
  }

  private namesOf(handlers: readonly ApplicationHandler[], schema: Schema): Set<string> {
    return new Set(handlers.map((handler) => fieldNameIn(schema, schemaFieldOf(handler).field)));
  }
}

/** Whether a handler resolves a field of these types. The resolver of a type or of references is no field. */
function isFieldOf(types: ReadonlySet<string>, handler: ApplicationHandler): boolean {
  const { typeName, field } = schemaFieldOf(handler);
  return types.has(typeName) && !field.startsWith(`${typeName}.__`);
}
