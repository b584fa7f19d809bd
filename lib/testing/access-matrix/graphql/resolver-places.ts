import type { INestApplicationContext } from '@nestjs/common';
import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import { ApplicationHandlers } from '../../../audit/application/application-handlers.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import { Policies } from '../../../rules/policies.js';
import type { ResolverPlace } from './resolver-entry-point.js';
import { stepsTo, type Step } from './response-paths.js';
import {
  fieldNamed,
  type GraphqlField,
  type GraphqlSchema,
  type GraphqlType,
} from './schema-parts.js';

/** A place, and the root field that it is below, such as `Query._entities`. */
export interface NamedPlace extends ResolverPlace {
  readonly below: string;
}

const ENTITIES = '_entities';

/** Finds where a schema has the resolvers that are called within this process. */
export class ResolverPlaces {
  readonly #operations: ReadonlySet<string>;
  readonly #policies: Policies;

  constructor(
    private readonly schema: GraphqlSchema,
    app: INestApplicationContext,
  ) {
    this.#operations = new Set(app.get(ApplicationHandlers, { strict: false }).operations());
    this.#policies = app.get(Policies, { strict: false });
  }

  /** None where the schema does not have the handler. */
  of({ description: { name }, subject }: DescribedHandler): NamedPlace[] {
    if ((subject as ApplicationHandler).kind === 'reference') return [this.ofReference()];
    const own = this.stepOf(name);
    if (own === undefined) return [];
    if (this.rootTypes().includes(own.parentType)) {
      return [{ below: name, way: [own], isBelowAllowedOperation: false }];
    }
    return this.ofField(own, subject);
  }

  /** Below what nobody was asked about, and, as a field without a rule belongs to its operation, only one with a rule below an operation. */
  private ofField(own: Step, { controller, handler }: DescribedHandler['subject']): NamedPlace[] {
    const roots = this.rootTypes().flatMap(stepsFrom);
    const unresolved = roots.filter((root) => !this.isOperation(root));
    const { isExplicit } = this.#policies.ofHandler(controller, handler);
    const allowed = isExplicit
      ? roots.filter((root) => this.isOperation(root) && this.leadsTo(own, root)).slice(0, 1)
      : [];
    return [
      ...allowed.flatMap((root) => this.placeBelow(root, own, true)),
      ...unresolved.flatMap((root) => this.placeBelow(root, own, false)),
    ];
  }

  private placeBelow(root: Step, own: Step, isBelowAllowedOperation: boolean): NamedPlace[] {
    const steps = stepsTo(own.parentType, root, this.schema);
    if (steps === undefined) return [];
    return [{ below: nameOf(root), way: [...steps, own], isBelowAllowedOperation }];
  }

  private leadsTo(own: Step, root: Step): boolean {
    return stepsTo(own.parentType, root, this.schema) !== undefined;
  }

  /** Those that call a reference resolver tell it about `_entities`. */
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

  private isOperation(root: Step): boolean {
    return this.#operations.has(nameOf(root));
  }

  private stepOf(name: string): Step | undefined {
    const parentType = this.schema.getTypeMap()[name.split('.')[0] as string];
    const field = fieldNamed(this.schema, name);
    return parentType && field && { parentType, field };
  }

  private rootTypes(): GraphqlType[] {
    const { schema } = this;
    return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
      (type) => type ?? [],
    );
  }
}

function stepsFrom(parentType: GraphqlType): Step[] {
  return Object.values(parentType.getFields?.() ?? {}).map((field) => ({ parentType, field }));
}

function nameOf({ parentType, field }: Step): string {
  return `${parentType.name}.${field.name}`;
}
