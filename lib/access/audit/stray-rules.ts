import type { Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
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

const scanner = new MetadataScanner();

/** Rules on what no guard reaches: a method that is no handler, a class that has none. They would protect nothing. */
export function findStrayRules(audited: AuditedClass): string[] {
  return [...findOnClass(audited), ...findOnMethods(audited)];
}

function findOnClass(audited: AuditedClass): string[] {
  const { type, isController } = audited;
  const [rule] = classLevels(type).flat();
  if (rule === undefined || isController || handlesRequests(audited)) return [];
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

/** Whether some method is a handler, be it inherited: the rules of the class hold for that as well. */
function handlesRequests(audited: AuditedClass): boolean {
  const prototype = audited.type.prototype as Record<string, Function>;
  return scanner
    .getAllMethodNames(prototype)
    .some((name) => isHandlerOf(audited, prototype[name] as Function));
}

function isHandler(audited: AuditedClass, name: string): boolean {
  const method = Object.getOwnPropertyDescriptor(audited.type.prototype, name)?.value as unknown;
  return typeof method === 'function' && isHandlerOf(audited, method);
}

function isHandlerOf({ type, isController }: AuditedClass, method: Function): boolean {
  return (
    Reflect.hasMetadata(PATH_METADATA, method) ||
    reachableKinds(method, type, isController).length > 0
  );
}

function methodNames({ prototype }: Type): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor');
}
