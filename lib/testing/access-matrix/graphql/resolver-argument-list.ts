import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { GraphqlType } from './schema-parts.js';

/** The kinds of resolvers: of fields, including root fields, of entity references, and of abstract types. */
type ResolverKind = 'field' | 'reference' | 'type';

/** The arguments that GraphQL passes to a resolver. */
interface ResolverArguments {
  readonly args: Readonly<Record<string, unknown>>;
  readonly contextValue: object;
  readonly info: object;
  /** The type of the field, of the reference, or of the abstract type. */
  readonly type: GraphqlType | undefined;
  readonly isBelowRoot: boolean;
  readonly isMercurius: boolean;
}

export function resolverKindOf({ description, subject }: DescribedHandler): ResolverKind {
  if ((subject as ApplicationHandler).kind === 'reference') return 'reference';
  return description.name.endsWith('.__resolveType') ? 'type' : 'field';
}

/** The arguments of a resolver in GraphQL's order. Mercurius passes an additional arguments object to reference resolvers. */
export function argumentListFor(
  kind: ResolverKind,
  { args, contextValue, info, type, isBelowRoot, isMercurius }: ResolverArguments,
): unknown[] {
  switch (kind) {
    case 'field':
      return [isBelowRoot ? {} : undefined, args, contextValue, info];
    case 'reference':
      return [{ __typename: type?.name }, ...(isMercurius ? [{}] : []), contextValue, info];
    case 'type':
      return [{}, contextValue, info, type];
  }
}
