import type { Type } from '@nestjs/common';
import { readMethodRules } from '../access-rule.js';
import { reachableKinds } from '../application-handlers.js';
import { classLevels } from '../compiled-access.js';

/** A class of the application, and whether Nest makes routes of its methods. */
export interface AuditedClass {
  readonly type: Type;
  readonly isController: boolean;
}

// The key under which Nest keeps the path of a method that handles HTTP requests.
const PATH_METADATA = 'path';

/** Rules on what no guard reaches: a method that is no handler, a class that has none. They would protect nothing. */
export function findStrayRules(audited: AuditedClass): string[] {
  return [...findOnClass(audited), ...findOnMethods(audited)];
}

function findOnClass(audited: AuditedClass): string[] {
  const { type, isController } = audited;
  const [rule] = classLevels(type).flat();
  if (
    rule === undefined ||
    isController ||
    methodNames(type).some((name) => isHandler(audited, name))
  ) {
    return [];
  }
  return [
    `${type.name}: ${rule.decorator} on a class that handles no requests, where no guard runs; remove it, and check with ` +
      'PropelAuthService instead.',
  ];
}

function findOnMethods(audited: AuditedClass): string[] {
  const { type } = audited;
  return methodNames(type)
    .filter((name) => !isHandler(audited, name))
    .flatMap((name) =>
      readMethodRules(type, name).map(
        ({ decorator }) =>
          `${type.name}.${name}: ${decorator} on a method that handles no requests, where no guard runs; remove it, and ` +
          'check with PropelAuthService instead.',
      ),
    );
}

function isHandler({ type, isController }: AuditedClass, name: string): boolean {
  const method = Object.getOwnPropertyDescriptor(type.prototype, name)?.value as unknown;
  return (
    typeof method === 'function' &&
    (Reflect.hasMetadata(PATH_METADATA, method) ||
      reachableKinds(method, type, isController).length > 0)
  );
}

function methodNames({ prototype }: Type): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
}
