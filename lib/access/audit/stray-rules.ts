import type { Type } from '@nestjs/common';
import { readMethodRules } from '../access-rule.js';
import { classLevels } from '../compiled-access.js';

/** A class of the application, and whether Nest makes routes of its methods. */
export interface AuditedClass {
  readonly type: Type;
  readonly isController: boolean;
}

// The keys under which Nest's packages keep what makes a method a handler: HTTP, GraphQL, WebSockets, microservices.
const HANDLER_METADATA = [
  'path',
  'graphql:resolver_type',
  'graphql:resolve_property',
  'websockets:message_mapping',
  'microservices:pattern',
];

/** Rules on what no guard reaches: a method that is no handler, a class that has none. They would protect nothing. */
export function findStrayRules(audited: AuditedClass): string[] {
  return [...findOnClass(audited), ...findOnMethods(audited)];
}

function findOnClass({ type, isController }: AuditedClass): string[] {
  const [rule] = classLevels(type).flat();
  if (
    rule === undefined ||
    isController ||
    methodNames(type).some((name) => isHandler(type, name))
  ) {
    return [];
  }
  return [
    `${type.name}: ${rule.decorator} on a class that handles no requests, where no guard runs; remove it, and check with ` +
      'PropelAuthService instead.',
  ];
}

function findOnMethods({ type }: AuditedClass): string[] {
  return methodNames(type)
    .filter((name) => !isHandler(type, name))
    .flatMap((name) =>
      readMethodRules(type, name).map(
        ({ decorator }) =>
          `${type.name}.${name}: ${decorator} on a method that handles no requests, where no guard runs; remove it, and ` +
          'check with PropelAuthService instead.',
      ),
    );
}

function isHandler(type: Type, name: string): boolean {
  const method = Object.getOwnPropertyDescriptor(type.prototype, name)?.value as unknown;
  return (
    typeof method === 'function' && HANDLER_METADATA.some((key) => Reflect.hasMetadata(key, method))
  );
}

function methodNames({ prototype }: Type): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
}
