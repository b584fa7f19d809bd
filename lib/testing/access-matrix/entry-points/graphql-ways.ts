import {
  unwrap,
  type GraphqlField,
  type GraphqlType,
} from '../../../transports/graphql/schema-types.js';
import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationHandlers } from '../../../audit/application/application-handlers.js';
import { schemaFieldOf } from '../../../audit/application/handler-names.js';
import { operationsIn } from '../../../audit/application/served-schemas.js';
import { Policies } from '../../../rules/policies.js';
import { isEveryone } from '../../../rules/callers.js';
import { fieldNameIn } from '../../../transports/graphql/schema-types.js';
import { kindOf, type GraphqlEndpoint } from './graphql-endpoints.js';

/** A field on the way from the root of a document to an operation. */
export interface Step {
  readonly parentType: GraphqlType;
  readonly field: GraphqlField;
}

/** The operations of an endpoint, and the ways to them. */
export class GraphqlWays {
  /** The fields about which the guard decides, by their names in the schema. */
  readonly #operations: ReadonlySet<string>;
  /** The names of fields that a method of the application resolves. */
  readonly #resolved: ReadonlySet<string>;
  readonly #policies: Policies;
  readonly #handlers;

  constructor(
    private readonly endpoint: GraphqlEndpoint,
    app: INestApplicationContext,
  ) {
    this.#policies = app.get(Policies, { strict: false });
    this.#handlers = app.get(ApplicationHandlers, { strict: false }).list();
    this.#operations = operationsIn(endpoint, this.#handlers, this.#policies);
    this.#resolved = new Set(
      this.#handlers
        .filter(({ kind }) => kind === 'field')
        .map((handler) => schemaFieldOf(handler).field.split('.')[1] as string),
    );
  }

  /** The step to an operation at the root of a document; `undefined` if it is no query or mutation of this endpoint. */
  stepTo(name: string): Step | undefined {
    const { schema } = this.endpoint;
    const [typeName, fieldName = ''] = fieldNameIn(schema, name).split('.');
    const parentType = this.rootTypes().find((type) => type.name === typeName);
    const field = parentType?.getFields?.()[fieldName];
    if (parentType === undefined || field === undefined) return undefined;
    return this.#operations.has(`${typeName}.${fieldName}`) ? { parentType, field } : undefined;
  }

  /**
   * A way to an operation below another one, if the schema leads back to its root type. Only the first field of the way is resolved by a
   * method of the application. An operation that everyone may call is preferred as that field: strangers come furthest there.
   */
  nestedWayTo(last: Step): Step[] | undefined {
    // Resolvers that the options of GraphQLModule add are not handlers, and would run.
    const { resolvers, transformSchema } = this.endpoint.options;
    if (resolvers !== undefined || transformSchema !== undefined) return undefined;
    const isFirst = (step: Step) => this.#operations.has(nameOf(step));
    const roots = this.rootTypes().flatMap(stepsBelow).filter(isFirst);
    const forEveryone = roots.filter((step) => this.isForEveryone(step));
    const way = this.search([...forEveryone, ...roots], last.parentType);
    return way && [...way, last];
  }

  /** The type of an operation whose document begins with a step. */
  typeOf({ parentType }: Step): 'query' | 'mutation' {
    return parentType === this.endpoint.schema.getMutationType() ? 'mutation' : 'query';
  }

  /** The shortest way to an object of a type. */
  private search(roots: readonly Step[], target: GraphqlType): Step[] | undefined {
    const seen = new Set<GraphqlType>();
    const ways = roots.map((root) => [root]);
    for (const way of ways) {
      const type = unwrap((way.at(-1) as Step).field.type);
      if (type === target) return way;
      if (seen.has(type) || kindOf(type) !== 'GraphQLObjectType') continue;
      seen.add(type);
      const further = stepsBelow(type).filter(({ field }) => !this.#resolved.has(field.name));
      // The loop visits the ways that it adds as well.
      ways.push(...further.map((step) => [...way, step]));
    }
    return undefined;
  }

  private isForEveryone(step: Step): boolean {
    const { schema } = this.endpoint;
    return this.#handlers.some(
      (handler) =>
        handler.kind === 'operation' &&
        fieldNameIn(schema, schemaFieldOf(handler).field) === nameOf(step) &&
        isEveryone(this.#policies.ofHandler(handler.controller, handler.handler).callers),
    );
  }

  private rootTypes(): GraphqlType[] {
    const { schema } = this.endpoint;
    return [schema.getQueryType(), schema.getMutationType()].flatMap((type) => type ?? []);
  }
}

export function nameOf({ parentType, field }: Step): string {
  return `${parentType.name}.${field.name}`;
}

function stepsBelow(parentType: GraphqlType): Step[] {
  return Object.values(parentType.getFields?.() ?? {}).map((field) => ({ parentType, field }));
}
