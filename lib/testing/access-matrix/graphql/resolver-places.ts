import type { INestApplicationContext } from '@nestjs/common';
import { ApplicationHandlers } from '../../../audit/application/application-handlers.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { Policies } from '../../../rules/policies.js';
import { operationsIn, type ServedSchema } from '../../../audit/application/served-schemas.js';
import { rootTypesOf, typeNamed } from '../../../transports/graphql/schema-types.js';
import type { ResolverPlace } from './resolver-entry-point.js';
import { stepsTo, type Step } from './response-paths.js';
import type { GraphqlField, GraphqlSchema, GraphqlType } from './schema-parts.js';
import { resolverKindOf } from './resolver-argument-list.js';

/** A resolver place with the name of its root field, such as `Query._entities`. */
export interface NamedPlace extends ResolverPlace {
  readonly below: string;
}

const ENTITIES = '_entities';

/** Finds the places of the resolvers that are called within this process. */
export class ResolverPlaces {
  private readonly schema: GraphqlSchema;
  readonly #operations: ReadonlySet<string>;
  readonly #policies: Policies;

  constructor(served: ServedSchema<GraphqlSchema>, app: INestApplicationContext) {
    this.schema = served.schema;
    this.#policies = app.get(Policies, { strict: false });
    const handlers = app.get(ApplicationHandlers, { strict: false }).list();
    this.#operations = operationsIn(served, handlers, this.#policies);
  }

  /** The places of a handler; none if it is not in the schema, or no query leads to it. */
  of(handler: DescribedHandler): NamedPlace[] {
    const kind = resolverKindOf(handler);
    if (kind === 'reference') return [this.ofReference()];
    const [typeName = '', fieldName = ''] = handler.description.name.split('.');
    const type = typeNamed(typeName, this.schema) as GraphqlType | undefined;
    if (type === undefined) return [];
    // The info of a type resolver is about the field whose result it resolves.
    if (kind === 'type') return this.below(type, [], handler);
    const field = type.getFields?.()[fieldName];
    if (field === undefined) return [];
    const own = { parentType: type, field };
    if (!this.rootTypes().includes(type)) return this.below(type, [own], handler);
    return [
      { below: nameOf(own), way: [own], isBelowAllowedOperation: false },
      ...this.nested(own),
    ];
  }

  /** The place of an operation below another field, if the schema leads back to its root type. Subscriptions have only the root. */
  private nested(operation: Step): NamedPlace[] {
    const { parentType } = operation;
    if (parentType === this.schema.getSubscriptionType()) return [];
    return this.placeBelow(this.rootTypes().flatMap(stepsFrom), parentType, [operation]);
  }

  /**
   * The places below root fields. A field without a rule belongs to its operation, so it has places only below root fields without a
   * decision. A field with a rule also has one below an operation.
   */
  private below(type: GraphqlType, rest: readonly Step[], handler: DescribedHandler): NamedPlace[] {
    const { controller, handler: method } = handler.subject;
    const roots = this.rootTypes().flatMap(stepsFrom);
    const operations = roots.filter((root) => this.isOperation(root));
    return [
      ...(this.#policies.ofHandler(controller, method).isExplicit ? [operations] : []),
      ...roots.filter((root) => !this.isOperation(root)).map((root) => [root]),
    ].flatMap((starts) => this.placeBelow(starts, type, rest));
  }

  private placeBelow(
    roots: readonly Step[],
    type: GraphqlType,
    rest: readonly Step[],
  ): NamedPlace[] {
    const steps = stepsTo(type, roots, this.schema, (step) => !this.isOperation(step));
    const root = steps?.[0];
    if (steps === undefined || root === undefined) return [];
    const way = [...steps, ...rest];
    return [{ below: nameOf(root), way, isBelowAllowedOperation: this.isOperation(root) }];
  }

  private isOperation(root: Step): boolean {
    return this.#operations.has(nameOf(root));
  }

  /** The place of a reference resolver. Gateways call it with info about `_entities`. */
  private ofReference(): NamedPlace {
    const parentType = this.schema.getQueryType() as GraphqlType;
    const known = parentType.getFields?.()[ENTITIES];
    const field = known ?? ({ name: ENTITIES, type: parentType } satisfies GraphqlField);
    return {
      below: nameOf({ parentType, field }),
      way: [{ parentType, field }],
      isBelowAllowedOperation: false,
    };
  }

  private rootTypes(): GraphqlType[] {
    return rootTypesOf(this.schema) as GraphqlType[];
  }
}

function stepsFrom(parentType: GraphqlType): Step[] {
  return Object.values(parentType.getFields?.() ?? {}).map((field) => ({ parentType, field }));
}

function nameOf({ parentType, field }: Step): string {
  return `${parentType.name}.${field.name}`;
}
