import type { ApplicationHandler } from '../../../audit/application/application-handler.js';
import type { DescribedHandler } from '../../../audit/describe-access.js';
import type { GraphqlType } from './schema-parts.js';

/** The kinds of resolvers: of fields (of root types, too), of references to entities, and of the type of an object. */
type ResolverKind = 'field' | 'reference' | 'type';

/** What GraphQL gives a resolver. */
interface ResolverArguments {
  readonly args: Readonly<Record<string, unknown>>;
  readonly contextValue: object;
  readonly info: object;
  /** That of the field, of the reference, or the one that is asked about. */
  readonly type: GraphqlType | undefined;
  readonly isBelowRoot: boolean;
  readonly isMercurius: boolean;
}

export function resolverKindOf({ description, subject }: DescribedHandler): ResolverKind {
  if ((subject as ApplicationHandler).kind === 'reference') return 'reference';
  return description.name.endsWith('.__resolveType') ? 'type' : 'field';
}

/** The arguments of a resolver in the order in which GraphQL gives them; Mercurius gives references an object for arguments. */
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
